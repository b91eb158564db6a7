"""What the crash test runs: two workflows, the service that they call, and the clients that start them."""

import collections
import http.client
import json
import pathlib
import sys
import threading
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from service import Service  # noqa: E402

CALLS = """
document: {dsl: '1.0.3', namespace: test, name: calls, version: '1.0.0'}
do:
  - one: {set: {id: '${ .id }', url: '${ .url }', n: '${ .n + 1 }'}}
  - two: {wait: {milliseconds: 20}}
  - three:
      try:
        - add:
            call: http
            with: {method: post, endpoint: '${ .url }', body: '${ {id, n} }'}
            output: {as: '$input + {n: .n}'}
      catch:
        retry: {delay: {milliseconds: 5}, limit: {attempt: {count: 20}}}
  - four: {set: {id: '${ .id }', n: '${ .n + 1 }'}}
"""
EVENTS = """
document: {dsl: '1.0.3', namespace: test, name: events, version: '1.0.0'}
do:
  - one:
      listen:
        to: {one: {with: {type: com.example.crash}, correlate: {id: {from: .data.id, expect: '${ .id }'}}}}
  - two: {set: {id: '${ .[0].id }', n: '${ .[0].n }'}}
"""


class Adder:
    """Adds one to n; now and then breaks the connection or answers 503. Remembers each id's attempts."""

    def __init__(self):
        self.attempts, self.problems, self.lock = collections.defaultdict(list), [], threading.Lock()
        self.service = Service(self.answer)
        self.url = self.service.url + "/"

    def answer(self, request):
        body = json.loads(request.body)
        id, key = body["id"], request.headers.get("idempotency-key")
        with self.lock:
            seen = self.attempts[id]
            # Only an answer that came through ends a key: a broken connection, a killed caller leave it unknown.
            if seen and seen[-1][1] != "503" and seen[-1][0] != key:
                self.problems.append(
                    f"{id}: sent under {seen[-1][0]}, whose outcome was {seen[-1][1]}, and then under {key}"
                )
            chance = zlib.crc32(f"{id} {len(seen)}".encode()) % 100
            outcome = "unknown" if chance < 10 else "503" if chance < 20 else "200"
            seen.append((key, outcome))
        if outcome == "unknown":
            return None
        delay = (chance % 7) / 200  # so that kills find calls under way
        return (503, b"{}", delay) if outcome == "503" else (200, json.dumps({"n": body["n"] + 1}).encode(), delay)


class Operation:
    """One instance that a client asked for, and what was acknowledged of it."""

    def __init__(self, key, url):
        self.key, self.kind = key, "calls" if zlib.crc32(key.encode()) % 3 else "events"
        self.input = {"id": key, "url": url, "n": 1} if self.kind == "calls" else {"id": key}
        self.id, self.event_acknowledged = None, False

    def start(self, server, connection=None):
        body = {"definition": {"namespace": "test", "name": self.kind}, "key": self.key, "input": self.input}
        answer = server.request("POST", "/api/v1/instances", body, connection=connection, Idempotency_Key=self.key)
        assert answer.status in (200, 202), (answer.status, answer.raw)
        if self.id is None:
            self.id = answer.json["id"]
        assert answer.json["id"] == self.id, f"{self.key} was {self.id} and is now {answer.json['id']}"

    def publish(self, server, connection=None):
        event = {
            "specversion": "1.0",
            "id": self.key,
            "source": "/crash",
            "type": "com.example.crash",
            "data": {"id": self.key, "n": 4},
        }
        answer = server.request("POST", "/api/v1/events", event, "application/cloudevents+json", connection=connection)
        assert answer.status == 202, (answer.status, answer.raw)
        self.event_acknowledged = True

    def settle(self, server, connection):
        """After a crash: what was not acknowledged is asked for again, as a careful client does."""
        if self.id is None:
            self.start(server, connection)
        if self.kind == "events" and not self.event_acknowledged:
            self.publish(server, connection)


class Load:
    """Clients that start instances until the server is gone."""

    def __init__(self, server, url, round, clients=8):
        self.server, self.url, self.round, self.stopping = server, url, round, threading.Event()
        self.operations, self.lock, self.failure = [], threading.Lock(), None
        self.threads = [threading.Thread(target=self.client, args=(c,)) for c in range(clients)]
        for thread in self.threads:
            thread.start()

    def acknowledged(self):
        with self.lock:
            return [o for o in self.operations if o.id]

    def client(self, client):
        connection = self.server.connect(timeout=10)
        for n in range(1_000_000):
            if self.stopping.is_set():
                return
            operation = Operation(f"r{self.round}-c{client}-{n}", self.url)
            with self.lock:
                self.operations.append(operation)
            try:
                operation.start(self.server, connection)
                if operation.kind == "events":
                    operation.publish(self.server, connection)
            except (OSError, http.client.HTTPException):
                return  # the server is gone
            except Exception as wrong:
                self.failure = wrong
                return

    def join(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        if self.failure:
            raise self.failure
