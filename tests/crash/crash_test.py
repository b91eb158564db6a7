#!/usr/bin/env python3
"""Kills a real server at random moments under load, and judges what it remembers.

usage: crash_test.py [--rounds 20] [--seed N]
Promised and checked after every kill: each acknowledged start exists once and ends once with the right output; a key gives
the same instance as before; a called service never sees one call under two idempotency keys. The seed is printed.
"""
import argparse
import collections
import json
import pathlib
import random
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from server import Server  # noqa: E402

DEFINITION = """
document: {dsl: '1.0.3', namespace: test, name: crash, version: '1.0.0'}
do:
  - one: {set: {id: '${ .id }', url: '${ .url }', n: '${ .n + 1 }'}}
  - two: {wait: {milliseconds: 20}}
  - three:
      call: http
      with: {method: post, endpoint: '${ .url }', body: '${ {id, n} }'}
      output: {as: '$input + {n: .n}'}
  - four: {set: {id: '${ .id }', n: '${ .n + 1 }'}}
"""


class Service(ThreadingHTTPServer):
    """Adds one to n, and remembers by which keys each id was asked for."""
    daemon_threads = True
    request_queue_size = 256

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.keys, self.lock = collections.defaultdict(set), threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.keys[body["id"]].add(self.headers["Idempotency-Key"])
        data = json.dumps({"n": body["n"] + 1}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:
            pass


class Load:
    """Clients that start instances until the server is gone; what was acknowledged is remembered."""

    def __init__(self, server, url, number):
        self.server, self.url, self.number = server, url, number
        self.acknowledged, self.lock, self.stop = {}, threading.Lock(), threading.Event()

    def client(self, client):
        connection = self.server.connect(timeout=5)
        for n in range(1_000_000):
            if self.stop.is_set():
                return
            key = f"r{self.number}-c{client}-{n}"
            body = {"definition": {"namespace": "test", "name": "crash"}, "key": key, "input": {"id": key, "url": self.url, "n": 1}}
            try:
                answer = self.server.request("POST", "/api/v1/instances", body, connection=connection, Idempotency_Key=key)
            except (OSError, ValueError, AttributeError):
                return
            except Exception as broken:  # http.client has several names for a connection that ended
                if "http.client" not in type(broken).__module__:
                    raise
                return
            assert answer.status == 202, (answer.status, answer.raw)
            with self.lock:
                self.acknowledged[key] = answer.json["id"]


def wait_until_ended(server, deadline):
    """Every instance has ended; nothing waits or runs."""
    while True:
        page = server.get("/api/v1/instances?status=pending,running,waiting&limit=1").json["items"]
        if not page:
            return
        assert time.monotonic() < deadline, f"still open: {page}"
        threading.Event().wait(0.05)


def judge(server, service, acknowledged):
    def check(item):
        key, id = item
        instance = server.get(f"/api/v1/instances/{id}").json
        assert instance["status"] == "completed", (key, instance)
        assert instance["output"] == {"id": key, "n": 4}, (key, instance["output"])
        body = {"definition": {"namespace": "test", "name": "crash"}, "key": key, "input": {"id": key, "url": service.url, "n": 1}}
        again = server.post("/api/v1/instances", body, Idempotency_Key=key)
        assert again.json["id"] == id, (key, id, again.json)
        found = server.get(f"/api/v1/instances?text={key}&limit=10").json["items"]
        assert [i["id"] for i in found if i.get("key") == key] == [id], (key, found)
        ends = [e for e in server.get(f"/api/v1/instances/{id}/history?limit=500").json["items"]
                if e["type"] == "io.serverlessworkflow.workflow.completed.v1"]
        assert len(ends) == 1, (key, ends)
        with service.lock:
            assert len(service.keys[key]) == 1, f"{key} was called under {service.keys[key]}"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(check, acknowledged.items()))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--rounds", type=int, default=20)
    args.add_argument("--seed", type=int, default=int(time.time()))
    args = args.parse_args()
    print(f"seed {args.seed}", flush=True)
    chance, passed, total = random.Random(args.seed), 0, 0
    service = Service()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        server.start()
        server.deploy(DEFINITION)
        for number in range(args.rounds):
            load = Load(server, service.url, number)
            clients = [threading.Thread(target=load.client, args=(c,)) for c in range(8)]
            for client in clients:
                client.start()
            threading.Event().wait(chance.uniform(0.05, 0.6))
            server.kill()
            load.stop.set()
            for client in clients:
                client.join()
            begin = time.monotonic()
            server.start()
            ready = time.monotonic() - begin
            wait_until_ended(server, time.monotonic() + 60)
            # All that this round acknowledged is judged, up to a sample that keeps a round short.
            sample = dict(chance.sample(sorted(load.acknowledged.items()), min(150, len(load.acknowledged))))
            judge(server, service, sample)
            total += len(load.acknowledged)
            passed += 1
            print(f"round {number + 1}: killed after {len(load.acknowledged)} acknowledged starts, ready again in {ready * 1000:.0f} ms, "
                  f"{len(sample)} judged", flush=True)
        assert server.stop() == 0, "a graceful stop ends with 0"
    assert total > 0, "no start was acknowledged: this proved nothing"
    print(f"{passed} passed, 0 failed, 0 skipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
