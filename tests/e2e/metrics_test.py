#!/usr/bin/env python3
"""GET /metrics of a real server: it keeps the rules of Prometheus' text format, and its numbers follow what happened.

usage: metrics_test.py [TEST…]
"""
import pathlib
import re
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from cases import ADD, definition, main  # noqa: E402
from server import Server  # noqa: E402

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


class Exposition:
    """A text in format 0.0.4, read strictly: every breach of its rules is an assertion."""

    def __init__(self, text):
        assert text.endswith("\n"), "the last line must end with a line feed"
        self.kinds, self.samples, family, helped = {}, {}, None, None
        for line in text.splitlines():
            if line.startswith("# HELP "):
                helped = line.split(" ")[2]
                assert re.fullmatch(NAME, helped) and line.split(" ", 3)[3], line
            elif line.startswith("# TYPE "):
                _, _, family, kind = line.split(" ")
                assert family == helped, f"{line}: HELP and TYPE belong together"
                assert family not in self.kinds, f"{family}: the lines of a family must be together"
                assert kind in SUFFIXES, line
                assert (kind == "counter") == family.endswith("_total"), f"{family}: counters, and only they, end so"
                self.kinds[family] = kind
            else:
                self.read_sample(line, family)
        self.check_histograms()

    def read_sample(self, line, family):
        match = SAMPLE.fullmatch(line)
        assert match, f"not a sample: {line}"
        name, labels, value = match.groups()
        assert family and name in [family + suffix for suffix in SUFFIXES[self.kinds[family]]], f"{line}: of {family}?"
        key = (name, labels or "")
        assert key not in self.samples, f"{line}: twice"
        self.samples[key] = float(value)
        assert self.kinds[family] == "gauge" or self.samples[key] >= 0, line

    def check_histograms(self):
        for family in (name for name, kind in self.kinds.items() if kind == "histogram"):
            buckets = [(labels, value) for (name, labels), value in self.samples.items() if name == family + "_bucket"]
            bounds = [float(re.search(r'le="([^"]*)"', labels)[1]) for labels, _ in buckets]
            counts = [value for _, value in buckets]
            assert bounds == sorted(bounds) and bounds[-1] == float("inf"), family
            assert counts == sorted(counts) and counts[-1] == self[family + "_count"], f"{family}: buckets add up"

    def __getitem__(self, name):
        name, _, labels = name.partition("{")
        return self.samples[name, labels.rstrip("}")]


