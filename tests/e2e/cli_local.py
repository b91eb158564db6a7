"""Commands that need no server: run, validate, jq, help, completion; and what the others say without one."""

import json
import subprocess

import yaml
from cases import ADD, definition
from cli_case import Cli
from server import Server
from service import Service

FAULT_TYPE = "https://open-workflow-specification.org/spec/1.0.0/errors/"


class Running(Cli):
    def test_output_is_json_on_stdout_and_nothing_else(self):
        done = self.xflow("run", "add.yaml", "--input", '{"n":1}')
        self.assertEqual((done.stdout, done.stderr), ('{"n":2}\n', ""))

    def test_where_input_comes_from(self):
        (self.folder / "input.json").write_text('{"n":41}')
        self.assertEqual(self.xflow("run", "add.yaml", "--input", "@input.json").stdout, '{"n":42}\n')
        self.assertEqual(self.xflow("run", "add.yaml", "--input", "-", input='{"n":2}').stdout, '{"n":3}\n')
        self.assertEqual(self.xflow("run", "-", "--input", '{"n":2}', input=ADD).stdout, '{"n":3}\n')
        self.assertEqual(self.xflow("run", "add.yaml").stdout, '{"n":1}\n', "without input it is {}")

    def test_a_fault_is_one_line_of_json_the_last_on_stderr(self):
        done = self.xflow("run", "fail.yaml", "--input", '{"n":"x"}', code=1)
        self.assertEqual(done.stdout, "")
        error = json.loads(done.stderr.splitlines()[-1])
        self.assertEqual(
            (error["type"], error["status"], error["instance"]), (FAULT_TYPE + "expression", 400, "/do/1/bad")
        )
        self.assertTrue(error["title"] and error["detail"])

    def test_what_is_refused_ends_with_2(self):
        done = self.xflow("run", "bad.yaml", code=2)
        self.assertEqual(done.stdout, "")
        self.assertIn("bad.yaml:3:", done.stderr)
        self.assertIn("did you mean 'set'?", done.stderr)
        for wrong in (
            ["run", "none.yaml"],
            ["run"],
            ["run", "add.yaml", "--input", "{"],
            ["run", "add.yaml", "--inptu", "{}"],
            ["run", "add.yaml", "--secret", "x"],
            ["run", "add.yaml", "--trace", "no/such/folder/t"],
            [],
            ["rnu"],
            ["--nonsense"],
        ):
            done = self.xflow(*wrong, code=2)
            self.assertEqual(done.stdout, "", wrong)
            self.assertTrue(done.stderr, wrong)
        self.assertIn("rnu", self.xflow("rnu", code=2).stderr)

    def test_trace_is_every_lifecycle_event_in_order(self):
        self.xflow("run", "nap.yaml", "--input", '{"n":1}', "--trace", "trace.ndjson")
        events = [json.loads(line) for line in (self.folder / "trace.ndjson").read_text().splitlines()]
        told = [(e["type"].removeprefix("io.serverlessworkflow."), e["data"].get("task")) for e in events]
        self.assertEqual(
            told,
            [("workflow.started.v1", None)]
            + [
                (f"task.{what}.v1", task)
                for task in ("/do/0/nap", "/do/1/add")
                for what in ("created", "started", "completed")
            ]
            + [("workflow.completed.v1", None)],
        )
        self.assertEqual([e["time"] for e in events], sorted(e["time"] for e in events))
        self.assertEqual({e["specversion"] for e in events}, {"1.0"})
        self.assertEqual(len({e["id"] for e in events}), len(events))

    def test_secrets(self):
        asked = []
        service = Service(lambda request: asked.append(request.headers) or (200, b'{"ok":true}'))
        call = (
            "  - a:\n      call: http\n      with:\n        method: get\n        endpoint: '${ .url }'\n"
            "        headers: {x-open: '${ $secrets.key.part }', x-text: '${ $secrets.plain }'}\n"
        )
        (self.folder / "secret.yaml").write_text(definition("secret", call, extra="use: {secrets: [key, plain]}\n"))
        (self.folder / "plain.txt").write_text("from a file\n")
        given = ["--secret", 'key={"part":"p7"}', "--secret", "plain=@plain.txt"]
        url = json.dumps({"url": service.url})
        self.assertEqual(self.xflow("run", "secret.yaml", "--input", url, *given).stdout, '{"ok":true}\n')
        self.assertEqual((asked[0]["x-open"], asked[0]["x-text"]), ("p7", "from a file"))
        service.close()


