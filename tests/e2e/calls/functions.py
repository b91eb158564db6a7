"""Functions, schemas and documents by their address: fetched once, kept as first seen, through crashes too."""

import json
import tempfile
import unittest

from remote import Remote
from server import Server
from workflow import run, workflow

YAML = {"Content-Type": "application/yaml"}


class Functions(unittest.TestCase):
    def setUp(self):
        self.remote = Remote()
        self.remote.__enter__()
        self.addCleanup(self.remote.__exit__)

    def call(self, path, arguments=None):
        return workflow([{"ask": {"call": self.remote.url + path, **({"with": arguments} if arguments else {})}}])

    def test_is_one_task_in_yaml_that_calls_others_from_where_it_lies(self):
        self.remote.table = {
            "GET /f/outer.yaml": (
                200,
                b"do:\n  - price: {call: http, with: {method: get, endpoint: '../price/{sku}'}}\n"
                b"  - tax: {call: ./inner.yaml, with: {n: '${ .price }'}}\n",
                YAML,
            ),
            "GET /f/inner.yaml": (200, b"set: {total: '${ .n * 2 }', names: '${ [$context, $task.name] }'}\n", YAML),
            "GET /price/7": (200, {"price": 21}),
        }
        definition = workflow(
            [
                {
                    "loop": {
                        "for": {"each": "i", "in": "[1, 2]"},
                        "do": [{"ask": {"call": self.remote.url + "/f/outer.yaml", "with": {"sku": 7}}}],
                    }
                }
            ]
        )
        self.assertEqual(run(definition, {"who": "me"}).output, {"total": 42, "names": [{"who": "me"}, ""]})
        self.assertEqual(len(self.remote.calls("/f/outer.yaml")), 1)
        self.assertEqual(len(self.remote.calls("/price/7")), 2)

    def test_says_why_it_cannot_be_used(self):
        large = json.dumps({"set": {"text": "x" * (1 << 20)}}).encode()
        self.remote.table = {
            "GET /workflow": (200, {"document": {"dsl": "1.0.3"}, "do": []}),
            "GET /text": (200, b"just words", {"Content-Type": "text/plain"}),
            "GET /broken": (200, b"set: {a: [", YAML),
            "GET /wrong": (200, {"set": {"a": "${ .a + }"}}),
            "GET /large": (200, large),
            "GET /huge": (200, b"x" * (17 << 20)),
            "GET /down": (503, {"error": "later"}),
        }
        for path, kind, word in (
            ("/workflow", ("configuration", 400), "not a function"),
            ("/text", ("configuration", 400), "expected a task"),
            ("/broken", ("configuration", 400), "neither JSON nor YAML"),
            ("/wrong", ("configuration", 400), "does not compile"),
            ("/large", ("configuration", 400), "the limit"),
            ("/huge", ("runtime", 500), ""),
            ("/down", ("communication", 503), "503"),
            ("/nowhere", ("communication", 404), "404"),
        ):
            with self.subTest(path):
                ran = run(self.call(path))
                self.assertEqual(ran.kind, kind, ran.fault)
                self.assertIn(word, ran.fault["detail"])
        unreachable = run(workflow([{"ask": {"call": "http://127.0.0.1:1/f.yaml"}}]))
        self.assertEqual(unreachable.kind[0], "communication")

    def test_comes_to_an_end_when_it_calls_itself(self):
        self.remote.table = {"GET /f.yaml": (200, {"call": "./f.yaml"})}
        self.assertIn("more deeply", run(self.call("/f.yaml")).fault["detail"])

    def test_has_no_secrets(self):
        self.remote.table = {"GET /f.yaml": (200, {"set": {"all": "${ $secrets }"}})}
        definition = self.call("/f.yaml") | {"use": {"secrets": ["token"]}}
        self.assertEqual(run(definition, secrets=["token=canary-1"]).output, {"all": {}})

    def test_a_catalog_is_not_available(self):
        definition = workflow(
            [{"ask": {"call": "log:1.0.0@mine"}}], use={"catalogs": {"mine": {"endpoint": self.remote.url}}}
        )
        self.assertIn("not available in this build", run(definition).fault["detail"])

    def test_stays_what_the_instance_first_saw(self):
        self.remote.table = {
            "GET /f.yaml": (
                200,
                {
                    "do": [
                        {"hold": {"listen": {"to": {"one": {"with": {"type": "go"}}}}}},
                        {"say": {"set": {"version": 1}}},
                    ]
                },
            ),
            "GET /s.json": (200, {"type": "object"}),
        }
        tasks = [
            {
                "loop": {
                    "for": {"each": "i", "in": "[1, 2]"},
                    "do": [
                        {
                            "ask": {
                                "call": self.remote.url + "/f.yaml",
                                "input": {"schema": {"resource": {"endpoint": self.remote.url + "/s.json"}}},
                            }
                        }
                    ],
                }
            }
        ]
        with tempfile.TemporaryDirectory() as folder, Server(folder) as server:
            server.deploy(json.dumps(workflow(tasks)))
            instance = server.begin("one", wait="PT0.2S").json["id"]
            self.settle(server, instance, 0)
            self.remote.table = {
                "GET /f.yaml": (200, {"set": {"version": 2}}),
                "GET /s.json": (200, {"type": "string"}),
            }
            for iteration, crash in enumerate((Server.kill, Server.stop)):
                crash(server)
                server.start()
                self.settle(server, instance, iteration)
                server.post(
                    "/api/v1/events",
                    {"specversion": "1.0", "id": crash.__name__, "source": "t", "type": "go"},
                    "application/cloudevents+json",
                )
            ended = self.ended(server, instance)
            self.assertEqual((ended["status"], ended.get("output")), ("completed", {"version": 1}))
        self.assertEqual([len(self.remote.calls(path)) for path in ("/f.yaml", "/s.json")], [1, 1])

    def settle(self, server, instance, iteration):
        """The instance waits inside the function: the stream tells when, so nobody needs to ask again and again."""

        def is_there(position):
            return position["task"].endswith("f.yaml#/do/0/hold") and position["iteration"] == [iteration]

        self.watch(server, instance, lambda shown: any(map(is_there, shown.get("positions", []))))

    def ended(self, server, instance):
        return self.watch(server, instance, lambda shown: shown["status"] in ("completed", "faulted", "cancelled"))

    def watch(self, server, instance, wanted):
        path = f"/api/v1/instances/{instance}"
        shown = server.get(path).json
        if wanted(shown):
            return shown
        connection = server.connect()
        connection.request("GET", path + "/stream")
        for line in connection.getresponse():
            if line.startswith(b"data:"):
                shown = server.get(path).json
                if wanted(shown):
                    connection.close()
                    return shown
        raise AssertionError(f"the stream ended: {shown}")
