"""The example's other systems, on loopback: prices (busy every third time), stock, and the customers' bank."""
import json
import queue
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from orders import payment


class Shop(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, port, events_url):
        super().__init__(("127.0.0.1", port), Handler)
        self.lock = threading.Lock()
        self.requests, self.busy = 0, 0
        self.reserved, self.released, self.prices = set(), set(), {}
        self.payments = queue.Queue()
        self.events_url = events_url
        threading.Thread(target=self.serve_forever, daemon=True).start()
        threading.Thread(target=self.bank, daemon=True).start()

    def bank(self):
        """Sends a payment's CloudEvent for each order that is reserved; delivery is tried until it is accepted."""
        number = self.payments.get()
        while number is not None:
            accepted = payment(number)
            if accepted is not None:
                self.send({"specversion": "1.0", "id": f"payment-{number}", "source": "/bank", "type": "com.example.payment",
                           "xflowttl": "PT1M", "data": {"order": f"order-{number:04d}", "accepted": accepted}})
            number = self.payments.get()

    def send(self, event):
        request = urllib.request.Request(self.events_url, json.dumps(event).encode(),
                                         {"Content-Type": "application/cloudevents+json", "Idempotency-Key": event["id"]})
        for _ in range(50):
            try:
                with urllib.request.urlopen(request, timeout=10):
                    return
            except OSError:
                threading.Event().wait(0.2)

    def price(self, body):
        with self.lock:
            self.requests += 1
            if self.requests % 3 == 0:
                self.busy += 1
                return 503, {"message": "busy, try again"}
            total = sum(len(line["sku"]) * line["quantity"] for line in body["lines"])
            self.prices[body["order"]] = total
            return 200, {"total": total}

    def reserve(self, body):
        with self.lock:
            first = body["order"] not in self.reserved
            self.reserved.add(body["order"])
        if first:
            self.payments.put(int(body["order"][-4:]))
        return 200, {"reserved": True}

    def release(self, body):
        with self.lock:
            self.released.add(body["order"])
        return 200, {"released": True}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        action = {"/price": self.server.price, "/reserve": self.server.reserve, "/release": self.server.release}.get(self.path)
        status, answer = action(body) if action else (404, {"message": "no such route"})
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
