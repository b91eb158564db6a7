"""Definitions: deploy, validate, read, list, retire, remove."""

import json

from api_case import Api
from cases import ADD, WAIT, definition, until

SET = "  - a: {set: {n: 1}}\n"


class Deploying(Api):
    def deploy(self, text, type="application/yaml", **headers):
        return self.server.post("/api/v1/definitions", text, type, **headers)

    def test_once_and_refuses_other_content_under_the_same_version(self):
        first = self.deploy(definition("once", SET))
        self.assertEqual(first.status, 201)
        self.assertEqual(first.headers["Location"], "/api/v1/definitions/test/once/1.0.0")
        again = self.deploy(definition("once", SET) + "# a comment\n")
        self.assertEqual(
            (again.status, again.json["digest"], again.json["created"]), (200, first.json["digest"], False)
        )
        self.assertEqual(again.headers["ETag"], first.headers["ETag"])
        self.refused(self.deploy(definition("once", "  - a: {set: {n: 2}}\n")), 409, "1.0.0")

    def test_yaml_and_json_are_the_same_definition(self):
        document = {
            "document": {"dsl": "1.0.3", "namespace": "test", "name": "json", "version": "1.0.0"},
            "do": [{"a": {"set": {"n": 1}}}],
        }
        first = self.deploy(document, "application/json")
        self.assertEqual(first.status, 201)
        self.assertEqual(self.deploy(definition("json", SET)).json["digest"], first.json["digest"])

    def test_names_every_problem_with_its_place(self):
        bad = definition("bad", "  - a: {sett: {n: 1}}\n  - b: {set: {n: '${ .n + }'}}\n")
        answer = self.deploy(bad)
        self.refused(answer, 400, "sett")
        self.assertGreaterEqual(len(answer.json["problems"]), 2)
        for problem in answer.json["problems"]:
            self.assertGreater(problem["line"], 0)
            self.assertGreater(problem["column"], 0)
            self.assertTrue(problem["pointer"] and problem["message"])
        self.assertIn("set", [p.get("hint", "") for p in answer.json["problems"]][0])
        self.refused(self.deploy("{"), 400, "problems")
        self.refused(self.deploy(""), 400, "problems")
        self.refused(self.deploy("a" * (2 << 20)), 400, "1048576")

    def test_validating_deploys_nothing(self):
        valid = self.server.post("/api/v1/definitions:validate", definition("never", SET), "application/yaml")
        self.assertEqual((valid.status, valid.json["valid"], valid.json["problems"]), (200, True, []))
        self.assertEqual(valid.json["definition"], {"namespace": "test", "name": "never", "version": "1.0.0"})
        bad = self.server.post("/api/v1/definitions:validate", "do: 1", "application/yaml")
        self.assertEqual((bad.status, bad.json["valid"]), (200, False))
        self.refused(self.server.get("/api/v1/definitions/test/never/latest"), 404, "never")

    def test_strict_holds_a_definition_to_its_own_version(self):
        old = definition("old", "  - a: {set: '${ . }'}\n").replace("1.0.3", "1.0.0")
        self.refused(self.deploy_strict(old), 400, "1.0.1")
        self.assertEqual(self.deploy(old).status, 201)
        self.refused(self.server.post("/api/v1/definitions?strict=perhaps", old, "application/yaml"), 400, "strict")

    def deploy_strict(self, text):
        return self.server.post("/api/v1/definitions?strict=true", text, "application/yaml")

    def test_wants_its_own_media_types(self):
        for type in ("text/plain", "application/x-www-form-urlencoded", "text/yaml"):
            self.refused(self.deploy(definition("typed", SET), type), 415, "application/yaml")
        self.assertEqual(self.deploy(definition("typed", SET), "application/yaml; charset=utf-8").status, 201)


