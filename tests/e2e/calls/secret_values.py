"""Secrets: read anywhere in a workflow, sent in calls, and found nowhere else: not in the data directory, a log,
a trace, a history or an output; not after a crash, a rotation or a graceful stop either."""

import base64
import json
import pathlib
import stat
import tempfile
import unittest

from remote import Remote
from server import Server
from workflow import run, workflow

CANARY, SECOND = "canary-5f0c9be1", "canary-second-77aa"


def guarded(request):
    token = request.headers.get("x-token", "")
    return (200, {"ok": True}) if token in (CANARY, SECOND) else (403, {"no": token})


class Run(unittest.TestCase):
    def test_goes_on_unseen_and_is_masked_in_what_people_see(self):
        with Remote({"POST /thing": lambda request: (200, {"was": request.json["id"]})}) as remote:
            definition = workflow(
                [
                    {
                        "keep": {
                            "set": {"token": "${ $secrets.token }", "id": "${ .id }"},
                            "export": {"as": "${ {t: .token, id: .id} }"},
                        }
                    },
                    {
                        "post": {
                            "call": "http",
                            "with": {
                                "method": "post",
                                "endpoint": remote.url + "/thing",
                                "output": "response",
                                "query": {"token": "${ $context.t }"},
                                "headers": {"X-Token": "${ $secrets.token }"},
                                "body": {"id": "${ .id }", "sum": '${ $context.t + "!" }'},
                            },
                        }
                    },
                    {
                        "end": {
                            "set": {
                                "status": "${ .statusCode }",
                                "request": "${ .request }",
                                "id": "${ $context.id }",
                                "token": "${ $context.t }",
                            }
                        }
                    },
                ],
                use={"secrets": ["token"]},
            )
            ran = run(definition, {"id": 7}, secrets=["token=" + CANARY])
            sent = remote.seen[-1]
        self.assertEqual(
            (sent.query["token"], sent.headers["x-token"], sent.json["sum"]), ([CANARY], CANARY, CANARY + "!")
        )
        self.assertEqual(ran.output["status"], 200)
        self.assertEqual(
            (ran.output["id"], ran.output["token"], ran.output["request"]["headers"]["x-token"]), (7, "***", "***")
        )
        self.assertNotIn(CANARY, ran.stdout + ran.stderr + ran.trace)
        self.assertIn("***", ran.trace)

    def test_a_failed_call_tells_no_secret(self):
        with Remote(
            {
                "GET /refuses": lambda request: (
                    400,
                    f"bad: {request.target} {request.headers}".encode(),
                    {"Content-Type": "text/plain"},
                )
            }
        ) as remote:
            for name, arguments in (
                ("sealed", {"endpoint": '${ "%s/refuses?t=" + $secrets.token }' % remote.url}),
                ("data", {"endpoint": remote.url + "/refuses", "query": {"t": "${ .t }"}}),
                (
                    "bearer",
                    {
                        "endpoint": {
                            "uri": remote.url + "/refuses",
                            "authentication": {"bearer": {"token": "${ $secrets.token }"}},
                        }
                    },
                ),
                (
                    "basic",
                    {
                        "endpoint": {
                            "uri": remote.url + "/refuses",
                            "authentication": {"basic": {"username": "u", "password": "${ $secrets.token }"}},
                        }
                    },
                ),
                ("unreachable", {"endpoint": '${ "http://127.0.0.1:1/" + $secrets.token }'}),
                ("no address", {"endpoint": "${ $secrets.token }"}),
                ("no header", {"endpoint": remote.url, "headers": {"a": '${ $secrets.token + "\\n" }'}}),
            ):
                with self.subTest(name):
                    ran = run(
                        workflow(
                            [
                                {"keep": {"set": {"t": "${ $secrets.token }"}}},
                                {"get": {"call": "http", "with": {"method": "get", **arguments}}},
                            ],
                            use={"secrets": ["token"]},
                        ),
                        secrets=["token=" + CANARY],
                    )
                    self.assertEqual(ran.code, 1)
                    self.assertNotIn(CANARY, ran.stdout + ran.stderr + ran.trace)
                    self.assertNotIn("dTpjYW5hcnk", ran.stderr + ran.trace)  # base64 of "u:canary"

    def test_undeclared_and_missing(self):
        undeclared = run(workflow([{"a": {"set": {"t": "${ $secrets.token }"}}}]))
        self.assertEqual(undeclared.code, 2)
        self.assertIn("add it to use.secrets", undeclared.stderr)
        missing = run(workflow([{"a": {"set": {"t": "${ $secrets.token }"}}}], use={"secrets": ["token"]}))
        self.assertEqual(missing.kind, ("authorization", 403))
        self.assertIn("'token' is declared", missing.fault["detail"])
        not_read = run(workflow([{"a": {"set": {"n": 1}}}], use={"secrets": ["token"]}))
        self.assertEqual(not_read.output, {"n": 1})

    def test_leaves_in_calls_alone(self):
        emit = run(
            workflow(
                [{"a": {"emit": {"event": {"with": {"type": "t", "data": "${ $secrets.token }"}}}}}],
                use={"secrets": ["token"]},
            ),
            secrets=["token=" + CANARY],
        )
        self.assertEqual(emit.kind, ("authorization", 403))
        self.assertIn("only in the arguments", emit.fault["detail"])


