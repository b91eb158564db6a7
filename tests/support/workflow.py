"""`xflow run` for tests: a definition as data, what came out as data."""

import json
import pathlib
import subprocess
import tempfile

from server import XFLOW


def workflow(tasks, **more):
    """A definition (as JSON, which is YAML) with these tasks: [{"name": {…}}, …]."""
    return {
        "document": {"dsl": "1.0.3", "namespace": "test", "name": more.pop("name", "one"), "version": "1.0.0"},
        **more,
        "do": tasks,
    }


class Ran:
    def __init__(self, done, trace):
        self.code, self.stdout, self.stderr, self.trace = done.returncode, done.stdout, done.stderr, trace

    @property
    def output(self):
        if self.code != 0:
            raise AssertionError(f"exit {self.code}: {self.stderr}")
        return json.loads(self.stdout)

    @property
    def fault(self):
        if self.code != 1:
            raise AssertionError(f"exit {self.code}: {self.stdout}{self.stderr}")
        return json.loads(self.stderr.strip().splitlines()[-1])

    @property
    def kind(self):
        return self.fault["type"].rsplit("/", 1)[-1], self.fault["status"]


def run(definition, input=None, secrets=()):
    with tempfile.TemporaryDirectory() as folder:
        file, trace = pathlib.Path(folder, "w.json"), pathlib.Path(folder, "trace")
        file.write_text(json.dumps(definition))
        command = [
            XFLOW,
            "run",
            str(file),
            "--trace",
            str(trace),
            "--input",
            json.dumps({} if input is None else input),
        ]
        for secret in secrets:
            command += ["--secret", secret]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return Ran(done, trace.read_text() if trace.exists() else "")
