#!/usr/bin/env python3
"""Runs the orders example against a running server, and checks that its outcomes add up.

usage: run.py [--server http://127.0.0.1:8080] [--shop-port 8090]
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import sys
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from orders import COUNT, expected, orders  # noqa: E402
from shop import Shop  # noqa: E402


def call(server, method, path, body=None, content_type="application/json", **headers):
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    request = urllib.request.Request(server + path, data, {"Content-Type": content_type, **headers}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as refused:
        raise SystemExit(f"{method} {path}: {refused.code} {refused.read().decode(errors='replace')[:500]}")


def start(server, run, shop, order):
    body = {"definition": {"namespace": "examples", "name": "order", "version": "1.0.0"},
            "key": f"{run}/{order['id']}", "input": {**order, "shop": shop}}
    return call(server, "POST", "/api/v1/instances", body, **{"Idempotency-Key": body["key"]})["id"]


def progress(done, since, width=40):
    filled = width * done // COUNT
    text = f"  [{'#' * filled}{'.' * (width - filled)}] {done}/{COUNT} orders closed, {time.monotonic() - since:.1f} s"
    print(text, end="\r" if sys.stdout.isatty() else "\n", flush=True)


def watch(server, run, since):
    """Asks until every order of this run is closed; one line shows how far it is."""
    shown = -1
    while True:
        page = call(server, "GET", f"/api/v1/instances?namespace=examples&name=order&text={run}&limit=500")
        closed = [i for i in page["items"] if i["status"] in ("completed", "faulted", "cancelled")]
        if len(closed) != shown and (sys.stdout.isatty() or len(closed) - shown >= COUNT // 4 or len(closed) == COUNT):
            shown = len(closed)
            progress(shown, since)
        if len(closed) == COUNT:
            print()
            return closed
        time.sleep(0.1)


def table(outcomes, totals):
    wanted = expected()
    print(f"  {'outcome':<10} {'orders':>7} {'expected':>9} {'total':>9}")
    for outcome in sorted(set(wanted) | set(outcomes), key=lambda o: -wanted.get(o, 0)):
        print(f"  {outcome:<10} {outcomes[outcome]:>7} {wanted.get(outcome, 0):>9} {totals[outcome] or '-':>9}")
    print(f"  {'sum':<10} {sum(outcomes.values()):>7} {sum(wanted.values()):>9}")
    return outcomes == wanted


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--server", default="http://127.0.0.1:8080")
    args.add_argument("--shop-port", type=int, default=8090)
    args = args.parse_args()

    shop = Shop(args.shop_port, args.server + "/api/v1/events")
    shop_url = f"http://127.0.0.1:{shop.server_address[1]}"
    definition = (HERE / "order.yaml").read_bytes()
    call(args.server, "POST", "/api/v1/definitions", definition, "application/yaml")
    run, since = f"run-{int(time.time())}", time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        ids = list(pool.map(lambda order: start(args.server, run, shop_url, order), orders()))
    print(f"  {len(ids)} orders started and durable after {time.monotonic() - since:.2f} s")
    watch(args.server, run, since)

    outcomes, totals = collections.Counter(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for instance in pool.map(lambda id: call(args.server, "GET", f"/api/v1/instances/{id}"), ids):
            output = instance.get("output") or {}
            outcomes[output.get("outcome", instance["status"])] += 1
            totals[output.get("outcome", instance["status"])] += output.get("total") or 0
    good = table(outcomes, totals)
    print(f"  The price service was busy {shop.busy} times of {shop.requests}; every refused call was tried again.")
    unpaid = outcomes["refused"] + outcomes["expired"]
    print(f"  {len(shop.reserved)} orders were reserved, {len(shop.released)} released again ({unpaid} unpaid).")
    if not good or len(shop.released) != unpaid:
        print("  These numbers do not add up: this is a bug.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