class Alone(Cli):
    def test_validate_names_every_problem_of_every_file(self):
        self.assertEqual(self.xflow("validate", "add.yaml", "wait.yaml").stdout, "add.yaml: ok\nwait.yaml: ok\n")
        done = self.xflow("validate", "add.yaml", "bad.yaml", "none.yaml", code=2)
        self.assertIn("add.yaml: ok\n", done.stdout)
        self.assertEqual(done.stdout.count("bad.yaml:"), 2)
        self.assertIn("none.yaml", done.stdout)
        problems = json.loads(self.xflow("validate", "bad.yaml", "-o", "json", code=2).stdout)
        self.assertEqual([p["line"] for p in problems], [3, 4])
        self.assertEqual(yaml.safe_load(self.xflow("validate", "bad.yaml", "-o", "yaml", code=2).stdout), problems)
        self.assertEqual(self.xflow("validate", "-", input=ADD).stdout, "-: ok\n")

    def test_jq(self):
        for arguments, given, out, code in (
            ([".a"], '{"a":1}', "1\n", 0),
            ([".[]"], "[1,2]", "1\n2\n", 0),
            (["."], "1 2\n3", "1\n2\n3\n", 0),
            (["-1"], "null", "-1\n", 0),
            ([". + 1", "--input", "4"], "", "5\n", 0),
            ([".a", "--input", "@input.json"], "", "7\n", 0),
            ([".a +"], "{}", "", 3),
            (['., error("x")'], "1", "1\n", 5),
            (["[range(1e9)]"], "null", "", 5),
            ([], "1", "", 2),
            (["."], "{", "", 2),
        ):
            (self.folder / "input.json").write_text('{"a":7}')
            done = self.xflow("jq", *arguments, input=given, code=code)
            self.assertEqual(done.stdout, out, arguments)
            self.assertEqual(bool(done.stderr), code != 0, arguments)

    def test_help_and_completion(self):
        commands = [
            "run",
            "validate",
            "jq",
            "serve",
            "deploy",
            "start",
            "ps",
            "show",
            "watch",
            "history",
            "cancel",
            "suspend",
            "resume",
            "retry",
            "reset",
            "emit",
            "backup",
        ]
        help = self.xflow("--help").stdout
        for command in commands:
            self.assertRegex(help, rf"\n  {command} ")
            self.assertIn("--", self.xflow(command, "--help").stdout, command)
        self.assertRegex(self.xflow("--version").stdout, r"^xflow \d+\.\d+\.\d+\n$")
        for shell in ("bash", "zsh", "fish"):
            script = self.xflow("completion", shell).stdout
            for command in commands:
                self.assertIn(command, script, shell)
        complete = (
            self.xflow("completion", "bash").stdout
            + "COMP_WORDS=(xflow sta); COMP_CWORD=1; _xflow; echo ${COMPREPLY[@]}"
        )
        self.assertEqual(subprocess.run(["bash", "-c", complete], capture_output=True, text=True).stdout, "start\n")
        options = (
            self.xflow("completion", "bash").stdout
            + "COMP_WORDS=(xflow start --idem); COMP_CWORD=2; _xflow; echo ${COMPREPLY[@]}"
        )
        self.assertEqual(
            subprocess.run(["bash", "-c", options], capture_output=True, text=True).stdout, "--idempotency-key\n"
        )
        self.xflow("completion", "tcsh", code=2)

    def test_without_a_server(self):
        for command in (
            ["ps"],
            ["show", "x"],
            ["deploy", "add.yaml"],
            ["emit", "--type", "t"],
            ["backup"],
            ["watch", "x"],
            ["history", "x"],
            ["ready"],
        ):
            done = self.xflow(*command, code=4)
            self.assertEqual(done.stdout, "")
            self.assertIn("no answer from http://127.0.0.1:9", done.stderr)

    def test_a_port_that_is_taken(self):
        with Server(self.folder / "taken") as server:
            done = self.xflow("serve", "--data", "other", "--listen", f"127.0.0.1:{server.port}", code=1)
            self.assertIn(f"127.0.0.1:{server.port}", done.stderr)
            self.assertIn("in use", done.stderr)