class Reading(Api):
    def test_latest_is_the_highest_release(self):
        for version, n in (("1.0.0", 1), ("1.10.0", 2), ("1.9.0", 3), ("2.0.0-rc.1", 4)):
            self.server.deploy(definition("latest", f"  - a: {{set: {{n: {n}}}}}\n", version))
        latest = self.server.get("/api/v1/definitions/test/latest/latest")
        self.assertEqual((latest.json["version"], latest.json["source"]["do"]), ("1.10.0", [{"a": {"set": {"n": 2}}}]))
        self.assertEqual(latest.json["original"], definition("latest", "  - a: {set: {n: 2}}\n", "1.10.0"))
        self.assertEqual(self.server.begin("latest").json["output"], {"n": 2})
        self.refused(self.server.get("/api/v1/definitions/test/latest/3.0.0"), 404, "3.0.0")

    def test_an_etag_spares_the_answer(self):
        self.server.deploy(definition("etag", SET))
        path = "/api/v1/definitions/test/etag/1.0.0"
        tag = self.server.get(path).headers["ETag"]
        for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            unchanged = self.server.get(path, If_None_Match=known)
            self.assertEqual((unchanged.status, unchanged.raw, unchanged.headers["ETag"]), (304, b"", tag), known)
        self.assertEqual(self.server.get(path, If_None_Match='"other"').status, 200)

    def test_lists_page_by_page_also_while_more_are_deployed(self):
        for n in range(12):
            self.server.deploy(definition(f"page{n:02}", SET))
        first = self.server.get("/api/v1/definitions?limit=5").json
        self.server.deploy(definition("aaa", SET))  # before the cursor: it must shift nothing
        rest = self.server.get(f"/api/v1/definitions?limit=500&cursor={first['next']}").json
        names = [d["name"] for d in first["items"] + rest["items"] if d["name"].startswith("page")]
        self.assertEqual(names, [f"page{n:02}" for n in range(12)])
        self.assertIn("aaa", [d["name"] for d in self.all_pages("/api/v1/definitions", 3)])
        self.refused(self.server.get("/api/v1/definitions?cursor=nonsense"), 400, "cursor")
        self.refused(self.server.get("/api/v1/definitions?limit=0"), 400, "limit")
        self.refused(self.server.get("/api/v1/definitions?page=2"), 400, "page")


class Removing(Api):
    def remove(self, path, **headers):
        return self.server.request("DELETE", f"/api/v1/definitions/test/{path}", **headers)

    def test_what_nobody_runs(self):
        self.server.deploy(definition("gone", SET))
        self.refused(self.remove("gone/1.0.0", If_Match='"sha256:other"'), 412, "If-Match")
        tag = self.server.get("/api/v1/definitions/test/gone/1.0.0").headers["ETag"]
        removed = self.remove("gone/1.0.0", If_Match=tag)
        self.assertEqual((removed.status, removed.raw), (204, b""))
        self.refused(self.server.get("/api/v1/definitions/test/gone/1.0.0"), 404, "gone")
        self.refused(self.remove("gone/1.0.0"), 404, "gone")
        self.assertEqual(
            self.server.post("/api/v1/definitions", definition("gone", SET), "application/yaml").status, 201
        )

    def test_instances_keep_their_definition_until_they_have_ended(self):
        self.server.deploy(WAIT.replace("name: wait", "name: kept"))
        id = self.server.begin("kept", wait=None).json["id"]
        self.refused(self.remove("kept/1.0.0"), 409, "retire")
        retired = self.remove("kept/1.0.0?retire=true")
        self.assertEqual((retired.status, retired.json["retired"], retired.json["instancesOpen"]), (200, True, 1))
        refusal = self.server.begin("kept", wait=None)
        self.refused(refusal, refusal.status, "kept")
        self.assertIn(refusal.status, (404, 409))
        self.assertEqual(self.instance(id)["status"], "waiting")
        self.server.post(f"/api/v1/instances/{id}:cancel", {})
        self.assertEqual(self.remove("kept/1.0.0").status, 204)
        self.assertEqual(self.instance(id)["status"], "cancelled", "what has run stays to be read")

    def test_an_ended_run_can_be_read_after_its_definition_is_gone(self):
        self.server.deploy(ADD)
        id = self.server.begin("add", {"n": 1}).json["id"]
        self.assertEqual(self.remove("add/1.0.0").status, 204)
        self.assertEqual(self.instance(id)["output"], {"n": 2})
        self.assertTrue(self.server.get(f"/api/v1/instances/{id}/history").json["items"])
        self.assertIn("add", json.dumps(self.server.get("/api/v1/instances?text=" + id).json))


