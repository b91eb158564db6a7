#!/usr/bin/env python3
"""The API as its users have it: a real server, HTTP only. Each test has a server of its own unless it says otherwise.

usage: api_test.py [TEST…]
"""
import json
import pathlib
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from server import Server  # noqa: E402


def definition(name, tasks, version="1.0.0", extra=""):
    return f"document: {{dsl: '1.0.3', namespace: test, name: {name}, version: '{version}'}}\n{extra}do:\n{tasks}"


ADD = definition("add", "  - add: {set: {n: '${ .n + 1 }'}}\n")
WAIT = definition("wait", "  - hold: {wait: PT1H}\n")
LISTEN = definition("listen", "  - hold: {listen: {to: {one: {with: {type: com.example.go}}}}}\n")
FAIL = definition("fail", "  - ok: {set: {n: '${ .n }'}}\n  - bad: {set: {n: '${ .n | tonumber }'}}\n")


class Api(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = Server(cls.folder.name).start()

    @classmethod
    def tearDownClass(cls):
        status = cls.server.stop()
        cls.folder.cleanup()
        assert status == 0, f"the server ended with {status}"

    def refused(self, answer, status, text):
        self.assertEqual(answer.status, status, answer.raw)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.json["status"], status)
        self.assertIn(text, json.dumps(answer.json))


class Definitions(Api):
    def test_deploys_once_and_refuses_other_content_under_the_same_version(self):
        first = self.server.post("/api/v1/definitions", definition("d1", "  - a: {set: {n: 1}}\n"), "application/yaml")
        self.assertEqual(first.status, 201)
        self.assertEqual(first.headers["Location"], "/api/v1/definitions/test/d1/1.0.0")
        again = self.server.post("/api/v1/definitions", definition("d1", "  - a: {set: {n: 1}}\n"), "application/yaml")
        self.assertEqual(again.status, 200)
        self.assertEqual(again.json["digest"], first.json["digest"])
        other = self.server.post("/api/v1/definitions", definition("d1", "  - a: {set: {n: 2}}\n"), "application/yaml")
        self.refused(other, 409, "1.0.0")

    def test_names_every_problem_of_a_refused_definition(self):
        answer = self.server.post("/api/v1/definitions", definition("d2", "  - a: {sett: {n: 1}}\n  - b: {set: {n: '${ .n + }'}}\n"), "application/yaml")
        self.refused(answer, 400, "sett")
        self.assertGreaterEqual(len(answer.json["problems"]), 2)
        self.assertTrue(all(p["line"] > 0 and p["pointer"] for p in answer.json["problems"]))
        valid = self.server.post("/api/v1/definitions:validate", ADD, "application/yaml")
        self.assertEqual((valid.status, valid.json["valid"]), (200, True))
        bad = self.server.post("/api/v1/definitions:validate", "do: 1", "application/yaml")
        self.assertEqual((bad.status, bad.json["valid"]), (200, False))

    def test_reads_and_removes(self):
        self.server.deploy(definition("d3", "  - a: {set: {n: 1}}\n"))
        self.server.deploy(definition("d3", "  - a: {set: {n: 2}}\n", "1.10.0"))
        self.server.deploy(definition("d3", "  - a: {set: {n: 3}}\n", "1.9.0"))
        latest = self.server.get("/api/v1/definitions/test/d3/latest")
        self.assertEqual(latest.json["version"], "1.10.0")
        self.assertEqual(latest.json["source"]["do"], [{"a": {"set": {"n": 2}}}])
        unchanged = self.server.get("/api/v1/definitions/test/d3/latest", If_None_Match=latest.headers["ETag"])
        self.assertEqual(unchanged.status, 304)
        stale = self.server.request("DELETE", "/api/v1/definitions/test/d3/1.9.0", If_Match='"sha256:other"')
        self.refused(stale, 412, "If-Match")
        self.assertEqual(self.server.request("DELETE", "/api/v1/definitions/test/d3/1.9.0").status, 204)
        self.refused(self.server.get("/api/v1/definitions/test/d3/1.9.0"), 404, "d3")

    def test_keeps_a_definition_that_instances_run(self):
        self.server.deploy(WAIT.replace("name: wait", "name: d4"))
        started = self.server.begin("d4", wait=None)
        self.refused(self.server.request("DELETE", "/api/v1/definitions/test/d4/1.0.0"), 409, "retire")
        retired = self.server.request("DELETE", "/api/v1/definitions/test/d4/1.0.0?retire=true")
        self.assertEqual((retired.status, retired.json["retired"]), (200, True))
        self.assertIn(self.server.begin("d4", wait=None).status, (404, 409))
        self.assertEqual(self.server.get(f"/api/v1/instances/{started.json['id']}").json["status"], "waiting")


