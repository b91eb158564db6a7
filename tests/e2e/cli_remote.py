"""Commands that talk to a server, beside one that lives for all of these tests."""

import json
import pathlib
import threading

import yaml
from cases import ADD, definition, until
from cli_case import Cli
from server import Server


class WithAServer(Cli):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = Server(cls.folder / "data").start()
        cls.url = f"http://127.0.0.1:{cls.running.port}"

    @classmethod
    def tearDownClass(cls):
        cls.running.kill()
        super().tearDownClass()

    def at(self, *arguments, **options):
        return self.xflow(*arguments, server=self.url, **options)

    def json(self, *arguments, **options):
        return json.loads(self.at(*arguments, "--output", "json", **options).stdout)

    def start(self, name, *arguments, **options):
        self.at("deploy", f"{name}.yaml")
        return self.json("start", f"test/{name}", *arguments, **options)

    def test_deploy(self):
        (self.folder / "deploy.yaml").write_text(ADD.replace("name: add", "name: deploy"))
        self.assertEqual(self.at("deploy", "deploy.yaml").stdout, "test/deploy:1.0.0 deployed\n")
        self.assertEqual(self.at("deploy", "deploy.yaml").stdout, "test/deploy:1.0.0 was there already\n")
        done = self.at("deploy", "bad.yaml", "deploy.yaml", code=2)
        self.assertIn("sett", done.stderr)
        self.assertIn("test/deploy", done.stdout, "the others are deployed all the same")
        (self.folder / "deploy.yaml").write_text(ADD.replace("name: add", "name: deploy").replace("+ 1", "+ 2"))
        self.assertIn("new version", self.at("deploy", "deploy.yaml", code=1).stderr)
        self.assertIn("deploy", [d["name"] for d in self.json("definitions")["items"]])

    def test_start_and_its_outputs(self):
        ended = self.start("add", "--input", '{"n":1}', "--wait", "PT10S", "--key", "k-1")
        self.assertEqual((ended["status"], ended["output"], ended["key"]), ("completed", {"n": 2}, "k-1"))
        self.assertEqual(
            yaml.safe_load(self.at("show", ended["id"], "-o", "yaml").stdout), self.json("show", ended["id"])
        )
        table = self.at("show", ended["id"]).stdout
        self.assertRegex(table, r"(?m)^definition +test/add:1\.0\.0$")
        self.assertRegex(table, r'(?m)^output +\{"n":2\}$')
        row = next(line for line in self.at("ps", "--text", "k-1").stdout.splitlines() if line.startswith(ended["id"]))
        self.assertEqual(row.split()[1:4], ["k-1", "test/add:1.0.0", "completed"])
        self.assertEqual(
            [i["id"] for i in self.json("ps", "--definition", "test/add:1.0.0", "--status", "completed")["items"]],
            [ended["id"]],
        )
        again = [self.json("start", "test/add", "--idempotency-key", "once")["id"] for _ in range(2)]
        self.assertEqual(*again)
        self.assertIn("namespace/name", self.at("start", "add", code=2).stderr)
        self.assertIn("deploy it first", self.at("start", "test/nobody", code=1).stderr)

    def test_a_fault_ends_with_1_and_can_be_mended(self):
        self.at("deploy", "fail.yaml")
        fault = self.json("start", "test/fail", "--input", '{"n":"x"}', "--wait", "PT10S", code=1)
        self.assertEqual(fault["status"], "faulted")
        self.at("watch", fault["id"], code=1)
        self.assertIn("task.faulted", self.at("history", fault["id"]).stdout)
        self.assertIn("cannot be parsed", self.at("history", fault["id"]).stdout)
        self.assertEqual(self.json("retry", fault["id"])["status"], "faulted")
        self.assertEqual(
            self.json("reset", fault["id"], "--to", "/do/1/bad", "--data", '{"n":"7"}')["output"], {"n": 7}
        )
        self.at("reset", fault["id"], code=2)

    def test_commands_and_why_it_waits(self):
        waiting = self.start("wait")
        self.assertRegex(
            self.at("show", waiting["id"]).stdout,
            r"(?m)^positions +task /do/0/hold, since \S+, waitingFor timer, due \S+$",
        )
        for verb, status in (("suspend", "suspended"), ("resume", "waiting"), ("cancel", "cancelled")):
            self.assertEqual(self.json(verb, waiting["id"])["status"], status)
        self.assertIn("cancelled", self.at("cancel", waiting["id"], code=1).stderr)
        self.at("watch", waiting["id"], code=1)
        self.assertIn("no instance", self.at("show", "nobody", code=1).stderr)

    def test_watch_follows_to_the_end(self):
        waiting = self.start("listen")["id"]
        told = {}
        watcher = threading.Thread(target=lambda: told.update(out=self.at("watch", waiting, "-o", "json").stdout))
        watcher.start()
        emitted = until(
            lambda: (
                e := self.json(
                    "emit",
                    "--type",
                    "com.example.go",
                    "--data",
                    '{"a":1}',
                    "--subject",
                    "s",
                    "--attribute",
                    "color=red",
                )
            )["matched"]
            == [1]
            and e,
            "it listens",
        )
        self.assertEqual(emitted["accepted"], 1)
        watcher.join(30)
        events = [json.loads(line)["type"] for line in told["out"].splitlines()]
        self.assertEqual(
            (events[0], events[-1]),
            ("io.serverlessworkflow.workflow.started.v1", "io.serverlessworkflow.workflow.completed.v1"),
        )
        self.assertEqual(events, [e["type"] for e in self.json("history", waiting)["items"]])
        self.assertEqual(self.json("show", waiting)["output"], [{"a": 1}])

    def test_history_is_whole_however_long(self):
        (self.folder / "long.yaml").write_text(
            definition(
                "long",
                "  - l:\n      for: {each: i, in: '${ [range(400)] }'}\n      do: [{a: {set: {i: '${ $i }'}}}]\n",
            )
        )
        ended = self.start("long", "--wait", "PT20S")
        events = self.json("history", ended["id"])["items"]
        self.assertGreater(len(events), 1200)
        self.assertEqual(len({e["id"] for e in events}), len(events))

    def test_operations(self):
        self.assertEqual(self.at("ready").stdout, "ready\n")
        made = self.json("backup")
        self.assertTrue(pathlib.Path(made["file"]).is_absolute())
        self.assertEqual(pathlib.Path(made["file"]).stat().st_size, made["bytes"])
        self.assertIn("KIND", self.at("schedules").stdout)