class Schedules(Api):
    def count(self, name):
        return len(self.server.get(f"/api/v1/instances?name={name}&limit=500").json["items"])

    def act(self, name, verb, body=None, **headers):
        return self.server.post(f"/api/v1/schedules/test/{name}:{verb}", body, **headers)

    def test_starts_instances_until_it_is_paused_and_again_when_resumed(self):
        self.server.deploy(definition("tick", SET, extra="schedule: {every: {milliseconds: 100}}\n"))
        until(lambda: self.count("tick") >= 3, "it ticks")
        paused = self.act("tick", "pause")
        self.assertEqual((paused.status, paused.json["paused"]), (200, True))
        before = self.count("tick")
        self.assertEqual(self.act("tick", "trigger", {}, Idempotency_Key="once").json["paused"], True)
        self.assertEqual(self.act("tick", "trigger", {}, Idempotency_Key="once").status, 200)
        until(lambda: self.count("tick") == before + 1, "it was triggered once")
        listed = self.server.get("/api/v1/schedules").json["items"]
        row = next(s for s in listed if s["name"] == "tick")
        self.assertEqual(
            (row["kind"], row["paused"], row["namespace"], row["version"]), ("every", True, "test", "1.0.0")
        )
        self.assertEqual(
            row["lastInstance"], self.server.get("/api/v1/instances?name=tick&limit=1").json["items"][0]["id"]
        )
        self.assertEqual(self.act("tick", "resume").json["paused"], False)
        until(lambda: self.count("tick") > before + 2, "it ticks again")
        self.act("tick", "pause")

    def test_shows_each_kind_as_it_was_written(self):
        for name, written, kind, expression in (
            ("every", "every: {hours: 1}", "every", '{"hours":1}'),
            ("cron", "cron: '0 5 * * *'", "cron", "0 5 * * *"),
            ("after", "after: {hours: 1}", "after", '{"hours":1}'),
        ):
            self.server.deploy(definition(name, SET, extra=f"schedule: {{{written}}}\n"))
            row = next(s for s in self.server.get("/api/v1/schedules").json["items"] if s["name"] == name)
            self.assertEqual((row["kind"], row["expression"]), (kind, expression))
        self.server.deploy(definition("on", SET, extra="schedule: {on: {one: {with: {type: com.example.begin}}}}\n"))
        self.server.post(
            "/api/v1/events",
            {"specversion": "1.0", "id": "1", "source": "/t", "type": "com.example.begin"},
            "application/cloudevents+json",
        )
        until(lambda: self.count("on") == 1, "an event starts one")

    def test_only_the_highest_releases_schedule_is_active(self):
        self.server.deploy(definition("moving", SET, extra="schedule: {every: {hours: 1}}\n"))
        self.server.deploy(definition("moving", SET, "2.0.0", extra="schedule: {every: {hours: 2}}\n"))
        self.server.deploy(definition("moving", SET, "1.5.0", extra="schedule: {every: {hours: 3}}\n"))
        rows = [s for s in self.server.get("/api/v1/schedules").json["items"] if s["name"] == "moving"]
        self.assertEqual([(s["version"], s["expression"]) for s in rows], [("2.0.0", '{"hours":2}')])
        self.server.deploy(definition("moving", SET, "3.0.0"))
        self.assertFalse([s for s in self.server.get("/api/v1/schedules").json["items"] if s["name"] == "moving"])

    def test_refuses_what_is_no_schedule(self):
        for verb in ("pause", "resume", "trigger"):
            self.refused(self.act("nobody", verb), 404, "nobody")
        self.refused(self.act("nobody", "explode"), 404, "openapi")