class Instances(Api):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for one in (ADD, WAIT, LISTEN, FAIL):
            cls.server.deploy(one)

    def test_waits_for_the_end_when_asked_to(self):
        ended = self.server.begin("add", {"n": 1})
        self.assertEqual((ended.status, ended.json["status"], ended.json["output"]), (200, "completed", {"n": 2}))
        shown = self.server.get(f"/api/v1/instances/{ended.json['id']}").json
        self.assertEqual((shown["input"], shown["output"]), ({"n": 1}, {"n": 2}))
        later = self.server.begin("wait", wait="PT0.05S")
        self.assertEqual((later.status, later.json["status"]), (202, "waiting"))

    def test_says_why_an_instance_waits(self):
        position = self.server.get(f"/api/v1/instances/{self.server.begin('wait', wait=None).json['id']}").json["positions"][0]
        self.assertEqual((position["task"], position["waitingFor"]), ("/do/0/hold", "timer"))
        self.assertIn("due", position)
        position = self.server.get(f"/api/v1/instances/{self.server.begin('listen', wait=None).json['id']}").json["positions"][0]
        self.assertEqual(position["waitingFor"], "event")

    def test_a_key_starts_one_instance(self):
        first = self.server.begin("add", {"n": 5}, Idempotency_Key="k1")
        again = self.server.begin("add", {"n": 5}, Idempotency_Key="k1")
        self.assertEqual(first.json["id"], again.json["id"])
        self.assertEqual(again.json["output"], {"n": 6})
        self.refused(self.server.begin("add", {"n": 6}, Idempotency_Key="k1"), 422, "key")

    def test_refuses_what_it_does_not_know(self):
        self.refused(self.server.post("/api/v1/instances", {"definition": {"namespace": "test", "name": "add"}, "wiat": "PT1S"}), 400, "wiat")
        self.refused(self.server.post("/api/v1/instances", "{", "application/json"), 400, "JSON")
        self.refused(self.server.post("/api/v1/instances", "{}", "text/plain"), 415, "application/json")
        self.refused(self.server.begin("nobody"), 404, "nobody")
        self.refused(self.server.get("/api/v1/instances/none"), 404, "none")
        self.refused(self.server.get("/api/v1/instances?status=sleeping"), 400, "sleeping")
        self.refused(self.server.request("PUT", "/api/v1/instances", {}), 405, "GET")
        self.refused(self.server.get("/api/v1/nothing"), 404, "openapi")

    def test_commands(self):
        id = self.server.begin("wait", wait=None).json["id"]
        path = f"/api/v1/instances/{id}"
        self.refused(self.server.post(path + ":resume", {}), 409, "suspended")
        self.assertEqual(self.server.post(path + ":suspend", {"reason": "audit"}).json["status"], "suspended")
        self.assertEqual(self.server.post(path + ":resume", {}).json["status"], "waiting")
        self.assertEqual(self.server.post(path + ":cancel", {}).json["status"], "cancelled")
        self.refused(self.server.post(path + ":cancel", {}), 409, "cancelled")

    def test_resets_a_faulted_instance_with_other_data(self):
        fault = self.server.begin("fail", {"n": "x"})
        self.assertEqual(fault.json["status"], "faulted")
        self.assertEqual(fault.json["error"]["instance"], "/do/1/bad")
        path = f"/api/v1/instances/{fault.json['id']}"
        self.assertEqual(self.server.post(path + ":retry", {}).json["status"], "faulted")
        mended = self.server.post(path + ":reset", {"position": "/do/1/bad", "data": {"n": "7"}})
        self.assertEqual((mended.status, mended.json["status"], mended.json["output"]), (200, "completed", {"n": 7}))

    def test_pages_neither_skip_nor_repeat(self):
        self.server.deploy(ADD.replace("name: add", "name: paged"))
        ids = [self.server.begin("paged", {"n": n}).json["id"] for n in range(23)]
        seen, path = [], "/api/v1/instances?name=paged&limit=5"
        while path:
            page = self.server.get(path).json
            seen += [i["id"] for i in page["items"]]
            path = f"/api/v1/instances?name=paged&limit=5&cursor={page['next']}" if "next" in page else None
        self.assertEqual(seen, ids[::-1])

    def test_history_and_stream_tell_the_same(self):
        id = self.server.begin("add", {"n": 1}).json["id"]
        history = self.server.get(f"/api/v1/instances/{id}/history").json["items"]
        kinds = [e["type"].removeprefix("io.serverlessworkflow.") for e in history]
        self.assertEqual(kinds[0], "workflow.started.v1")
        self.assertEqual(kinds[-1], "workflow.completed.v1")
        self.assertIn("task.completed.v1", kinds)
        stream = self.server.get(f"/api/v1/instances/{id}/stream").raw.decode()
        self.assertEqual([json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: ")], history)
        resume = [line[4:] for line in stream.splitlines() if line.startswith("id: ")][1]
        rest = self.server.get(f"/api/v1/instances/{id}/stream", Last_Event_ID=resume).raw.decode()
        self.assertEqual([json.loads(line[6:]) for line in rest.splitlines() if line.startswith("data: ")], history[2:])

    def test_a_stream_follows_a_running_instance(self):
        id = self.server.begin("listen", wait=None).json["id"]
        connection = self.server.connect()
        connection.request("GET", f"/api/v1/instances/{id}/stream")
        stream = connection.getresponse()
        while b"task.started" not in stream.readline():
            pass
        self.server.post("/api/v1/events", {"specversion": "1.0", "id": "s1", "source": "/t", "type": "com.example.go"},
                         "application/cloudevents+json")
        self.assertIn(b"workflow.completed", stream.read())


class Events(Api):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.deploy(LISTEN)

    def test_every_mode_reaches_a_listener(self):
        def go(send):
            id = self.server.begin("listen", wait=None).json["id"]
            answer = send()
            self.assertEqual(answer.status, 202, answer.raw)
            self.assertEqual(answer.json["accepted"], 1)
            self.assertGreaterEqual(answer.json["matched"][0], 1)
            connection = self.server.get(f"/api/v1/instances/{id}/stream")
            self.assertIn(b"workflow.completed", connection.raw)
            return self.server.get(f"/api/v1/instances/{id}").json["output"]

        event = {"specversion": "1.0", "source": "/t", "type": "com.example.go", "data": {"a": 1}}
        self.assertEqual(go(lambda: self.server.post("/api/v1/events", {**event, "id": "1"}, "application/cloudevents+json")), [{"a": 1}])
        self.assertEqual(go(lambda: self.server.post("/api/v1/events", [{**event, "id": "2"}], "application/cloudevents-batch+json")), [{"a": 1}])
        self.assertEqual(go(lambda: self.server.post("/api/v1/events", {"a": 1}, ce_id="3", ce_source="/t", ce_type="com.example.go",
                                                     ce_specversion="1.0")), [{"a": 1}])

    def test_refuses_what_is_no_event(self):
        self.refused(self.server.post("/api/v1/events", {"id": "1"}, "application/cloudevents+json"), 400, "source")
        self.refused(self.server.post("/api/v1/events", {"a": 1}), 400, "cloudevents")


class Schedules(Api):
    def test_a_schedule_starts_instances_until_it_is_paused(self):
        self.server.deploy(definition("tick", "  - a: {set: {n: 1}}\n", extra="schedule: {every: {milliseconds: 100}}\n"))
        self.wait_for(lambda: len(self.server.get("/api/v1/instances?name=tick").json["items"]) >= 3)
        paused = self.server.post("/api/v1/schedules/test/tick:pause", {})
        self.assertEqual((paused.status, paused.json["paused"]), (200, True))
        before = len(self.server.get("/api/v1/instances?name=tick&limit=500").json["items"])
        self.server.post("/api/v1/schedules/test/tick:trigger", {})
        self.wait_for(lambda: len(self.server.get("/api/v1/instances?name=tick&limit=500").json["items"]) == before + 1)
        listed = self.server.get("/api/v1/schedules").json["items"]
        self.assertEqual([(s["name"], s["kind"], s["paused"]) for s in listed], [("tick", "every", True)])

    def wait_for(self, condition):
        for _ in range(300):
            if condition():
                return
            threading.Event().wait(0.02)
        self.fail("it did not come to pass within 6 s")


class Edge(Api):
    def test_operations(self):
        self.assertEqual(self.server.get("/healthz").status, 200)
        self.assertEqual(self.server.get("/readyz").status, 200)
        self.assertIn(b"xflow_http_requests_total", self.server.get("/metrics").raw)
        self.assertTrue(self.server.get("/api/openapi.yaml").raw.startswith(b"openapi: 3.1.0"))
        made = self.server.post("/api/v1/backups", {})
        self.assertEqual(made.status, 201, made.raw)
        self.assertGreater(made.json["bytes"], 0)

    def test_refuses_what_a_foreign_page_could_send(self):
        self.refused(self.server.get("/healthz", Host="evil.example"), 403, "Host")
        self.refused(self.server.get("/healthz", Origin="https://evil.example"), 403, "origin")
        self.refused(self.server.get("/healthz", Sec_Fetch_Site="cross-site"), 403, "cross-site")

    def test_one_server_for_a_data_directory(self):
        with self.assertRaisesRegex(AssertionError, "another"):
            Server(self.folder.name).start()


class Restart(unittest.TestCase):
    def test_nothing_is_lost_over_a_kill(self):
        with tempfile.TemporaryDirectory() as folder, Server(folder) as server:
            server.deploy(LISTEN)
            server.deploy(definition("nap", "  - nap: {wait: {milliseconds: 300}}\n  - a: {set: {n: 1}}\n"))
            listening, napping = server.begin("listen", wait=None).json["id"], server.begin("nap", wait=None).json["id"]
            server.kill()
            server.start()
            event = {"specversion": "1.0", "id": "1", "source": "/t", "type": "com.example.go", "data": 5}
            self.assertEqual(server.post("/api/v1/events", event, "application/cloudevents+json").status, 202)
            for id, output in ((listening, [5]), (napping, {"n": 1})):
                server.get(f"/api/v1/instances/{id}/stream")
                self.assertEqual(server.get(f"/api/v1/instances/{id}").json["output"], output)

    def test_a_graceful_stop_keeps_what_waits(self):
        with tempfile.TemporaryDirectory() as folder, Server(folder) as server:
            server.deploy(WAIT)
            id = server.begin("wait", wait=None).json["id"]
            self.assertEqual(server.stop(), 0)
            server.start()
            self.assertEqual(server.get(f"/api/v1/instances/{id}").json["status"], "waiting")


class Calls(Api):
    def test_retries_and_keeps_the_key_only_while_the_outcome_is_unknown(self):
        seen = []

        class Service(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                seen.append(self.headers["Idempotency-Key"])
                self.send_response(503 if len(seen) < 3 else 200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b'{"ok":true}')

        service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
        threading.Thread(target=service.serve_forever, daemon=True).start()
        self.server.deploy(definition("call", """
  - try:
      try:
        - post: {call: http, with: {method: post, endpoint: '${ .url }', body: {a: 1}}}
      catch:
        errors: {with: {status: 503}}
        retry: {delay: {milliseconds: 10}, limit: {attempt: {count: 5}}}
"""))
        ended = self.server.begin("call", {"url": f"http://127.0.0.1:{service.server_address[1]}/"})
        self.assertEqual(ended.json.get("output"), {"ok": True}, ended.json)
        self.assertEqual(len(seen), 3)
        self.assertEqual(len(set(seen)), 3, "each answered attempt is followed by a new key")
        service.shutdown()

    def test_metadata_addresses_are_never_called(self):
        self.server.deploy(definition("meta", "  - get: {call: http, with: {method: get, endpoint: 'http://169.254.169.254/latest'}}\n"))
        ended = self.server.begin("meta")
        self.assertEqual((ended.json["status"], ended.json["error"]["status"]), ("faulted", 403), ended.json)


class Counted(unittest.TextTestResult):
    def stopTestRun(self):
        failed = len(self.failures) + len(self.errors)
        print(f"{self.testsRun - failed - len(self.skipped)} passed, {failed} failed, {len(self.skipped)} skipped", flush=True)


if __name__ == "__main__":
    unittest.main(testRunner=unittest.TextTestRunner(resultclass=Counted, verbosity=2))
