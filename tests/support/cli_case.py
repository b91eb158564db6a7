"""A test case that runs the real program in a folder with some definitions."""

import pathlib
import subprocess
import tempfile
import unittest

from cases import ADD, FAIL, LISTEN, NAP, WAIT, definition
from server import XFLOW

BAD = definition("bad", "  - a: {sett: {n: 1}}\n  - b: {set: {n: '${ .n + }'}}\n")


class Cli(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        for name, text in (
            ("add", ADD),
            ("fail", FAIL),
            ("wait", WAIT),
            ("nap", NAP),
            ("listen", LISTEN),
            ("bad", BAD),
        ):
            (cls.folder / f"{name}.yaml").write_text(text)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def xflow(self, *arguments, input="", code=0, server=None):
        done = subprocess.run(
            [XFLOW, *arguments],
            cwd=self.folder,
            input=input,
            capture_output=True,
            text=True,
            timeout=60,
            env={"PATH": "/usr/bin:/bin", "XFLOW_SERVER": server or "http://127.0.0.1:9"},
        )
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done
