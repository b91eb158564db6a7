"""Instances: start, read, list, command, follow."""

import json
import threading
import urllib.parse

from api_case import Api
from cases import ADD, FAIL, LISTEN, WAIT, definition, event, until


class Starting(Api):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for one in (ADD, WAIT):
            cls.server.deploy(one)

    def start(self, body, **headers):
        return self.server.post("/api/v1/instances", body, **headers)

    def test_waits_for_the_end_when_asked_to(self):
        ended = self.server.begin("add", {"n": 1})
        self.assertEqual((ended.status, ended.json["status"], ended.json["output"]), (200, "completed", {"n": 2}))
        self.assertEqual(ended.headers["Location"], f"/api/v1/instances/{ended.json['id']}")
        shown = self.instance(ended.json["id"])
        self.assertEqual((shown["input"], shown["output"]), ({"n": 1}, {"n": 2}))
        self.assertEqual(shown["definition"], {"namespace": "test", "name": "add", "version": "1.0.0"})
        later = self.server.begin("wait", wait="PT0.05S")
        self.assertEqual((later.status, later.json["status"]), (202, "waiting"))

    def test_bounds_what_it_is_asked(self):
        one = {"definition": {"namespace": "test", "name": "add"}, "input": {"n": 1}}
        for wait in ("PT61S", "P1M", "-PT1S", "10", "soon", "PT0.0S;"):
            self.refused(self.start({**one, "wait": wait}), 400, "PT60S")
        self.assertEqual(self.start({**one, "wait": "PT60S"}).status, 200)
        self.assertEqual(self.start({**one, "key": "k" * 255}).json["key"], "k" * 255)
        self.refused(self.start({**one, "key": "k" * 256}), 400, "255")
        self.refused(self.start(one, Idempotency_Key="k" * 256), 400, "255")
        self.refused(self.start(one, Idempotency_Key=""), 400, "Idempotency-Key")
        self.refused(self.start({**one, "wiat": "PT1S"}), 400, "wiat")
        self.refused(self.start({**one, "definition": {**one["definition"], "tag": "x"}}), 400, "tag")
        self.refused(self.start({"input": {}}), 400, "definition")
        self.refused(self.start({**one, "definition": "add"}), 400, "definition")
        self.refused(self.start({**one, "key": 5}), 400, "key")
        self.refused(self.start([]), 400, "object")
        self.refused(self.start("{"), 400, "JSON")
        self.refused(self.start(""), 400, "JSON")
        self.refused(self.start('{"definition":' + "[" * 100_000), 400, "JSON")
        self.refused(self.server.begin("nobody"), 404, "nobody")

    def test_any_json_is_an_input(self):
        self.server.deploy(definition("echo", "  - a: {set: '${ {got: .} }'}\n"))
        for value in (1, "é\u0000😀", [1, {"a": [None]}], 12345678901234567890, False):
            answer = self.start({"definition": {"namespace": "test", "name": "echo"}, "input": value, "wait": "PT10S"})
            self.assertEqual(answer.json["output"], {"got": value})

    def test_an_idempotency_key_starts_one_instance(self):
        first = self.server.begin("add", {"n": 5}, Idempotency_Key="k1")
        again = self.server.begin("add", {"n": 5}, Idempotency_Key="k1")
        self.assertEqual((again.status, again.json["id"], again.json["output"]), (200, first.json["id"], {"n": 6}))
        self.refused(self.server.begin("add", {"n": 6}, Idempotency_Key="k1"), 422, "k1")
        # Keys are of one operation: the same one means another thing elsewhere.
        waiting = self.server.begin("wait", wait=None, Idempotency_Key="k2").json["id"]
        for verb, status in (("suspend", "suspended"), ("resume", "waiting"), ("cancel", "cancelled")):
            for _ in range(2):
                answer = self.server.post(f"/api/v1/instances/{waiting}:{verb}", {}, Idempotency_Key="k2")
                self.assertEqual((answer.status, answer.json["status"]), (200, status), verb)
        self.refused(
            self.server.post(f"/api/v1/instances/{waiting}:cancel", {"reason": "other"}, Idempotency_Key="k2"),
            422,
            "k2",
        )

    def test_one_key_at_the_same_moment(self):
        answers = []
        threads = [
            threading.Thread(target=lambda: answers.append(self.server.begin("add", {"n": 1}, Idempotency_Key="race")))
            for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({a.status for a in answers}, {200})
        self.assertEqual(len({a.json["id"] for a in answers}), 1)


class Listing(Api):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for one in (
            ADD,
            WAIT,
            FAIL,
            definition("address", "  - a: {set: {n: 1}}\n"),
            definition("add", "  - add: {set: {n: 0}}\n", "2.0.0"),
        ):
            cls.server.deploy(one)
        begin = cls.server.begin
        cls.waiting = begin("wait", wait=None, key="order-7").json["id"]
        cls.failed = begin("fail", {"n": "x"}, key="order-70").json["id"]
        cls.added = begin("add", {"n": 1}, key="invoice-7").json["id"]
        cls.address = begin("address", key="Ünder_%-key").json["id"]

    def ids(self, query):
        return {i["id"] for i in self.server.get(f"/api/v1/instances?limit=500&{query}").json["items"]}

    def test_filters(self):
        self.assertEqual(self.ids("status=waiting"), {self.waiting})
        self.assertEqual(self.ids("status=waiting,faulted"), {self.waiting, self.failed})
        self.assertEqual(self.ids("status=waiting&status=faulted"), {self.waiting, self.failed})
        self.assertEqual(self.ids("namespace=test&name=add"), {self.added})
        self.assertEqual(self.ids("name=add&version=1.0.0"), set(), "latest is 2.0.0")
        self.assertEqual(self.ids("name=wait&status=completed"), set())
        self.assertEqual(self.ids("namespace=elsewhere"), set())

    def test_text_is_a_prefix_of_id_key_or_name(self):
        self.assertEqual(self.ids("text=order-7"), {self.waiting, self.failed})
        self.assertEqual(self.ids("text=order-70"), {self.failed})
        self.assertEqual(self.ids("text=add"), {self.added, self.address})
        self.assertEqual(self.ids(f"text={self.added}"), {self.added})
        self.assertIn(self.added, self.ids(f"text={self.added[:9]}"))
        self.assertEqual(self.ids("text=rder-7"), set())
        self.assertEqual(self.ids("text=" + urllib.parse.quote("Ünder_%")), {self.address})
        self.assertEqual(self.ids("text=%25"), set(), "a percent sign is itself")
        self.assertEqual(self.ids("text=order-7&status=faulted"), {self.failed})

    def test_times(self):
        created = self.instance(self.failed)["createdAt"]
        self.assertEqual(self.ids(f"createdAfter={created}"), self.ids("") - {self.waiting}, "inclusive")
        self.assertEqual(self.ids(f"createdBefore={created}"), {self.waiting}, "exclusive")
        self.assertEqual(self.ids("createdAfter=2100-01-01T00:00:00Z"), set())
        self.assertEqual(self.ids("createdBefore=" + urllib.parse.quote("2100-01-01T00:00:00+02:00")), self.ids(""))

    def test_refuses_what_it_does_not_know(self):
        for query, said in (
            ("status=sleeping", "sleeping"),
            ("limit=0", "limit"),
            ("limit=501", "limit"),
            ("limit=many", "limit"),
            ("createdAfter=yesterday", "createdAfter"),
            ("stat=waiting", "stat"),
            ("cursor=nonsense", "cursor"),
            ("cursor=-1", "cursor"),
            ("name=%zz", "%"),
            ("limit=5&limit=6", "limit"),
        ):
            self.refused(self.server.get("/api/v1/instances?" + query), 400, said)

    def test_pages_neither_skip_nor_repeat_while_more_are_started(self):
        self.server.deploy(ADD.replace("name: add", "name: paged"))
        ids = [self.server.begin("paged", {"n": n}).json["id"] for n in range(23)]
        first = self.server.get("/api/v1/instances?name=paged&limit=5").json
        self.server.begin("paged", {"n": 99})
        rest = self.server.get(f"/api/v1/instances?name=paged&limit=500&cursor={first['next']}").json
        self.assertEqual([i["id"] for i in first["items"] + rest["items"]], ids[::-1])
        self.assertNotIn("next", rest)
        self.assertEqual([i["id"] for i in self.all_pages("/api/v1/instances?name=paged", 4)][1:], ids[::-1])


class Commands(Api):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for one in (WAIT, FAIL, LISTEN):
            cls.server.deploy(one)

    def act(self, id, verb, body=None, **headers):
        return self.server.post(f"/api/v1/instances/{id}:{verb}", body, **headers)

    def test_suspend_resume_cancel(self):
        id = self.server.begin("wait", wait=None).json["id"]
        self.refused(self.act(id, "resume"), 409, "suspended")
        self.refused(self.act(id, "retry"), 409, "faulted")
        self.assertEqual(self.act(id, "suspend", {"reason": "audit"}).json["status"], "suspended")
        self.refused(self.act(id, "suspend"), 409, "suspended")
        self.assertEqual(self.act(id, "resume").json["status"], "waiting")
        self.assertEqual(self.act(id, "cancel").json["status"], "cancelled")
        self.refused(self.act(id, "cancel"), 409, "cancelled")
        self.assertIn("audit", json.dumps(self.server.get(f"/api/v1/instances/{id}/history").json))

    def test_refuse_bodies_that_they_do_not_know(self):
        id = self.server.begin("wait", wait=None).json["id"]
        self.refused(self.act(id, "cancel", {"why": "x"}), 400, "why")
        self.refused(self.act(id, "resume", {"reason": "x"}), 400, "reason")
        self.refused(self.act(id, "cancel", {"reason": 5}), 400, "reason")
        self.refused(self.act(id, "cancel", {"reason": "x" * 1001}), 400, "1000")
        self.refused(self.act(id, "reset", {}), 400, "position")
        self.refused(self.act(id, "reset", {"position": "/do/7/nowhere", "data": {}}), 400, "/do/7/nowhere")
        self.refused(self.act(id, "explode"), 404, "openapi")
        self.refused(self.act("nobody", "cancel"), 404, "nobody")
        self.refused(self.server.get("/api/v1/instances/none"), 404, "none")
        self.refused(self.server.get("/api/v1/instances/none/history"), 404, "none")
        self.refused(self.server.get("/api/v1/instances/none/stream"), 404, "none")

    def test_events_that_come_while_suspended_are_applied_at_resume(self):
        id = self.server.begin("listen", wait=None).json["id"]
        self.act(id, "suspend")
        self.assertEqual(
            self.server.post("/api/v1/events", event("kept", data=7), "application/cloudevents+json").json["matched"],
            [1],
        )
        self.assertEqual(self.instance(id)["status"], "suspended")
        self.assertEqual(self.act(id, "resume").json["output"], [7])

    def test_reset_goes_back_to_a_task_with_given_data(self):
        fault = self.server.begin("fail", {"n": "x"})
        self.assertEqual((fault.status, fault.json["status"]), (200, "faulted"))
        self.assertEqual((fault.json["error"]["instance"], fault.json["error"]["status"]), ("/do/1/bad", 400))
        id = fault.json["id"]
        again = self.act(id, "retry").json
        self.assertEqual((again["status"], again["error"]), ("faulted", fault.json["error"]))
        mended = self.act(id, "reset", {"position": "/do/1/bad", "data": {"n": "7"}})
        self.assertEqual((mended.status, mended.json["status"], mended.json["output"]), (200, "completed", {"n": 7}))
        self.assertNotIn("error", mended.json)
        waiting = self.server.begin("wait", wait=None).json["id"]
        self.assertEqual(self.act(waiting, "reset", {"position": "/do/0/hold"}).json["status"], "waiting")


class Following(Api):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for one in (ADD, LISTEN):
            cls.server.deploy(one)

    def stream(self, id, **headers):
        """(id, data) of each event of a stream that ends."""
        answer = self.server.get(f"/api/v1/instances/{id}/stream", **headers)
        self.assertEqual(answer.headers["Content-Type"], "text/event-stream")
        blocks = [
            dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
            for block in answer.raw.decode().split("\n\n")
        ]
        return [(b["id"], json.loads(b["data"])) for b in blocks if b]

    def test_history_and_stream_tell_the_same(self):
        id = self.server.begin("add", {"n": 1}).json["id"]
        history = self.server.get(f"/api/v1/instances/{id}/history").json["items"]
        kinds = [e["type"].removeprefix("io.serverlessworkflow.") for e in history]
        self.assertEqual((kinds[0], kinds[-1]), ("workflow.started.v1", "workflow.completed.v1"))
        self.assertIn("task.completed.v1", kinds)
        self.assertIn("/do/0/add", [e["data"].get("task") for e in history])
        stream = self.stream(id)
        self.assertEqual([e for _, e in stream], history)
        self.assertEqual(self.stream(id, Last_Event_ID=stream[1][0]), stream[2:])
        self.assertEqual(self.stream(id, Last_Event_ID=stream[-1][0]), [])
        self.assertEqual(self.all_pages(f"/api/v1/instances/{id}/history", 2), history)
        self.refused(self.server.get(f"/api/v1/instances/{id}/history?cursor=nonsense"), 400, "position")
        self.refused(self.server.get(f"/api/v1/instances/{id}/stream", Last_Event_ID="nonsense"), 400, "position")

    def test_a_stream_follows_a_running_instance(self):
        id = self.server.begin("listen", wait=None).json["id"]
        connection = self.server.connect()
        connection.request("GET", f"/api/v1/instances/{id}/stream")
        stream = connection.getresponse()
        while b"task.started" not in stream.readline():
            pass
        self.server.post("/api/v1/events", event("follow"), "application/cloudevents+json")
        self.assertIn(b"workflow.completed", stream.read())

    def test_slow_followers_hold_up_nobody(self):
        """A hundred that never read, of a history of some MB: the instance goes on, and a reader gets all of it."""
        tasks = (
            "  - hold: {listen: {to: {one: {with: {type: com.example.loud}}}}}\n"
            "  - loop:\n      for: {each: i, in: '${ [range(3000)] }'}\n      do: [{a: {set: {i: '${ $i }'}}}]\n"
        )
        self.server.deploy(definition("loud", tasks))
        id = self.server.begin("loud", wait=None).json["id"]
        idle = [self.server.connect() for _ in range(100)]
        for connection in idle:
            connection.request("GET", f"/api/v1/instances/{id}/stream")
        self.server.post("/api/v1/events", event("loud", "com.example.loud"), "application/cloudevents+json")
        until(lambda: self.instance(id)["status"] == "completed", "it ends beside a hundred sleepers", 30)
        self.assertEqual(self.server.begin("add", {"n": 1}).status, 200)
        self.assertEqual(len(self.stream(id)), len(self.all_pages(f"/api/v1/instances/{id}/history", 500)))
        for connection in idle:
            connection.close()
