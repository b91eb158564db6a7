"""call: openapi with OpenAPI 3 and Swagger 2.0 documents that a server of our own has, and schemas by address."""

import unittest

from remote import Remote
from workflow import run, workflow


def parameters(style):
    """One of each kind, in the form of either version."""
    typed = (
        (lambda kind, **more: {"type": kind, **more})
        if style == 2
        else (lambda kind, **more: {"schema": {"type": kind}, **more})
    )
    array = {"type": "array", "items": {"type": "string"}}
    many = {**array, "collectionFormat": "multi"} if style == 2 else {"schema": array}
    joined = (
        {**array, "collectionFormat": "pipes"}
        if style == 2
        else {"schema": array, "style": "pipeDelimited", "explode": False}
    )
    return [
        {"name": "id", "in": "path", "required": True, **typed("string")},
        {"name": "q", "in": "query", **typed("string")},
        {"name": "many", "in": "query", **many},
        {"name": "joined", "in": "query", **joined},
        {"name": "X-Trace", "in": "header", **typed("string")},
        {
            "name": "page",
            "in": "query",
            **(typed("integer") | ({"default": 1} if style == 2 else {"schema": {"type": "integer", "default": 1}})),
        },
    ]


class OpenApi(unittest.TestCase):
    def setUp(self):
        self.remote = Remote({"GET /v1/things/a%2Fb": (200, {"ok": True}), "POST /v1/things": (201, {"made": True})})
        self.remote.__enter__()
        self.addCleanup(self.remote.__exit__)
        host = self.remote.url.removeprefix("http://")
        operations = lambda style, body: {
            "/things/{id}": {
                "parameters": [{"$ref": "#/shared/id"}],
                "get": {
                    "operationId": "read",
                    "parameters": parameters(style)[1:],
                    "responses": {"200": {"description": ""}},
                },
            },
            "/things": {"post": {"operationId": "make", "responses": {"201": {"description": ""}}, **body}},
        }
        self.two = {
            "swagger": "2.0",
            "host": host,
            "basePath": "/v1",
            "schemes": ["http"],
            "shared": {"id": parameters(2)[0]},
            "paths": operations(2, {"parameters": [{"name": "thing", "in": "body", "required": True, "schema": {}}]}),
        }
        self.three = {
            "openapi": "3.0.3",
            "servers": [{"url": "/{version}", "variables": {"version": {"default": "v1"}}}],
            "shared": {"id": parameters(3)[0]},
            "paths": operations(3, {"requestBody": {"required": True, "content": {"application/json": {}}}}),
        }
        self.three["paths"]["/things/{id}"]["get"]["parameters"].append({"name": "mark", "in": "cookie", "schema": {}})
        self.remote.table |= {"GET /two": (200, self.two), "GET /three": (200, self.three)}

    def call(self, document, operation, **more):
        endpoint = more.pop("endpoint", None) or self.remote.url + document
        return run(
            workflow(
                [
                    {
                        "ask": {
                            "call": "openapi",
                            "with": {"document": {"endpoint": endpoint}, "operationId": operation, **more},
                        }
                    }
                ]
            ),
            {"version": document[1:]},
        )

    def test_puts_each_parameter_in_its_place(self):
        given = {"id": "a/b", "q": "x y", "many": ["1", "2"], "joined": ["3", "4"], "X-Trace": "t"}
        for document in ("/two", "/three"):
            with self.subTest(document):
                self.assertEqual(
                    self.call(
                        document, "read", parameters=given | ({"mark": "m"} if document == "/three" else {})
                    ).output,
                    {"ok": True},
                )
                sent = self.remote.seen[-1]
                self.assertEqual(sent.query, {"q": ["x y"], "many": ["1", "2"], "joined": ["3|4"], "page": ["1"]})
                self.assertEqual(
                    (sent.headers["x-trace"], sent.headers.get("cookie")),
                    ("t", "mark=m" if document == "/three" else None),
                )

    def test_sends_a_body(self):
        for document, given in (
            ("/two", {"thing": {"a": 1}}),
            ("/two", {"body": {"a": 1}}),
            ("/three", {"body": {"a": 1}}),
            ("/three", {"a": 1}),
        ):
            with self.subTest(document, given=given):
                self.assertEqual(self.call(document, "make", parameters=given).output, {"made": True})
                self.assertEqual(self.remote.seen[-1].json, {"a": 1})

    def test_output_and_redirect_as_for_http(self):
        shown = self.call("/three", "make", parameters={"a": 1}, output="response").output
        self.assertEqual(
            (shown["statusCode"], shown["request"]["method"], shown["content"]), (201, "POST", {"made": True})
        )
        self.assertEqual(self.call("/two", "make", parameters={"body": 1}, output="raw").output, "eyJtYWRlIjogdHJ1ZX0=")
        self.remote.table["POST /v1/things"] = (303, b"", {"Location": "/two"})
        self.assertEqual(self.call("/three", "make", parameters={"a": 1}).kind, ("communication", 303))
        self.assertEqual(self.call("/three", "make", parameters={"a": 1}, redirect=True).output["swagger"], "2.0")

    def test_says_what_does_not_fit(self):
        self.remote.table["GET /page"] = (200, b"<html>", {"Content-Type": "text/html"})
        for document, operation, given, kind, word in (
            ("/two", "reed", {}, ("configuration", 400), "it has: read, make"),
            ("/three", "read", {}, ("configuration", 400), "'id'"),
            ("/two", "read", {"id": "1", "qq": 2}, ("configuration", 400), "no parameter 'qq'"),
            ("/three", "make", {}, ("configuration", 400), "body"),
            ("/page", "read", {}, ("configuration", 400), "not an OpenAPI"),
            ("/none", "read", {}, ("communication", 404), "404"),
        ):
            with self.subTest(document, operation=operation):
                ran = self.call(document, operation, parameters=given)
                self.assertEqual(ran.kind, kind, ran.fault)
                self.assertIn(word, ran.fault["detail"])

    def test_the_document_may_need_authentication_and_have_a_template_for_an_address(self):
        self.remote.table["GET /three"] = lambda request: (
            (200, self.three) if request.headers.get("authorization") == "Bearer d-1" else (401, {})
        )
        endpoint = {"uri": self.remote.url + "/{version}", "authentication": {"bearer": {"token": "d-1"}}}
        self.assertEqual(self.call("/three", "make", parameters={"a": 1}, endpoint=endpoint).output, {"made": True})
        self.assertNotIn("authorization", self.remote.seen[-1].headers)
        self.assertEqual(self.call("/three", "make", parameters={"a": 1}).kind, ("communication", 401))
        self.call("/two", "make", parameters={"body": 1}, authentication={"bearer": {"token": "c-1"}}).output
        self.assertEqual(self.remote.seen[-1].headers["authorization"], "Bearer c-1")


