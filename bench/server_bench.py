"""What is measured on a real `xflow serve`, over HTTP only. Each ratio is the median of alternating rounds.

Servers and load generator are programs of their own, started here and ended here by their process.
"""
import json
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "release"
os.environ["XFLOW"] = str(BUILD / "xflow")
sys.path.insert(0, str(ROOT / "tests" / "support"))
from server import Server  # noqa: E402

W1 = """
document: {dsl: '1.0.3', namespace: bench, name: w1, version: '1.0.0'}
do:
  - one: {set: {n: '${ .n + 1 }'}}
  - two: {set: {n: '${ .n + 1 }'}}
  - three: {set: {n: '${ .n + 1 }'}}
"""
W2_CALL = "{{call: http, with: {{method: post, endpoint: 'http://127.0.0.1:{port}/', body: {{name: xflow, number: 1234}}}}}}"
W2 = """
document: {{dsl: '1.0.3', namespace: bench, name: w2, version: '1.0.0'}}
do:
  - one: {call}
  - two: {call}
  - three: {call}
"""
WAITER = """
document: {dsl: '1.0.3', namespace: bench, name: waiter, version: '1.0.0'}
do:
  - hold: {wait: PT1H}
"""
LOOP = """
document: {{dsl: '1.0.3', namespace: bench, name: loop, version: '1.0.0'}}
do:
  - each:
      for: {{each: item, in: .items}}
      do:
        - ask: {call}
"""
IN_FLIGHT = 64


@contextmanager
def peer(kind):
    """A bare echo, or a service that answers at once; gives its port."""
    process = subprocess.Popen([BUILD / "bench/http/peer", kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait()


def load(port, path, body, connections=IN_FLIGHT, **options):
    command = [BUILD / "bench/load/load", "--port", port, "--path", path, "--connections", connections, "--body", json.dumps(body)]
    for name, value in options.items():
        command += ["--" + name, value]
    result = json.loads(subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout)
    if result["errors"] or not result["requests"]:
        raise SystemExit(f"bench: {path}: {result['errors']} of the answers were not as they should be")
    return result


def start_of(name, input=None, wait="PT10S"):
    body = {"definition": {"namespace": "bench", "name": name, "version": "1.0.0"}, "input": {} if input is None else input}
    return {**body, "wait": wait} if wait else body


def check_w1(server):
    answer = server.post("/api/v1/instances", start_of("w1", {"n": 1}))
    if answer.status != 200 or answer.json.get("output") != {"n": 4}:
        raise SystemExit(f"bench: W1 gives {answer.status} {answer.raw}")


def throughput(folder, rounds, seconds):
    """W1 with 64 connections, against a no-op of the same server, against a bare echo."""
    rows = []
    with peer("echo") as echo, Server(folder / "throughput") as server:
        server.deploy(W1)
        check_w1(server)
        for _ in range(rounds):
            rows.append({
                "echo": load(echo, "/", {}, seconds=seconds)["per_second"],
                "noop": load(server.port, "/healthz", {}, seconds=seconds)["per_second"],
                "w1": load(server.port, "/api/v1/instances", start_of("w1", {"n": 1}), seconds=seconds)["per_second"],
            })
    return {
        "w1_http_over_noop": statistics.median(row["w1"] / row["noop"] for row in rows),
        "noop_over_echo": statistics.median(row["noop"] / row["echo"] for row in rows),
        **{name + "_per_s": statistics.median(row[name] for row in rows) for name in rows[0]},
    }


def sync_us(file, times=200):
    """The median of one fdatasync of 4 KiB, over blocks that the file has already."""
    block = bytes(4096)
    fd = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.pwrite(fd, block * times, 0)
        os.fsync(fd)
        spent = []
        for i in range(times):
            os.pwrite(fd, block, i * len(block))
            begin = time.perf_counter()
            os.fdatasync(fd)
            spent.append((time.perf_counter() - begin) * 1e6)
        return statistics.median(spent)
    finally:
        os.close(fd)


def latency(folder, rounds, seconds):
    """One W1 at a time, against one flush and one no-op."""
    rows = []
    with Server(folder / "latency") as server:
        server.deploy(W1)
        for _ in range(rounds):
            rows.append({
                "fdatasync": sync_us(folder / "sync"),
                "noop": load(server.port, "/healthz", {}, 1, seconds=seconds)["p50_us"],
                "w1": load(server.port, "/api/v1/instances", start_of("w1", {"n": 1}), 1, seconds=seconds)["p50_us"],
            })
    return {
        "w1_latency_over_floor": statistics.median(row["w1"] / (row["fdatasync"] + row["noop"]) for row in rows),
        **{name + "_p50_us": statistics.median(row[name] for row in rows) for name in rows[0]},
    }


def calls(folder, rounds, seconds):
    """W2, three calls each, 64 in flight, against bare libcurl doing such calls to the same service."""
    rows = []
    with peer("service") as port, Server(folder / "calls") as server:
        server.deploy(W2.format(call=W2_CALL.format(port=port)))
        for _ in range(rounds):
            bare = subprocess.run([BUILD / "bench/http/peer", "calls", str(port), str(seconds)], check=True, capture_output=True)
            ours = load(server.port, "/api/v1/instances", start_of("w2"), seconds=seconds)
            rows.append({"curl": float(bare.stdout), "ours": 3 * ours["per_second"]})
    return {
        "http_calls_over_curl": statistics.median(row["ours"] / row["curl"] for row in rows),
        **{name + "_calls_per_s": statistics.median(row[name] for row in rows) for name in rows[0]},
    }


def resident_bytes(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) * 1024


def waiting(folder, count=200_000):
    """Resident memory for each waiting instance, beginning with a server that has none; then kill -9, until ready again."""
    data = folder / "waiting"
    with Server(data) as server:
        server.deploy(WAITER)
        before = resident_bytes(server)
        started = load(server.port, "/api/v1/instances", start_of("waiter", wait=None), requests=count, status=202)
        time.sleep(1)
        grown = resident_bytes(server) - before
        server.kill()
        begin = time.perf_counter()
        server.start()
        while server.get("/readyz").status != 200:
            time.sleep(0.001)
        restart_ms = (time.perf_counter() - begin) * 1e3
        grown_again = resident_bytes(server)
        # Counted last: whoever opens the data first after a kill does the server's recovery for it.
        with sqlite3.connect(f"file:{data}/xflow.db?mode=ro", uri=True) as db:
            timers = db.execute("SELECT count(*) FROM timers").fetchone()[0]
        if timers != count:
            raise SystemExit(f"bench: {timers} of {count} instances wait")
    return {"waiting_bytes": grown / count, "restart_ms": restart_ms, "starts_per_s": started["per_second"],
            "resident_after_restart_mib": grown_again / 2**20}


def loop(folder, largest):
    """A call for each element of a 1 MB collection: milliseconds for each iteration, at a quarter, half and all."""
    out = {}
    with peer("service") as port, Server(folder / "loop") as server:
        server.deploy(LOOP.format(call=W2_CALL.format(port=port)))
        for count in (largest // 4, largest // 2, largest):
            items = ["x" * (1_000_000 // count - 3)] * count
            begin = time.perf_counter()
            answer = server.post("/api/v1/instances", start_of("loop", {"items": items}, "PT55S"))
            if answer.json.get("status") != "completed":
                raise SystemExit(f"bench: the loop of {count} gives {answer.status} {answer.raw[:300]}")
            out[count] = (time.perf_counter() - begin) * 1e3 / count
    return out
