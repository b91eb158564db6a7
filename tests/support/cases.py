"""What the end-to-end tests share: short definitions, waiting for something to come to pass, and the counted result."""

import sys
import threading
import time
import unittest


def definition(name, tasks, version="1.0.0", extra=""):
    return f"document: {{dsl: '1.0.3', namespace: test, name: {name}, version: '{version}'}}\n{extra}do:\n{tasks}"


ADD = definition("add", "  - add: {set: {n: '${ .n + 1 }'}}\n")
WAIT = definition("wait", "  - hold: {wait: PT1H}\n")
NAP = definition("nap", "  - nap: {wait: {milliseconds: 300}}\n  - add: {set: {n: '${ .n + 1 }'}}\n")
LISTEN = definition("listen", "  - hold: {listen: {to: {one: {with: {type: com.example.go}}}}}\n")
FAIL = definition("fail", "  - ok: {set: {n: '${ .n }'}}\n  - bad: {set: {n: '${ .n | tonumber }'}}\n")


def event(id, type="com.example.go", **more):
    return {"specversion": "1.0", "id": id, "source": "/test", "type": type, **more}


def until(condition, what, seconds=15):
    """Asks until it is so; gives what the condition gave."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        threading.Event().wait(0.02)
    return found


class Counted(unittest.TextTestResult):
    def stopTestRun(self):
        failed = len(self.failures) + len(self.errors)
        print(
            f"{self.testsRun - failed - len(self.skipped)} passed, {failed} failed, {len(self.skipped)} skipped",
            flush=True,
        )


def main(module="__main__"):
    unittest.main(
        module=module, testRunner=unittest.TextTestRunner(stream=sys.stderr, resultclass=Counted, verbosity=2)
    )
