"""The HTTP edge: methods, limits, slow clients, foreign pages, and what operations ask for."""

import http.client
import json
import socket
import time

import contract
from api_case import Api
from cases import ADD, event


class Edge(Api):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.deploy(ADD)

    def raw(self, text, read=True, timeout=30):
        """Sends bytes and reads one answer."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=timeout) as connection:
            connection.sendall(text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode())
            response = http.client.HTTPResponse(connection)
            response.begin()
            return response.status, json.loads(response.read() or "null"), response.headers

    def raw_refused(self, text, status):
        got, problem, headers = self.raw(text)
        self.assertEqual(
            (got, problem["status"], headers["Content-Type"]), (status, status, "application/problem+json")
        )
        return headers

    def test_operations(self):
        self.assertEqual(self.server.get("/healthz").json, {"status": "ok"})
        self.assertEqual(self.server.post("/healthz", {}).json, {"status": "ok"})
        self.assertEqual(self.server.get("/readyz").json, {"status": "ok"})
        metrics = self.server.get("/metrics")
        self.assertIn("# TYPE xflow_http_requests_total counter", metrics.raw.decode())
        self.assertTrue(metrics.headers["Content-Type"].startswith("text/plain"))
        served = self.server.get("/api/openapi.yaml")
        self.assertEqual(served.raw.decode(), contract.TEXT, "the contract that is served is the one in the repository")
        made = self.server.post("/api/v1/backups", {})
        self.assertEqual(made.status, 201, made.raw)
        self.assertGreater(made.json["bytes"], 0)
        self.refused(self.server.post("/api/v1/backups", {"to": "/etc"}), 400, "to")

    def test_unknown_paths_and_methods(self):
        for path in (
            "/",
            "/api",
            "/api/v1",
            "/api/v1/nothing",
            "/api/v1/instances/",
            "/api/v1/instances//history",
            "/api/v1/definitions/a/b",
            "/API/v1/instances",
        ):
            self.refused(self.server.get(path), 404, "openapi")
        for method, path, allowed in (
            ("PUT", "/api/v1/instances", "GET, HEAD, POST"),
            ("PATCH", "/api/v1/instances/x", "GET"),
            ("DELETE", "/healthz", "GET"),
            ("GET", "/api/v1/instances/x:cancel", "POST"),
            ("POST", "/api/v1/schedules", "GET"),
            ("PUT", "/api/v1/definitions/a/b/1.0.0", "DELETE"),
        ):
            answer = self.server.request(method, path)
            self.refused(answer, 405, allowed.split(", ")[0])
            for one in allowed.split(", "):
                self.assertIn(one, answer.headers["Allow"])
        brew = self.server.request("BREW", "/api/v1/instances")
        self.assertEqual((brew.status, brew.headers["Content-Type"]), (405, "application/problem+json"))

    def test_head_and_options(self):
        get, head = self.server.get("/api/v1/instances"), self.server.request("HEAD", "/api/v1/instances")
        self.assertEqual((head.status, head.raw, head.headers["Content-Length"]), (200, b"", str(len(get.raw))))
        self.assertEqual(self.server.request("HEAD", "/api/v1/instances/none").status, 404)
        options = self.server.request("OPTIONS", "/api/v1/instances")
        self.assertEqual((options.status, options.headers["Allow"]), (204, "POST, GET, HEAD, OPTIONS"))
        self.assertNotIn("Access-Control-Allow-Origin", options.headers)
        id = self.server.begin("add", {"n": 1}).json["id"]
        stream = self.server.request("HEAD", f"/api/v1/instances/{id}/stream")
        self.assertEqual((stream.status, stream.raw), (200, b""))

    def test_exact_content_types(self):
        for type in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "",
            "application/jsonp",
            "application/json, text/plain",
        ):
            answer = self.server.post("/api/v1/instances", {"definition": {"namespace": "test", "name": "add"}}, type)
            self.refused(answer, 415, "application/json")
        self.raw_refused("POST /api/v1/instances HTTP/1.1\nHost: localhost\nContent-Length: 2\n\n{}", 415)
        one = {"definition": {"namespace": "test", "name": "add"}, "input": {"n": 1}}
        self.assertEqual(self.server.post("/api/v1/instances", one, "Application/JSON; charset=utf-8").status, 200)

    def test_limits(self):
        host = f"Host: 127.0.0.1:{self.server.port}\n"
        self.raw_refused(
            f"POST /api/v1/instances HTTP/1.1\n{host}Content-Type: application/json\nContent-Length: {9 << 20}\n\n", 413
        )
        self.raw_refused(f"GET /healthz HTTP/1.1\n{host}X: {'x' * 20_000}\n\n", 431)
        self.raw_refused(f"GET /healthz?{'x' * 9_000} HTTP/1.1\n{host}\n", 414)
        chunk = f"POST /healthz HTTP/1.1\n{host}Content-Type: application/json\nTransfer-Encoding: chunked\n\n".replace(
            "\n", "\r\n"
        ).encode()
        self.raw_refused(chunk + b"900000\r\n" + b"x" * 1000, 413)

    def test_malformed_requests(self):
        host = f"Host: 127.0.0.1:{self.server.port}\n"
        for text, status in (
            ("nonsense\n\n", 400),
            (f"GET /healthz HTTP/2.0\n{host}\n", 505),
            ("GET /healthz HTTP/1.1\n\n", 400),
            (f"GET /healthz HTTP/1.1\n{host}{host}\n", 400),
            (f"GET /healthz HTTP/1.1\n{host}Content-Length: 1\nContent-Length: 2\n\n", 400),
            (f"POST /healthz HTTP/1.1\n{host}Content-Length: 5\nTransfer-Encoding: chunked\n\n", 400),
            (f"POST /healthz HTTP/1.1\n{host}Transfer-Encoding: gzip\n\n", 501),
        ):
            self.raw_refused(text, status)
        self.refused(self.server.get("/api/v1/instances/%zz"), 400, "%")
        for target in ("/api/v1/instances/%ff", "/api/v1/instances?text=%ff", "/api/v1/definitions?%c0=1"):
            self.refused(self.server.get(target), 400, "UTF-8")
        self.refused(self.server.post("/api/v1/instances", {}, Idempotency_Key="\xff"), 400, "UTF-8")
        self.refused(self.server.post("/api/v1/instances", b'{"key":"\xff"}'), 400, "JSON")
        binary = {"ce_specversion": "1.0", "ce_source": "/t", "ce_type": "x"}
        for bad in ({"ce_id": "\xff"}, {"ce_id": "%ff"}):
            self.refused(self.server.post("/api/v1/events", b"", "text/plain", **binary, **bad), 400, "UTF-8")
        self.refused(self.server.post("/api/v1/events", b"\xff", "text/plain", **binary, ce_id="1"), 400, "UTF-8")
        self.refused(self.server.post("/api/v1/events", b"x", "a/b; c=\xff", **binary, ce_id="1"), 400, "UTF-8")
        untyped = f"POST /api/v1/events HTTP/1.1\n{host}ce-specversion: 1.0\nce-source: /t\nce-type: x\nce-id: u\n"
        self.assertEqual(self.raw(untyped + "Content-Length: 1\n\nx")[:2], (202, {"accepted": 1, "matched": [0]}))
        self.refused(self.server.post("/api/v1/definitions", b"a: '\xff'", "application/yaml"), 400, "UTF-8")
        self.refused(self.server.get("/api/v1/instances/..%2F..%2Fetc"), 404, "instance")

    def test_clients_that_dawdle_are_let_go(self):
        """Slowloris: a byte now and then does not keep a connection."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as connection:
            begin = time.monotonic()
            connection.settimeout(0.5)
            answer = b""
            for byte in b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"x" * 1000:
                try:
                    connection.send(bytes([byte]))
                    answer = connection.recv(4096)
                    break
                except TimeoutError:
                    continue
                except OSError:
                    break
            self.assertLess(time.monotonic() - begin, 15)
            self.assertIn(b" 408 ", answer)

    def test_a_foreign_page_can_do_nothing(self):
        for headers, said in (
            ({"Host": "evil.example"}, "Host"),
            ({"Host": f"evil.example:{self.server.port}"}, "Host"),
            ({"Host": "127.0.0.1.evil.example"}, "Host"),
            ({"Origin": "https://evil.example"}, "origin"),
            ({"Origin": "null"}, "origin"),
            ({"Origin": "http://127.0.0.1:1"}, "origin"),
            ({"Sec_Fetch_Site": "cross-site"}, "cross-site"),
            ({"Sec_Fetch_Site": "same-site"}, "cross-site"),
        ):
            for path in ("/healthz", "/api/v1/instances", "/nothing"):
                self.refused(self.server.get(path, **headers), 403, said)
            self.refused(
                self.server.post("/api/v1/events", event("1"), "application/cloudevents+json", **headers), 403, said
            )
        port = self.server.port
        for headers in (
            {"Host": f"localhost:{port}"},
            {"Host": f"[::1]:{port}"},
            {"Origin": f"http://127.0.0.1:{port}", "Sec_Fetch_Site": "same-origin"},
            {"Sec_Fetch_Site": "none"},
        ):
            self.assertEqual(self.server.get("/healthz", **headers).status, 200, headers)

    def test_pipelined_requests_are_answered_in_order(self):
        host = f"Host: 127.0.0.1:{self.server.port}\r\n"
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as connection:
            connection.sendall(
                (
                    f"GET /api/v1/instances HTTP/1.1\r\n{host}\r\n"
                    f"GET /healthz HTTP/1.1\r\n{host}Connection: close\r\n\r\n"
                ).encode()
            )
            everything = b"".join(iter(lambda: connection.recv(65536), b""))
        self.assertEqual(everything.count(b"HTTP/1.1 200 OK"), 2)
        self.assertLess(everything.index(b'"items"'), everything.index(b'{"status":"ok"}'))
