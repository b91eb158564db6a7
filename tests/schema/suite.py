#!/usr/bin/env python3
"""Runs the public JSON-Schema-Test-Suite (2020-12 and draft-07) against our validator.

usage: suite.py DRIVER [--show]

The suite travels inside the source distribution of the Python package `jsonschema`; it is fetched once, by the pip of
$XFLOW_PYTHON (a plain Debian has none of its own), to a cache outside of the checkout ($XFLOW_CACHE or ~/.cache/xflow).
Without it and without a network the test is skipped (77), and that is counted.
"""

import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

PACKAGE = "jsonschema==4.26.0"
DRAFTS = {
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
    "draft7": "http://json-schema.org/draft-07/schema#",
}
SKIPPED_EXIT = 77

# (file, description of the case or "*") -> why we differ. Told in docs/json-schema.md, too.
OTHER_DRAFT = "needs draft 2019-09, which is refused with a clear message"
NO_IDN = "`idn-hostname` is not known, so never asserted: it needs the tables of IDNA 2008"
EXCEPTIONS = {
    ("draft2020-12/optional/cross-draft.json", "*"): OTHER_DRAFT,
    ("draft7/optional/cross-draft.json", "*"): OTHER_DRAFT,
    ("draft2020-12/optional/format/idn-hostname.json", "*"): NO_IDN,
    ("draft7/optional/format/idn-hostname.json", "*"): NO_IDN,
    ("draft7/optional/content.json", "*"): "`contentEncoding` and `contentMediaType` are annotations, as in 2020-12",
}


def suite_folder():
    cache = pathlib.Path(os.environ.get("XFLOW_CACHE") or pathlib.Path.home() / ".cache" / "xflow")
    folder = cache / PACKAGE.replace("==", "-") / "json"
    if not folder.is_dir():
        fetch(cache)
    return folder


def fetch(cache):
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        command = [os.environ.get("XFLOW_PYTHON", sys.executable), "-m", "pip", "download", "--quiet", "--no-deps",
                   "--no-binary", PACKAGE.split("==")[0], "--disable-pip-version-check", "--dest", scratch, PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True)
        archives = list(pathlib.Path(scratch).glob("*.tar.gz"))
        if not archives:
            print(f"skipped: the suite could not be fetched: {done.stderr.strip()[-300:]}")
            print("0 passed, 0 failed, 1 skipped")
            sys.exit(SKIPPED_EXIT)
        with tarfile.open(archives[0]) as archive:
            members = [m for m in archive.getmembers() if "/json/" in m.name and ".." not in m.name]
            archive.extractall(scratch, members)
        unpacked = pathlib.Path(scratch) / archives[0].name.removesuffix(".tar.gz")
        unpacked.rename(cache / PACKAGE.replace("==", "-"))


def remotes(folder):
    found = {}
    for path in sorted((folder / "remotes").rglob("*.json")):
        uri = "http://localhost:1234/" + path.relative_to(folder / "remotes").as_posix()
        found[uri] = json.loads(path.read_text())
    return found


class Driver:
    def __init__(self, program, documents):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ask(documents, answer=False)

    def ask(self, request, answer=True):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        if answer:
            line = self.process.stdout.readline()
            if not line:
                sys.exit("the driver ended before its answer to: " + json.dumps(request)[:2000])
            return json.loads(line)


def with_draft(schema, uri):
    if isinstance(schema, dict) and "$schema" not in schema:
        return {"$schema": uri, **schema}
    return schema


def cases(folder):
    """Yields (name of the file, the schema's draft, a case)."""
    for draft, uri in DRAFTS.items():
        for path in sorted((folder / "tests" / draft).rglob("*.json")):
            name = path.relative_to(folder / "tests").as_posix()
            for case in json.loads(path.read_text()):
                yield name, uri, case


def main():
    show = "--show" in sys.argv
    folder = suite_folder()
    driver = Driver(sys.argv[1], remotes(folder))
    passed = failed = skipped = 0
    unused = set(EXCEPTIONS)
    for name, uri, case in cases(folder):
        keys = {(name, "*"), (name, case["description"])} & set(EXCEPTIONS)
        results = driver.ask({"schema": with_draft(case["schema"], uri),
                              "data": [t["data"] for t in case["tests"]], "format": "/format/" in name})
        for i, test in enumerate(case["tests"]):
            result = results[i] if isinstance(results, list) else results
            test_keys = keys | ({(name, case["description"] + ": " + test["description"])} & set(EXCEPTIONS))
            if result == test["valid"] and type(result) is bool:
                passed += 1
            elif test_keys:
                skipped += 1
                unused -= test_keys
            else:
                failed += 1
                print(f"FAILED {name}: {case['description']}: {test['description']}: "
                      f"expected {test['valid']}, is {result}")
                if show:
                    print("  ", json.dumps(case["schema"])[:500], json.dumps(test["data"])[:200])
    for key in sorted(unused):
        failed += 1
        print(f"FAILED {key[0]}: {key[1]}: is listed as an exception, but passes")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
