#!/usr/bin/env python3
"""What workflows ask of the world, against servers of our own: functions and documents by address, HTTP, OpenAPI,
authentication, secrets. Each file in calls/ is one subject.

usage: calls_test.py [SUBJECT[.CLASS[.TEST]]…]
"""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "e2e" / "calls")]
import authentication  # noqa: E402
import functions  # noqa: E402
import http_calls  # noqa: E402
import openapi  # noqa: E402
import secret_values  # noqa: E402

SUBJECTS = (authentication, functions, http_calls, openapi, secret_values)


def main():
    subjects = sys.argv[1:] or [subject.__name__ for subject in SUBJECTS]
    done = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromNames(subjects))
    failed = len({getattr(test, "test_case", test).id() for test, _ in done.failures + done.errors})
    passed = done.testsRun - failed - len(done.skipped)
    print(f"{passed} passed, {failed} failed, {len(done.skipped)} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
