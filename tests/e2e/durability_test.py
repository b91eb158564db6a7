#!/usr/bin/env python3
"""What an operator relies on: full disks, locks, formats, stops, retention, backups; on the real program.

usage: durability_test.py [TEST…]
"""

import errno
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from cases import ADD, LISTEN, NAP, WAIT, event, main, until  # noqa: E402
from server import XFLOW, Server  # noqa: E402


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def serve(self, *arguments, data=None, **options):
        return self.enterContext(Server(data or self.folder / "data", *arguments, **options))

    def refused(self, data):
        """Exit code and message of a server that does not start."""
        done = subprocess.run(
            [XFLOW, "serve", "--data", str(data), "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=30
        )
        self.assertNotEqual(done.returncode, 0)
        return done.returncode, done.stderr

    def status(self, server, id):
        return server.get(f"/api/v1/instances/{id}").json["status"]


class FullDisk(Folder):
    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(self.disk)], capture_output=True, text=True
        )
        if made.returncode != 0:
            self.skipTest(f"no small disk can be mounted here: {made.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.disk)], check=True)

    def fill(self):
        with open(self.disk / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"x" * 4096)
            except OSError as full:
                self.assertEqual(full.errno, errno.ENOSPC)

    def test_refuses_while_full_loses_nothing_and_heals_without_a_restart(self):
        server = self.serve(data=self.disk / "data")
        for one in (ADD, NAP, WAIT):
            server.deploy(one)
        acknowledged = {}

        def start(name, n):
            answer = server.begin(name, {"n": n, "padding": "x" * 2000}, wait=None, Idempotency_Key=f"{name}-{n}")
            if answer.status in (200, 202):
                acknowledged[answer.json["id"]] = (name, n)
            return answer

        for n in range(20):
            start("nap", n)
        self.fill()
        refusal = until(
            lambda: (a := start("wait", len(acknowledged))).status == 503 and a, "a full disk is noticed", 30
        )
        self.assertEqual(refusal.headers["Content-Type"], "application/problem+json")
        self.assertIn("full", refusal.json["detail"])
        self.assertIn("Retry-After", refusal.headers)
        not_ready = server.get("/readyz")
        self.assertEqual(not_ready.status, 503)
        self.assertIn("full", not_ready.json["detail"])
        self.assertEqual(server.get("/healthz").status, 200, "a full disk is no reason to restart")
        for id in acknowledged:
            self.assertEqual(server.get(f"/api/v1/instances/{id}").status, 200, "what is there can still be read")

        (self.disk / "ballast").unlink()
        until(lambda: server.get("/readyz").status == 200, "ready again once there is space")
        self.assertEqual(start("add", 1).json["output"], {"n": 2})
        for id, (name, n) in acknowledged.items():
            if name == "nap":
                until(lambda: self.status(server, id) == "completed", f"{id} goes on")
            self.assertEqual(
                server.begin(name, {"n": n, "padding": "x" * 2000}, wait=None, Idempotency_Key=f"{name}-{n}").json[
                    "id"
                ],
                id,
            )
        server.kill()
        server.start()
        for id, (name, _) in acknowledged.items():
            self.assertEqual(self.status(server, id), "waiting" if name == "wait" else "completed")


class Directory(Folder):
    def test_one_process_for_a_data_directory(self):
        self.serve()
        code, said = self.refused(self.folder / "data")
        self.assertEqual(code, 1)
        self.assertRegex(said, "in use by another xFlow process")

    def test_a_newer_format_and_foreign_files_are_refused_and_left_alone(self):
        self.serve().stop()
        file = self.folder / "data" / "xflow.db"
        with sqlite3.connect(file) as data:
            data.execute("PRAGMA user_version=999")
        data.close()
        before = file.read_bytes()
        code, said = self.refused(self.folder / "data")
        self.assertEqual(code, 2)
        self.assertRegex(said, "format 999.*run the newer xFlow")
        self.assertEqual(file.read_bytes(), before)

        foreign = self.folder / "foreign"
        foreign.mkdir()
        with sqlite3.connect(foreign / "xflow.db") as data:
            data.execute("CREATE TABLE mine(x)")
        data.close()
        self.assertRegex(self.refused(foreign)[1], "not written by xFlow")

    def test_listens_on_loopback_only(self):
        for address in ("0.0.0.0:0", "192.0.2.1:80", "[::]:0", "example.com:80"):
            done = subprocess.run(
                [XFLOW, "serve", "--data", str(self.folder / "x"), "--listen", address],
                capture_output=True,
                text=True,
                timeout=30,
            )
            self.assertEqual(done.returncode, 2, address)
            self.assertIn("loopback", done.stderr)
        self.assertFalse((self.folder / "x").exists(), "nothing is made before the arguments are checked")


class Stopping(Folder):
    def test_a_stop_under_load_keeps_what_was_acknowledged_and_a_restart_goes_on(self):
        server = self.serve()
        server.deploy(NAP)
        acknowledged, answers, busy = [], set(), threading.Event()

        def client(number):
            connection = server.connect()
            for n in range(100_000):
                body = {"definition": {"namespace": "test", "name": "nap"}, "input": {"n": n}}
                try:
                    answer = server.request("POST", "/api/v1/instances", body, connection=connection)
                except Exception:
                    return  # stopped
                answers.add(answer.status)
                if answer.status == 202:
                    acknowledged.append((answer.json["id"], n))
                if len(acknowledged) >= 200:
                    busy.set()

        clients = [threading.Thread(target=client, args=(c,)) for c in range(4)]
        for one in clients:
            one.start()
        self.assertTrue(busy.wait(30))
        self.assertEqual(server.stop(), 0)
        for one in clients:
            one.join()
        self.assertLessEqual(answers, {202, 503})
        server.start()
        until(
            lambda: not server.get("/api/v1/instances?status=pending,running,waiting&limit=1").json["items"],
            "all end",
            30,
        )
        for id, n in acknowledged[:50] + acknowledged[-50:]:
            self.assertEqual(server.get(f"/api/v1/instances/{id}").json["output"], {"n": n + 1})

    def test_what_waits_goes_on_after_a_stop_and_after_a_kill(self):
        server = self.serve()
        for one in (LISTEN, NAP, WAIT):
            server.deploy(one)
        for end, (number, name) in zip((server.stop, server.kill), enumerate(("stop", "kill"))):
            listening, napping, waiting = (
                server.begin(which, {"n": 1}, wait=None).json["id"] for which in ("listen", "nap", "wait")
            )
            end()
            server.start()
            answer = server.post("/api/v1/events", event(name, data=number), "application/cloudevents+json")
            self.assertEqual(answer.json["matched"], [1])
            for id, output in ((listening, [number]), (napping, {"n": 2})):
                server.get(f"/api/v1/instances/{id}/stream")  # ends when the instance does
                self.assertEqual(server.get(f"/api/v1/instances/{id}").json["output"], output)
            self.assertEqual(self.status(server, waiting), "waiting")


class Retention(Folder):
    def test_deletes_what_has_ended_and_nothing_else(self):
        server = self.serve("--retain", "PT1S")
        for one in (ADD, WAIT):
            server.deploy(one)
        waiting = server.begin("wait", wait=None).json["id"]
        ended = [server.begin("add", {"n": n}, key=f"k{n}").json["id"] for n in range(300)]
        until(lambda: len(server.get("/api/v1/instances?limit=500").json["items"]) == 1, "the ended ones are gone")
        self.assertEqual(server.get(f"/api/v1/instances/{ended[0]}").status, 404)
        self.assertEqual(self.status(server, waiting), "waiting")
        server.stop()
        with sqlite3.connect(self.folder / "data" / "xflow.db") as data:
            self.assertEqual(
                data.execute("SELECT count(DISTINCT instance) FROM journal").fetchone(),
                (1,),
                "with all that belonged to them",
            )
        data.close()

    def test_a_bad_duration_is_refused(self):
        done = subprocess.run(
            [XFLOW, "serve", "--data", str(self.folder / "x"), "--listen", "127.0.0.1:0", "--retain", "30 days"],
            capture_output=True,
            text=True,
            timeout=30,
        )
        self.assertEqual(done.returncode, 2)
        self.assertIn("P30D", done.stderr)


class Backups(Folder):
    def test_a_copy_made_while_running_is_a_data_directory_of_its_own(self):
        server = self.serve()
        for one in (ADD, NAP):
            server.deploy(one)
        ended, napping = server.begin("add", {"n": 1}).json["id"], server.begin("nap", {"n": 1}, wait=None).json["id"]
        made = subprocess.run(
            [XFLOW, "backup", "--server", f"http://127.0.0.1:{server.port}", "--output", "json"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(made.returncode, 0, made.stderr)
        later = server.begin("add", {"n": 5}).json["id"]
        restored = self.folder / "restored"
        restored.mkdir()
        shutil.copy(json.loads(made.stdout)["file"], restored / "xflow.db")
        copy = self.serve(data=restored)
        self.assertEqual(copy.get(f"/api/v1/instances/{ended}").json["output"], {"n": 2})
        copy.get(f"/api/v1/instances/{napping}/stream")
        self.assertEqual(copy.get(f"/api/v1/instances/{napping}").json["output"], {"n": 2})
        self.assertEqual(copy.get(f"/api/v1/instances/{later}").status, 404)


if __name__ == "__main__":
    main()
