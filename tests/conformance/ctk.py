#!/usr/bin/env python3
"""Runs the specification's conformance kit (Gherkin features) through `xflow run`.

usage: ctk.py [--xflow build/xflow] [--features DIR] [--only TEXT]
Prints a line for each scenario and closes with "N passed, N failed, N skipped". Where the kit is absent, all 21 known
scenarios count as skipped.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from petstore import PetStore  # noqa: E402

SCENARIOS_KNOWN = 21
HOSTS = ("https://petstore.swagger.io", "https://httpbin.org")


class Yaml12Loader(yaml.SafeLoader):
    """YAML 1.2: `on`, `yes` and the like are plain strings."""


Yaml12Loader.yaml_implicit_resolvers = {
    first: [(tag, rx) for tag, rx in resolvers if tag != "tag:yaml.org,2002:bool" and tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml12Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def load(text):
    return yaml.load(text, Yaml12Loader)


def parse(path):
    """Yields (scenario name, [(step text, docstring or None)])."""
    name, steps, lines = None, [], iter(path.read_text().splitlines())
    for line in lines:
        text = line.strip()
        if text.startswith("Scenario:"):
            if name:
                yield name, steps
            name, steps = text.removeprefix("Scenario:").strip(), []
        elif text.startswith('"""'):
            body = []
            for inner in lines:
                if inner.strip().startswith('"""'):
                    break
                body.append(inner)
            steps[-1] = (steps[-1][0], textwrap.dedent("\n".join(body)))
        elif name and re.match(r"(Given|When|Then|And) ", text):
            steps.append((re.sub(r"^(Given|When|Then|And) (given )?", "", text), None))
    if name:
        yield name, steps


def dig(value, dotted):
    for part in dotted.split("."):
        if not isinstance(value, dict) or part not in value:
            raise AssertionError(f"the output has no property '{dotted}'")
        value = value[part]
    return value


def same(actual, expected, what):
    if actual != expected:
        raise AssertionError(f"{what}: expected {json.dumps(expected)}, got {json.dumps(actual)}")


class Run:
    """One execution and what the kit may ask of it."""

    def __init__(self, xflow, folder, definition, given):
        (folder / "definition.yaml").write_text(definition)
        command = [xflow, "run", str(folder / "definition.yaml"), "--trace", str(folder / "trace.ndjson")]
        if given is not None:
            (folder / "input.json").write_text(json.dumps(given))
            command += ["--input", f"@{folder / 'input.json'}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.status, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr
        trace = folder / "trace.ndjson"
        self.events = [json.loads(line) for line in trace.read_text().splitlines()] if trace.exists() else []

    @property
    def output(self):
        self.completed()
        return json.loads(self.stdout)

    def completed(self):
        if self.status != 0:
            raise AssertionError(f"exit {self.status}: {self.stderr.strip()[-500:]}")

    def faulted(self):
        if self.status != 1:
            raise AssertionError(f"expected a fault, exit {self.status}: {self.stdout[-300:]}{self.stderr[-300:]}")
        return json.loads(self.stderr.strip().splitlines()[-1])

    def order(self, kind):
        wanted = f"io.serverlessworkflow.task.{kind}.v1"
        return [e["data"]["task"].rsplit("/", 1)[-1] for e in self.events if e["type"] == wanted]


def check(run, step, doc):
    expected = load(doc) if doc is not None else None
    if step == "the workflow should complete":
        run.completed()
    elif step == "the workflow should complete with output:":
        same(run.output, expected, "output")
    elif step == "the workflow should fault":
        run.faulted()
    elif step == "the workflow should fault with error:":
        error = run.faulted()
        for key, value in expected.items():
            same(error.get(key), value, f"error.{key}")
    elif m := re.fullmatch(r"the workflow output should have properties (.*)", step):
        for path in re.findall(r"'([^']+)'", m[1]):
            dig(run.output, path)
    elif m := re.fullmatch(r"the workflow output should have a '([^']+)' property with value:", step):
        same(dig(run.output, m[1]), expected, m[1])
    elif m := re.fullmatch(r"the workflow output should have a '([^']+)' property containing (\d+) items?", step):
        same(len(dig(run.output, m[1])), int(m[2]), f"items of {m[1]}")
    elif m := re.fullmatch(r"(\S+) should run first", step):
        same(run.order("started")[0], m[1], "first task")
    elif m := re.fullmatch(r"(\S+) should run last", step):
        same(run.order("completed")[-1], m[1], "last task")
    elif m := re.fullmatch(r"(\S+) should run (after|before) (\S+)", step):
        started = run.order("started")
        first, second = (m[3], m[1]) if m[2] == "after" else (m[1], m[3])
        if not started.index(first) < started.index(second):
            raise AssertionError(f"order of tasks was {started}")
    else:
        raise AssertionError(f"the kit asks for something this runner does not know: {step}")


def scenario(xflow, base_url, steps):
    definition = given = run = None
    for step, doc in steps:
        if step == "a workflow with definition:":
            definition = doc
            for host in HOSTS:
                definition = definition.replace(host, base_url)
        elif step == "the workflow input is:":
            given = load(doc)
        elif step == "the workflow is executed":
            with tempfile.TemporaryDirectory() as folder:
                run = Run(xflow, pathlib.Path(folder), definition, given)
        else:
            check(run, step, doc)


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--xflow", default=str(ROOT / "build" / "xflow"))
    args.add_argument("--features", default=os.environ.get("XFLOW_SPEC", str(ROOT.parent / "shared" / "spec")) + "/ctk/features")
    args.add_argument("--only", default="")
    args = args.parse_args()
    features = sorted(pathlib.Path(args.features).glob("*.feature"))
    if not features:
        print(f"the conformance kit is not at {args.features}")
        print(f"0 passed, 0 failed, {SCENARIOS_KNOWN} skipped")
        return 0
    passed = failed = 0
    with PetStore() as base_url:
        for feature in features:
            for name, steps in parse(feature):
                if args.only not in name:
                    continue
                try:
                    scenario(args.xflow, base_url, steps)
                    passed += 1
                    print(f"ok    {feature.stem}: {name}")
                except (AssertionError, IndexError, ValueError, subprocess.TimeoutExpired) as why:
                    failed += 1
                    print(f"FAIL  {feature.stem}: {name}\n      {why}")
    if not args.only and passed + failed != SCENARIOS_KNOWN:
        failed += 1
        print(f"FAIL  the kit has {passed + failed - 1} scenarios, {SCENARIOS_KNOWN} are expected")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
