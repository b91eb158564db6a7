"""The example's input: 200 orders, the same ones every time. Some are not valid, some are never paid, some refused."""
import random

COUNT = 200


def orders():
    chance = random.Random(20)
    for number in range(COUNT):
        order = {
            "id": f"order-{number:04d}",
            "customer": chance.choice(["Ada", "Grace", "Edsger", "Barbara", "Niklaus"]),
            "lines": [{"sku": f"sku-{chance.randrange(50)}", "quantity": chance.randrange(1, 6)}
                      for _ in range(chance.randrange(1, 5))],
        }
        if number % 20 == 7:
            order["lines"][0]["quantity"] = 0
        yield order


def payment(number):
    """What the customer does: True pays, False is refused by the bank, None never answers."""
    if number % 10 == 3:
        return False
    if number % 25 == 11:
        return None
    return True


def expected():
    """The table that every run must come to."""
    counts = {"shipped": 0, "refused": 0, "expired": 0, "invalid": 0}
    for number in range(COUNT):
        if number % 20 == 7:
            counts["invalid"] += 1
        else:
            counts[{True: "shipped", False: "refused", None: "expired"}[payment(number)]] += 1
    return counts