class Schemas(unittest.TestCase):
    def test_by_address_for_input_output_and_export(self):
        with Remote(
            {"GET /n.json": (200, {"required": ["n"]}), "GET /bad.json": (200, {"type": "nonsense"})}
        ) as remote:
            there = lambda name, **more: {"schema": {"resource": {"endpoint": remote.url + "/" + name}}, **more}
            for place, task in (
                ("input", {"set": {"n": 1}}),
                ("output", {"set": {"m": 1}}),
                ("export", {"set": {"m": 1}}),
            ):
                with self.subTest(place):
                    self.assertEqual(run(workflow([{"a": {**task, place: there("n.json")}}])).kind, ("validation", 400))
                    fits = {
                        "set": {"n": 1},
                        place: there("n.json", **({"as": "${ {n: 2} }"} if place == "export" else {})),
                    }
                    self.assertEqual(run(workflow([{"a": fits}]), {"n": 1}).output, {"n": 1})
            whole = run(workflow([{"a": {"set": {"m": 1}}}], output=there("n.json")))
            self.assertEqual(whole.kind, ("validation", 400))
            self.assertEqual(
                run(workflow([{"a": {"set": {"m": 1}}}], input=there("bad.json"))).kind, ("configuration", 400)
            )
            self.assertEqual(
                run(workflow([{"a": {"set": {"m": 1}}}], input=there("none.json"))).kind, ("communication", 404)
            )

    def test_may_need_authentication(self):
        with Remote(
            {
                "GET /n.json": lambda request: (
                    (200, {"required": ["n"]}) if request.headers.get("authorization") else (401, {})
                )
            }
        ) as remote:
            resource = {
                "endpoint": {
                    "uri": remote.url + "/n.json",
                    "authentication": {"basic": {"username": "u", "password": "${ $secrets.p }"}},
                }
            }
            definition = workflow(
                [{"a": {"set": {"n": 1}, "output": {"schema": {"resource": resource}}}}], use={"secrets": ["p"]}
            )
            self.assertEqual(run(definition, secrets=["p=canary-1"]).output, {"n": 1})
