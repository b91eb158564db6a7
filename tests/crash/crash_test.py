#!/usr/bin/env python3
"""Kills a real server at random moments under load, and judges what it remembers.

usage: crash_test.py [--rounds 20] [--seed N]
Promised, and checked after every kill: each acknowledged start exists once and ends once, with the right output; the
same idempotency key gives the same instance; an acknowledged event is not lost; a called service never sees a call of
unknown outcome under a second idempotency key; a backup made under load is whole. The seed is printed; a failure ends
the run.
"""

import argparse
import collections
import pathlib
import random
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from load import CALLS, EVENTS, Adder, Load, ROOT  # noqa: E402  (puts tests/support on the path)
from server import Server  # noqa: E402

SECONDS_TO_END = 30
JUDGED = 200


def pages(server, query):
    path = f"/api/v1/instances?limit=500&{query}"
    cursor = ""
    while cursor is not None:
        page = server.get(path + cursor).json
        yield from page["items"]
        cursor = f"&cursor={page['next']}" if "next" in page else None


def wait_until_ended(server):
    """Nothing waits or runs any more."""
    deadline = time.monotonic() + SECONDS_TO_END
    while open := server.get("/api/v1/instances?status=pending,running,waiting&limit=1").json["items"]:
        assert (
            time.monotonic() < deadline
        ), f"still open after {SECONDS_TO_END} s: {server.get('/api/v1/instances/' + open[0]['id']).json}"
        threading.Event().wait(0.02)


def each(server, operations, act):
    """Does `act(operation, connection)` for all, over a few connections."""

    def some(part):
        connection = server.connect()
        for operation in part:
            act(operation, connection)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(some, [operations[i::4] for i in range(4)]))


def judge_all(server, operations, round):
    """Each one that was asked for is there once, under the id that was acknowledged, and has completed."""
    found = collections.defaultdict(list)
    for instance in pages(server, f"text=r{round}-"):
        found[instance["key"]].append((instance["id"], instance["status"]))
    for operation in operations:
        there = found.pop(operation.key, [])
        assert there == [
            (operation.id, "completed")
        ], f"{operation.key} should be {operation.id}, once and completed: {there}"
    assert not found, f"nobody asked for {found}"


def judge(server, operation, connection):
    """The right output, one end, the same instance for the same key."""
    path = f"/api/v1/instances/{operation.id}"
    instance = server.request("GET", path, connection=connection).json
    assert instance["output"] == {"id": operation.key, "n": 4}, (operation.key, instance)
    history = server.request("GET", path + "/history?limit=500", connection=connection).json["items"]
    ends = [
        e["type"]
        for e in history
        if e["type"].rsplit(".", 2)[1] in ("completed", "faulted", "cancelled") and ".workflow." in e["type"]
    ]
    assert ends == ["io.serverlessworkflow.workflow.completed.v1"], (operation.key, ends)
    operation.start(server, connection)


class Backup:
    """Made by one request while the clients go on; may be cut off by the kill."""

    def __init__(self, server, load):
        self.before, self.file = load.acknowledged(), None
        self.thread = threading.Thread(target=self.make, args=(server,))
        self.thread.start()

    def make(self, server):
        try:
            answer = server.post("/api/v1/backups", {})
        except Exception:
            return  # killed meanwhile: no backup, and none was promised
        assert answer.status == 201, answer.raw
        self.file = pathlib.Path(answer.json["file"])

    def judge(self, folder):
        """True when there was one: it is whole, and a server that is given it has all that was acknowledged before."""
        self.thread.join()
        if not self.file:
            return False
        with sqlite3.connect(self.file) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        restored = folder / f"restored-{self.file.stem}"
        restored.mkdir()
        shutil.copy(self.file, restored / "xflow.db")
        # It may call nobody: the other server goes on with the same instances.
        with Server(restored, outbound=None) as server:
            there = {i["key"]: i["id"] for i in pages(server, "namespace=test")}
            for operation in self.before:
                assert (
                    there.get(operation.key) == operation.id
                ), f"{operation.key} is not in the backup that was begun after it"
            assert server.stop() == 0
        shutil.rmtree(restored)
        self.file.unlink()
        return True


def one_round(number, server, adder, chance, folder):
    load = Load(server, adder.url, number)
    moment, backup = chance.uniform(0.05, 0.6), None
    if number % 4 == 0:
        threading.Event().wait(0.1)
        backup = Backup(server, load)
    threading.Event().wait(moment)
    if backup and number % 8 == 0:
        backup.thread.join()  # every other backup is left to its luck
    server.kill()
    load.join()
    begin = time.monotonic()
    server.start()
    ready = time.monotonic() - begin
    acknowledged = load.acknowledged()
    each(server, load.operations, lambda operation, connection: operation.settle(server, connection))
    wait_until_ended(server)
    judge_all(server, load.operations, number)
    sample = chance.sample(load.operations, min(JUDGED, len(load.operations)))
    each(server, sample, lambda operation, connection: judge(server, operation, connection))
    assert not adder.problems, adder.problems[0]
    backed_up = backup.judge(folder) if backup else False
    print(
        f"round {number + 1}: {len(acknowledged)} acknowledged of {len(load.operations)}, "
        f"ready again in {ready * 1000:.0f} ms{', a backup' if backed_up else ''}",
        flush=True,
    )
    return len(acknowledged), backed_up


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--rounds", type=int, default=20)
    args.add_argument("--seed", type=int, default=int(time.time()))
    args = args.parse_args()
    print(f"seed {args.seed}", flush=True)
    chance, adder, acknowledged, backups = random.Random(args.seed), Adder(), 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server = Server(folder / "data").start()
        server.deploy(CALLS)
        server.deploy(EVENTS)
        for number in range(args.rounds):
            more, backed_up = one_round(number, server, adder, chance, folder)
            acknowledged, backups = acknowledged + more, backups + backed_up
        assert server.stop() == 0, "a graceful stop ends with 0"
    resent = sum(outcome == "200" for seen in adder.attempts.values() for _, outcome in seen[:-1])
    print(f"{acknowledged} acknowledged starts, {resent} calls sent again after a kill, {backups} backups")
    assert acknowledged > 10 * args.rounds and resent and backups, "too little happened to prove anything"
    print(f"{args.rounds} passed, 0 failed, 0 skipped")


if __name__ == "__main__":
    sys.exit(main())