class Peer(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500 if self.path == "/bad" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


FAIL = definition("fail", "  - bad: {set: {n: '${ .n | tonumber }'}}\n")
HOLD = definition("hold", "  - hold: {wait: PT1H}\n")
NAP = definition("nap", "  - nap: {wait: {milliseconds: 20}}\n")
LISTEN = definition("listen", "  - hear: {listen: {to: {one: {with: {type: com.example.go}}}}}\n")


class Metrics(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = Server(folder.name).start()
        self.addCleanup(self.server.stop)

    def scrape(self):
        answer = self.server.get("/metrics")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        return Exposition(answer.raw.decode())

    def scrape_until(self, name, value):
        """What the driver counts is shown after its round, which may end a moment after the answer."""
        for _ in range(2000):
            found = self.scrape()
            if found[name] == value:
                return found
        self.fail(f"{name} stays at {found[name]}, not {value}")

    def begin(self, definition_text, name, input=None, wait="PT20S"):
        self.server.deploy(definition_text)
        return self.server.begin(name, input, wait)

    def test_a_new_server_keeps_the_format_and_counts_nothing(self):
        found = self.scrape()
        self.assertEqual(found["xflow_ready"], 1)
        self.assertEqual(found["xflow_instances_started_total"], 0)
        self.assertEqual(found['xflow_instances{status="waiting"}'], 0)
        self.assertGreater(found['xflow_storage_bytes{file="data"}'], 0)
        self.assertGreater(found["process_resident_memory_bytes"], 1 << 20)
        self.assertGreaterEqual(found["xflow_http_connections"], 1)

    def test_instances_are_counted_by_status_and_are_there_after_a_restart(self):
        for n in range(3):
            self.assertEqual(self.begin(ADD, "add", {"n": n}).json["status"], "completed")
        self.assertEqual(self.begin(FAIL, "fail", {"n": "x"}).json["status"], "faulted")
        first = self.begin(HOLD, "hold", wait=None).json["id"]
        self.begin(HOLD, "hold", wait=None)
        self.server.post(f"/api/v1/instances/{first}:cancel")
        found = self.scrape_until('xflow_instances_ended_total{status="cancelled"}', 1)
        self.assertEqual(found["xflow_instances_started_total"], 6)
        self.assertEqual(found['xflow_instances_ended_total{status="completed"}'], 3)
        self.assertEqual(found['xflow_instances_ended_total{status="faulted"}'], 1)
        self.assertEqual(found['xflow_instances{status="waiting"}'], 1)
        self.assertEqual(found['xflow_instances{status="faulted"}'], 1)
        self.assertEqual(found["xflow_turns_total"], 7)
        self.assertGreater(found["xflow_transitions_total"], 7)
        self.assertGreater(found["xflow_journal_bytes_total"], 0)
        self.assertGreater(found['xflow_storage_bytes{file="log"}'], 0)
        self.server.kill()
        self.server.start()
        again = self.scrape()
        self.assertEqual(again['xflow_instances{status="waiting"}'], 1)
        self.assertEqual(again['xflow_instances{status="faulted"}'], 1)
        self.assertEqual(again["xflow_instances_started_total"], 0)

    def test_commits_have_a_size_and_a_duration(self):
        before = self.scrape()
        self.begin(ADD, "add", {"n": 1})
        after = self.scrape_until("xflow_turns_total", before["xflow_turns_total"] + 1)
        grown = after['xflow_commits_total{result="ok"}'] - before['xflow_commits_total{result="ok"}']
        self.assertEqual(grown, 2, "one for the definition, one for the instance")
        self.assertEqual(after["xflow_commit_turns_sum"], before["xflow_commit_turns_sum"] + 1)
        duration = "xflow_commit_duration_seconds"
        self.assertEqual(after[duration + "_count"], before[duration + "_count"] + grown)
        self.assertGreater(after[duration + "_sum"], before[duration + "_sum"])
        self.assertEqual(after['xflow_commits_total{result="failed"}'], 0)

    def test_timers_and_events(self):
        self.assertEqual(self.begin(NAP, "nap").json["status"], "completed")
        self.begin(LISTEN, "listen", wait=None)
        event = {"specversion": "1.0", "id": "1", "source": "test", "type": "com.example.go"}
        for kind in ("com.example.go", "com.example.other"):
            answer = self.server.post("/api/v1/events", {**event, "type": kind}, "application/cloudevents+json")
            self.assertLess(answer.status, 300, answer.raw)
        found = self.scrape_until("xflow_events_received_total", 2)
        self.assertEqual(found["xflow_events_matched_total"], 1)
        self.assertEqual(found["xflow_timers_fired_total"], 1)
        self.assertEqual(found["xflow_timer_lag_seconds_count"], 1)

    def test_calls_are_counted_by_outcome(self):
        peer = ThreadingHTTPServer(("127.0.0.1", 0), Peer)
        threading.Thread(target=peer.serve_forever, daemon=True).start()
        self.addCleanup(peer.server_close)
        self.addCleanup(peer.shutdown)
        for name, path in (("good", "/"), ("bad", "/bad")):
            endpoint = f"http://127.0.0.1:{peer.server_port}{path}"
            call = f"{{call: http, with: {{method: post, endpoint: '{endpoint}', body: {{}}}}}}"
            self.begin(definition(name, f"  - ask: {call}\n"), name)
        found = self.scrape()
        self.assertEqual(found['xflow_calls_total{outcome="completed"}'], 1)
        self.assertEqual(found['xflow_calls_total{outcome="faulted"}'], 1)
        self.assertEqual(found["xflow_calls_in_flight"], 0)
        self.assertEqual(found["xflow_call_duration_seconds_count"], 2)


if __name__ == "__main__":
    main()
