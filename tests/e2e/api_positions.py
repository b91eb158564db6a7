"""`positions`: for each kind of waiting, what it waits for, until when, which attempt, what went wrong."""

import json
import threading

from api_case import Api
from cases import WAIT, definition, until
from service import Service


class Positions(Api):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = Service(lambda request: (503, b"{}") if request.path == "/busy" else (200, b'{"ok":true}', 3600))

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.service.close()

    def waits(self, name, tasks, input=None, condition=lambda position: True):
        self.server.deploy(definition(name, tasks))
        id = self.server.begin(name, input, wait=None).json["id"]

        def position():
            found = self.instance(id)
            return found["positions"][0] if found.get("positions") and condition(found["positions"][0]) else None

        found = until(position, f"{name} waits")
        self.assertLessEqual(self.instance(id)["createdAt"], found["since"])
        return id, found

    def test_timer(self):
        id, position = self.waits("timer", "  - hold: {wait: PT1H}\n")
        self.assertEqual((position["task"], position["waitingFor"]), ("/do/0/hold", "timer"))
        self.assertGreater(position["due"], position["since"])
        self.assertEqual(self.instance(id)["status"], "waiting")

    def test_event(self):
        id, position = self.waits(
            "event", "  - hold:\n      listen: {to: {one: {with: {type: never}}}}\n      timeout: {after: PT1H}\n"
        )
        self.assertEqual((position["task"], position["waitingFor"]), ("/do/0/hold", "event"))
        self.assertIn("due", position, "its timeout")

    def test_call(self):
        id, position = self.waits(
            "call", "  - ask: {call: http, with: {method: get, endpoint: '${ .url }'}}\n", {"url": self.service.url}
        )
        self.assertEqual((position["task"], position["waitingFor"]), ("/do/0/ask", "call"))

    def test_child(self):
        self.server.deploy(WAIT)
        id, position = self.waits(
            "child", "  - run: {run: {workflow: {namespace: test, name: wait, version: latest}}}\n"
        )
        self.assertEqual((position["task"], position["waitingFor"]), ("/do/0/run", "child"))
        (child,) = until(lambda: self.instance(id).get("children"), "the child is there")
        self.assertEqual((self.instance(child)["parent"], self.instance(child)["status"]), (id, "waiting"))
        self.server.post(f"/api/v1/instances/{id}:cancel")
        self.assertEqual(self.ended(child)["status"], "cancelled", "no work outlives its instance")

    def test_retry(self):
        tasks = (
            "  - t:\n      try: [{ask: {call: http, with: {method: get, endpoint: '${ .url }'}}}]\n"
            "      catch: {retry: {delay: {milliseconds: 50}, limit: {attempt: {count: 999}}}}\n"
        )
        id, position = self.waits(
            "retry",
            tasks,
            {"url": self.service.url + "/busy"},
            lambda p: p["waitingFor"] == "retry" and p["attempt"] >= 2,
        )
        self.assertTrue(position["task"].startswith("/do/0/t"), position)
        self.assertEqual(position["lastError"]["status"], 503)
        self.assertTrue(position["lastError"]["type"].endswith("/communication"))
        self.assertIn("due", position)

    def test_iterations_and_branches(self):
        id, position = self.waits(
            "loop", "  - l:\n      for: {each: x, in: '${ [1,2,3] }'}\n      do: [{hold: {wait: PT1H}}]\n"
        )
        self.assertEqual((position["task"], position["iteration"]), ("/do/0/l/do/0/hold", [0]))
        id, _ = self.waits(
            "fork",
            "  - f: {fork: {branches: [{a: {wait: PT1H}}, {b: {listen: {to: {one: {with: {type: never}}}}}}]}}\n",
        )
        found = {(p["task"], p["waitingFor"]) for p in self.instance(id)["positions"]}
        self.assertEqual(found, {("/do/0/f/fork/branches/0/a", "timer"), ("/do/0/f/fork/branches/1/b", "event")})

    def test_a_suspended_instance_still_says_what_it_would_wait_for(self):
        id, _ = self.waits("held", "  - hold: {wait: PT1H}\n")
        self.server.post(f"/api/v1/instances/{id}:suspend")
        self.assertEqual(self.instance(id)["positions"][0]["waitingFor"], "timer")


class Retrying(Api):
    """Retry goes on from the task that failed, with its input; what was done before is not done again."""

    def test_a_call_that_failed(self):
        asked, healthy = [], threading.Event()

        def answer(request):
            asked.append((request.path, request.headers["idempotency-key"], json.loads(request.body)))
            return (200, b'{"ok":true}') if healthy.is_set() or request.path == "/first" else (500, b"{}")

        service = Service(answer)
        step = (
            "  - {0}:\n      call: http\n"
            "      with: {{method: post, endpoint: '${{ $workflow.input.url + \"/{0}\" }}', body: '${{ . }}'}}\n"
        )
        self.server.deploy(definition("steps", step.format("first") + step.format("second")))
        fault = self.server.begin("steps", {"url": service.url})
        self.assertEqual((fault.json["status"], fault.json["error"]["instance"]), ("faulted", "/do/1/second"))
        healthy.set()
        again = self.server.post(f"/api/v1/instances/{fault.json['id']}:retry")
        self.assertEqual(again.status, 200)
        self.assertEqual(self.ended(fault.json["id"])["output"], {"ok": True})
        self.assertEqual([path for path, _, _ in asked], ["/first", "/second", "/second"])
        self.assertEqual(asked[1][2], asked[2][2], "the same input")
        self.assertNotEqual(asked[1][1], asked[2][1], "the first one was answered, so this is another call")
        service.close()
