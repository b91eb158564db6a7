"""call: http, as the feature map has it: what is sent, what comes back, what is an error."""

import base64
import unittest

from remote import Remote
from workflow import run, workflow


class Http(unittest.TestCase):
    def setUp(self):
        self.remote = Remote()
        self.remote.__enter__()
        self.addCleanup(self.remote.__exit__)

    def call(self, method="get", path="/thing", input=None, timeout=None, **more):
        task = {"call": "http", "with": {"method": method, "endpoint": self.remote.url + path, **more}}
        if timeout:
            task["timeout"] = {"after": timeout}
        return run(workflow([{"ask": task}]), input)

    def test_sends_method_address_query_headers(self):
        self.remote.table = {f"{method} /things/a%20b": (200, {}) for method in ("GET", "PUT", "DELETE", "PATCH")}
        for method in ("get", "PUT", "delete", "patch"):
            self.call(
                method,
                "/things/{name}{none}?fixed=1",
                {"name": "a b"},
                query={"q": "x y&", "n": 7, "more": '${ [1, "b"] }', "no": "${ null }"},
                headers={"X-One": "${ .name }", "X-Two": "2"},
            ).output
            sent = self.remote.seen[-1]
            self.assertEqual(
                (sent.method, sent.query),
                (method.upper(), {"fixed": ["1"], "q": ["x y&"], "n": ["7"], "more": ["1", "b"]}),
            )
            self.assertEqual((sent.headers["x-one"], sent.headers["x-two"]), ("a b", "2"))
            self.assertIn("idempotency-key", sent.headers)
        wrong = self.call(path="/{name}", input={"name": {"a": 1}})
        self.assertEqual(wrong.kind, ("expression", 400))

    def test_sends_a_body_as_its_media_type_says(self):
        self.remote.table = {"POST /thing": (200, {})}
        for headers, body, sent, media in (
            ({}, {"a": ["${ .n }"]}, b'{"a":[1]}', "application/json"),
            ({}, "text", b'"text"', "application/json"),
            ({"Content-Type": "text/plain"}, "text ${ .n }", b"text 1", "text/plain"),
            ({"Content-Type": "application/merge-patch+json"}, "x", b'"x"', "application/merge-patch+json"),
            (
                {"Content-Type": "application/x-www-form-urlencoded"},
                {"a": "1 2", "b": [3, 4]},
                b"a=1%202&b=3&b=4",
                "application/x-www-form-urlencoded",
            ),
        ):
            with self.subTest(media=media, body=body):
                self.call("post", input={"n": 1}, headers=headers, body=body).output
                self.assertEqual(
                    (self.remote.seen[-1].body, self.remote.seen[-1].headers["content-type"]), (sent, media)
                )

    def test_gives_content_raw_or_response(self):
        self.remote.table = {
            "GET /json": (200, {"a": 1}),
            "GET /text": (200, "é".encode(), {"Content-Type": "text/plain; charset=utf-8"}),
            "GET /bytes": (200, b"\xff\x00", {"Content-Type": "application/octet-stream"}),
            "GET /none": (204, b""),
            "GET /problem": (200, b'{"p":1}', {"Content-Type": "application/problem+json"}),
            "GET /false": (200, b"not json", {"Content-Type": "application/json"}),
        }
        for path, content, raw in (
            ("/json", {"a": 1}, b'{"a": 1}'),
            ("/text", "é", "é".encode()),
            ("/bytes", "/wA=", b"\xff\x00"),
            ("/none", None, b""),
            ("/problem", {"p": 1}, b'{"p":1}'),
            ("/false", "not json", b"not json"),
        ):
            with self.subTest(path):
                self.assertEqual(self.call(path=path).output, content)
                self.assertEqual(self.call(path=path, output="raw").output, base64.b64encode(raw).decode())
        shown = self.call(path="/json", output="response", headers={"X-A": "1", "Authorization": "Bearer x"}).output
        self.assertEqual(
            (shown["statusCode"], shown["content"], shown["headers"]["content-type"]),
            (200, {"a": 1}, "application/json"),
        )
        self.assertEqual(
            (shown["request"]["method"], shown["request"]["uri"], shown["request"]["headers"]["x-a"]),
            ("GET", self.remote.url + "/json", "1"),
        )
        self.assertNotIn("authorization", shown["request"]["headers"])

    def test_a_status_outside_2xx_is_a_communication_error(self):
        for status in (301, 304, 400, 404, 409, 429, 500, 503):
            self.remote.table = {
                "GET /thing": (
                    status,
                    b"" if status == 304 else b"why",
                    {"Location": "/other", "Content-Type": "text/plain", "Retry-After": "0"},
                )
            }
            ran = self.call()
            self.assertEqual(ran.kind, ("communication", status), ran.fault)
            self.assertEqual(ran.fault["instance"], "/do/0/ask")
        self.assertIn("why", ran.fault["detail"])

    def test_redirect_follows_and_takes_3xx(self):
        self.remote.table = {
            "GET /thing": (302, b"", {"Location": "/other"}),
            "GET /other": (200, {"a": 2}),
            "GET /still": (304, b""),
            "GET /bad": (404, b""),
        }
        self.assertEqual(self.call(redirect=True).output, {"a": 2})
        self.assertEqual(self.call(path="/still", redirect=True, output="response").output["statusCode"], 304)
        self.assertEqual(self.call(path="/bad", redirect=True).kind, ("communication", 404))
        self.remote.table["GET /thing"] = (302, b"", {"Location": "/thing"})
        self.assertEqual(self.call(redirect=True).code, 1)

    def test_no_answer_is_a_timeout_and_no_server_a_communication_error(self):
        import threading

        hold = threading.Event()
        self.addCleanup(hold.set)
        self.remote.table = {"GET /thing": lambda request: (hold.wait(20), (200, {}))[1]}
        self.assertEqual(self.call(timeout="PT0.3S").kind, ("timeout", 408))
        gone = run(workflow([{"ask": {"call": "http", "with": {"method": "get", "endpoint": "http://127.0.0.1:1/"}}}]))
        self.assertEqual(gone.kind[0], "communication")

    def test_an_answer_that_is_too_large_is_a_fault_that_can_be_caught(self):
        self.remote.table = {
            "GET /thing": (200, b"x" * (9 << 20), {"Content-Type": "text/plain"}),
            "GET /value": (200, b"x" * (5 << 20), {"Content-Type": "text/plain"}),
        }
        self.assertEqual(self.call().kind, ("runtime", 500))
        self.assertIn("4 MiB", self.call(path="/value").fault["detail"])
        task = {"call": "http", "with": {"method": "get", "endpoint": self.remote.url + "/thing"}}
        caught = run(
            workflow(
                [
                    {
                        "try": {
                            "try": [{"ask": task}],
                            "catch": {"as": "e", "do": [{"tell": {"set": {"s": "${ $e.status }"}}}]},
                        }
                    }
                ]
            )
        )
        self.assertEqual(caught.output, {"s": 500})

    def test_headers_and_query_may_be_one_expression(self):
        self.remote.table = {"GET /thing": (200, {})}
        self.call(input={"h": {"X-A": "1"}, "q": {"b": 2}}, headers="${ .h }", query="${ .q }").output
        self.assertEqual((self.remote.seen[-1].headers["x-a"], self.remote.seen[-1].query), ("1", {"b": ["2"]}))
        self.assertEqual(self.call(headers="${ 1 }").kind, ("configuration", 400))
