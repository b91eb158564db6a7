#!/usr/bin/env python3
"""Every example of the specification validates, and everything in its `invalid` folder is refused, by `xflow validate`.

usage: examples.py [--xflow build/xflow] [--spec DIR]
Closes with "N passed, N failed, N skipped". Where the specification's files are absent, all that are known count as
skipped.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
KNOWN = 68 + 3


def validate(xflow, path):
    return subprocess.run([xflow, "validate", path], capture_output=True, text=True, timeout=60)


def problem_of(xflow, path, is_valid):
    done = validate(xflow, path)
    if is_valid:
        return "" if done.returncode == 0 else f"refused: {done.stdout}{done.stderr}"
    if done.returncode != 2:
        return f"exit {done.returncode}, expected 2"
    placed = re.search(rf"{re.escape(str(path))}:\d+:\d+: .+", done.stdout + done.stderr)
    return "" if placed else f"the refusal names no place: {done.stdout}{done.stderr}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--xflow", default=ROOT / "build" / "xflow")
    arguments.add_argument("--spec", type=pathlib.Path,
                           default=pathlib.Path(os.environ.get("XFLOW_SPEC", ROOT.parent / "shared" / "spec")))
    options = arguments.parse_args()
    examples = sorted(p for p in (options.spec / "examples").rglob("*") if p.suffix in (".yaml", ".yml", ".json"))
    invalid = sorted(p for p in (options.spec / "invalid").rglob("*") if p.suffix in (".yaml", ".yml", ".json"))
    if not examples:
        print(f"0 passed, 0 failed, {KNOWN} skipped")
        return 0
    failed = 0
    for path, is_valid in [(p, True) for p in examples] + [(p, False) for p in invalid]:
        if problem := problem_of(options.xflow, path, is_valid):
            failed += 1
            print(f"FAIL {path}: {problem}")
    if len(examples) + len(invalid) < KNOWN:
        failed += 1
        print(f"FAIL only {len(examples) + len(invalid)} of {KNOWN} files are there")
    print(f"{len(examples) + len(invalid) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