class Served(unittest.TestCase):
    TASKS = [
        {
            "keep": {
                "set": {"token": "${ $secrets.token }", "size": "${ $secrets.token | length }"},
                "export": {"as": "${ . }"},
            }
        },
        {
            "post": {
                "call": "http",
                "with": {
                    "method": "post",
                    "endpoint": "REMOTE/thing",
                    "headers": {"X-Token": "${ .token }"},
                    "body": {"now": "${ $secrets.token }", "coded": "${ $context.token | @base64 }"},
                },
            }
        },
        {"hold": {"listen": {"to": {"one": {"with": {"type": "go"}}}}}},
        {
            "again": {
                "call": "http",
                "with": {
                    "method": "post",
                    "endpoint": "REMOTE/thing",
                    "headers": {"X-Token": "${ $secrets.token }"},
                    "body": {"was": "${ $context.token }"},
                },
            }
        },
        {"end": {"set": {"token": "${ $context.token }", "size": "${ $context.size }"}}},
    ]

    def setUp(self):
        self.remote = Remote({"POST /thing": guarded})
        self.remote.__enter__()
        self.addCleanup(self.remote.__exit__)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data, self.file = pathlib.Path(folder.name, "data"), pathlib.Path(folder.name, "token")
        self.file.write_text(CANARY + "\n")
        self.server = Server(self.data, "--secret", f"token=@{self.file}")
        self.addCleanup(self.server.__exit__)
        self.server.start()
        text = json.dumps(workflow(self.TASKS, use={"secrets": ["token"]})).replace("REMOTE", self.remote.url)
        self.server.deploy(text)

    def begin(self):
        answer = self.server.begin("one", wait="PT0.2S")
        self.assertIn(answer.status, (200, 202), answer.raw)
        return answer.json["id"]

    def go(self, id):
        self.server.post(
            "/api/v1/events",
            {"specversion": "1.0", "id": id, "source": "t", "type": "go"},
            "application/cloudevents+json",
        )

    def until(self, instance, word):
        """Reads the instance's stream up to an event."""
        connection = self.server.connect()
        connection.request("GET", f"/api/v1/instances/{instance}/stream")
        for line in connection.getresponse():
            if word.encode() in line:
                return connection.close()
        raise AssertionError(f"no {word}: {self.server.get(f'/api/v1/instances/{instance}').raw}")

    def nowhere(self, *more):
        seen = "".join(self.server.log) + "".join(more)
        for secret in (CANARY, SECOND):
            self.assertNotIn(secret, seen)
            for file in self.data.rglob("*"):
                if file.is_file():
                    self.assertNotIn(secret.encode(), file.read_bytes(), file)

    def told(self, instance):
        path = f"/api/v1/instances/{instance}"
        return self.server.get(path).raw.decode() + self.server.get(path + "/history").raw.decode()

    def test_lives_through_crash_and_stop_and_is_in_no_file(self):
        instance = self.begin()
        self.until(instance, "/do/2/hold")
        self.nowhere(self.told(instance))
        self.server.kill()
        self.nowhere()
        self.server.start()
        self.nowhere(self.told(instance))
        self.assertEqual(self.server.stop(), 0)  # everything has a snapshot now
        self.nowhere()
        self.server.start()
        self.go("1")
        self.until(instance, "workflow.completed")
        self.assertEqual(self.server.get(f"/api/v1/instances/{instance}").json["output"], {"token": "***", "size": 3})
        self.assertEqual(
            [one.json for one in self.remote.seen],
            [{"now": CANARY, "coded": base64.b64encode(CANARY.encode()).decode()}, {"was": CANARY}],
        )
        self.nowhere(self.told(instance))
        self.assertEqual(stat.S_IMODE((self.data / "secrets.key").stat().st_mode), 0o600)

    def test_a_rotated_file_is_a_new_version_and_the_old_one_stays_for_who_has_read_it(self):
        instance = self.begin()
        self.until(instance, "/do/2/hold")
        self.server.kill()
        self.file.write_text(SECOND)
        self.server.start()
        self.go("1")
        self.until(instance, "workflow.completed")
        self.assertEqual([one.headers["x-token"] for one in self.remote.seen], [CANARY, SECOND])
        self.assertEqual(self.remote.seen[1].json, {"was": CANARY})
        self.server.kill()
        self.server.start()  # nobody needs the old version any more
        self.assertEqual(self.server.get(f"/api/v1/instances/{instance}").json["status"], "completed")
        self.nowhere(self.told(instance))

    def test_taken_away_it_is_missing(self):
        instance = self.begin()
        self.until(instance, "/do/2/hold")
        self.server.kill()
        given = self.server.arguments
        self.server.arguments = given[2:]  # without the secret
        self.server.start()
        self.go("1")
        self.until(instance, "workflow.faulted")
        self.assertIn("'token' is declared", self.told(instance))
        self.server.kill()
        self.server.arguments = given
        self.server.start()
        self.assertEqual(self.server.post(f"/api/v1/instances/{instance}:retry").status, 200)
        self.until(instance, "workflow.completed")
        self.nowhere(self.told(instance))

    def test_another_key_opens_nothing(self):
        self.server.stop()
        (self.data / "secrets.key").unlink()
        with self.assertRaisesRegex(AssertionError, "another key"):
            self.server.start()
