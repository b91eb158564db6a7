#!/usr/bin/env python3
"""Runs programs that try to stall, to fill memory or to crash through `xflow jq` with its default budget, which is
that of workflows. Each must end as expected within 50 ms and 32 MiB; what the budget refuses, `try`, `?` and `//` must
not catch.

    hostile_test.py [--xflow build/release/xflow] [--all]      --all shows every program, not only the slowest

Time is the processor time of the whole process, its start included: an evaluation waits for nothing, and other
programs on the machine do not count. Memory is the growth of the peak resident set against a program that does
nothing. The best of some runs counts."""

import argparse
import os
import subprocess
import sys
import tempfile

import programs

MS_MAX, MIB_MAX, RUNS_MAX = 50, 32, 15
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
CODES = {programs.BUDGET: [5], programs.ERROR: [5], programs.ENDS: [0], programs.ANY: [0, 2, 3, 5]}
WRAPPED = ["try ({}) catch 1", "({})?", "({}) // 1", ". as [$a] ?// $a | ({})"]


class Run:
    def __init__(self, code, ms, mib, message):
        self.code, self.ms, self.mib, self.message = code, ms, mib, message

    def is_within(self):
        return self.ms <= MS_MAX and self.mib <= MIB_MAX


class Program:
    """The program under test; `idle_mib` is what it takes to do nothing."""

    def __init__(self, path, folder):
        self.path, self.folder, self.idle_mib = path, folder, 0
        self.spawner = subprocess.Popen([sys.executable, "-I", "-S", os.path.join(HERE, "spawner.py")],
                                        stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.idle_mib = min(self.run("null", "null").mib for _ in range(5))

    def stop(self):
        self.spawner.communicate()

    def run(self, program, text):
        stdin, stderr = os.path.join(self.folder, "stdin"), os.path.join(self.folder, "stderr")
        with open(stdin, "w", encoding="utf-8") as file:
            file.write(text)
        words = [stdin, stderr, self.path, "jq", "--", program]
        self.spawner.stdin.write(" ".join(word.encode().hex() for word in words) + "\n")
        self.spawner.stdin.flush()
        code, ms, kib = self.spawner.stdout.readline().split()
        with open(stderr, encoding="utf-8", errors="replace") as file:
            message = file.read()
        return Run(int(code), float(ms), int(kib) / 1024 - self.idle_mib, message)

    def best(self, program, text):
        """Until a run is within the bounds; else the least of all runs."""
        runs = []
        while len(runs) < RUNS_MAX and not (runs and runs[-1].is_within()):
            runs.append(self.run(program, text))
            if runs[-1].code < 0:
                break
        return Run(runs[-1].code, min(r.ms for r in runs), min(r.mib for r in runs), runs[-1].message)


def problem(expected, run):
    if run.code not in CODES[expected]:
        return f"ended with {run.code}, not {' or '.join(map(str, CODES[expected]))}: {run.message[:200]}"
    if expected == programs.BUDGET and "budget" not in run.message:
        return f"refused, but not by the budget: {run.message[:200]}"
    if not run.is_within():
        return f"took {run.ms:.0f} ms and {run.mib:.1f} MiB"
    return None


def check(program, cases, show_all):
    rows, passed, failed = [], 0, 0
    for expected, text, document in cases:
        run = program.best(text, document)
        trouble = problem(expected, run)
        short = text if len(text) <= 100 else f"{text[:60]}… ({len(text)} bytes)"
        short += "" if len(document) <= 10 else f"   on {len(document)} bytes"
        rows.append((run.ms, run.mib, short))
        passed, failed = passed + (trouble is None), failed + (trouble is not None)
        if trouble:
            print(f"FAILED {short}\n    {trouble}", flush=True)
    for ms, mib, short in sorted(rows, reverse=True)[: len(rows) if show_all else 8]:
        print(f"  {ms:5.0f} ms {mib:6.1f} MiB  {short}")
    return passed, failed


def check_all(program, wrapped, show_all):
    passed = failed = 0
    for title, cases in (("promised", programs.PROMISED), ("not to be caught", wrapped), ("more", programs.MORE)):
        print(f"{title}: {len(cases)} programs", flush=True)
        p, f = check(program, cases, show_all)
        passed, failed = passed + p, failed + f
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--xflow", default=os.path.join(ROOT, "build", "release", "xflow"))
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    refused = [text for expected, text, _ in programs.PROMISED if expected == programs.BUDGET]
    wrapped = programs.with_null(programs.BUDGET, [wrap.format(text) for text in refused for wrap in WRAPPED])
    with tempfile.TemporaryDirectory() as folder:
        program = Program(os.path.abspath(arguments.xflow), folder)
        passed, failed = check_all(program, wrapped, arguments.all)
        program.stop()
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
