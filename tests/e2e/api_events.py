"""Events: CloudEvents in their three modes, and what becomes of them."""

import base64

from api_case import Api
from cases import LISTEN, definition, event


class Modes(Api):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.deploy(LISTEN)

    def send(self, body, type="application/cloudevents+json", **headers):
        return self.server.post("/api/v1/events", body, type, **headers)

    def reaches(self, send):
        """What a listener gets of it."""
        id = self.server.begin("listen", wait=None).json["id"]
        answer = send()
        self.assertEqual((answer.status, answer.json), (202, {"accepted": 1, "matched": [1]}))
        return self.ended(id)["output"]

    def test_structured_and_batch(self):
        self.assertEqual(self.reaches(lambda: self.send(event("1", data={"a": 1}))), [{"a": 1}])
        self.assertEqual(
            self.reaches(lambda: self.send([event("2", data={"a": 1})], "application/cloudevents-batch+json")),
            [{"a": 1}],
        )
        self.assertEqual(self.send([], "application/cloudevents-batch+json").json, {"accepted": 0, "matched": []})
        many = [event(f"many-{n}", "com.example.nobody") for n in range(1000)]
        self.assertEqual(
            self.send(many, "application/cloudevents-batch+json").json, {"accepted": 1000, "matched": [0] * 1000}
        )

    def test_binary(self):
        names = {"ce_specversion": "1.0", "ce_source": "/t", "ce_type": "com.example.go"}
        self.assertEqual(self.reaches(lambda: self.send({"a": 1}, "application/json", ce_id="b1", **names)), [{"a": 1}])
        self.assertEqual(
            self.reaches(lambda: self.send("grüße", "text/plain; charset=utf-8", ce_id="b2", **names)), ["grüße"]
        )
        self.assertEqual(
            self.reaches(lambda: self.send({"a": 1}, "application/vnd.example+json", ce_id="b3", **names)), [{"a": 1}]
        )
        self.assertEqual(
            self.reaches(lambda: self.send(b"\0\xff", "application/octet-stream", ce_id="b4", **names)),
            [base64.b64encode(b"\0\xff").decode()],
        )
        self.assertEqual(self.reaches(lambda: self.send(None, ce_id="b5", **names)), [None])

    def test_all_are_taken_or_none(self):
        id = self.server.begin("listen", wait=None).json["id"]
        self.refused(self.send([event("n1"), {"id": "n2"}], "application/cloudevents-batch+json"), 400, "source")
        self.assertEqual(self.instance(id)["status"], "waiting")
        self.server.post(f"/api/v1/instances/{id}:cancel")

    def test_refuses_what_is_no_event(self):
        for broken, said in (
            (dict(event("1"), id=""), "id"),
            (dict(event("1"), specversion="0.3"), "specversion"),
            (dict(event("1"), Upper="x"), "Upper"),
            (dict(event("1"), ext={"a": 1}), "ext"),
            (dict(event("1"), data=1, data_base64="AA=="), "data"),
            ([], "object"),
            ("{", "JSON"),
        ):
            self.refused(self.send(broken), 400, said)
        self.refused(self.send({}, "application/cloudevents-batch+json"), 400, "array")
        self.refused(self.send([event(str(n)) for n in range(1001)], "application/cloudevents-batch+json"), 413, "1000")
        self.refused(self.send({"a": 1}, "application/json"), 415, "cloudevents")
        self.refused(self.send({"a": 1}, "application/json", ce_specversion="1.0"), 400, "id")
        self.refused(self.send(event("i1"), Idempotency_Key=""), 400, "Idempotency-Key")

    def test_broadcast_and_deduplication(self):
        ids = [self.server.begin("listen", wait=None).json["id"] for _ in range(3)]
        self.assertEqual(self.send(event("wide", data=1)).json["matched"], [3])
        for id in ids:
            self.assertEqual(self.ended(id)["output"], [1])
        self.server.deploy(
            definition(
                "two", "  - all: {listen: {to: {any: [{with: {type: com.example.two}}], until: '${ length == 2 }'}}}\n"
            )
        )
        id = self.server.begin("two", wait=None).json["id"]
        for _ in range(3):
            self.send(event("same", "com.example.two", data=1))
        self.assertEqual(self.instance(id)["status"], "waiting", "one event counts once")
        self.send(event("other", "com.example.two", data=2))
        self.assertEqual(self.ended(id)["output"], [1, 2])

    def test_an_idempotency_key_gives_the_same_answer(self):
        id = self.server.begin("listen", wait=None).json["id"]
        first = self.send(event("key", data=1), Idempotency_Key="e1")
        self.assertEqual(first.json["matched"], [1])
        self.assertEqual(self.ended(id)["output"], [1])
        other = self.server.begin("listen", wait=None).json["id"]
        self.assertEqual(self.send(event("key", data=1), Idempotency_Key="e1").json, first.json)
        self.assertEqual(self.instance(other)["status"], "waiting", "nothing was sent again")
        self.server.post(f"/api/v1/instances/{other}:cancel")
        self.refused(self.send(event("key", data=2), Idempotency_Key="e1"), 422, "e1")

    def test_an_event_may_wait_for_its_listener(self):
        self.server.deploy(LISTEN.replace("name: listen", "name: later").replace("com.example.go", "com.example.early"))
        self.assertEqual(self.send(event("early", "com.example.early", data=1, xflowttl="PT1M")).json["matched"], [0])
        self.assertEqual(self.server.begin("later").json["output"], [1])
        self.assertEqual(self.send(event("lost", "com.example.early", data=2)).json["matched"], [0])
        self.assertEqual(
            self.ended(self.server.begin("later", wait=None).json["id"])["output"],
            [1],
            "it is kept for each later listener",
        )
