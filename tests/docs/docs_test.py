#!/usr/bin/env python3
"""Executes every code block of README.md and docs/: what a reader would copy has to work.

usage: docs_test.py
Blocks: `yaml file=NAME` is written to a scratch folder. `console`: each `$ ` line is run there by a shell; the
lines below it are its output, where `…` stands for anything. `console server` runs beside a server that lives for the
whole page. What cannot be executed is in NOT_EXECUTED, with the reason, and is counted; any other fence is refused, so
that no block goes unchecked by accident. Indented blocks are illustrations: what starts servers, trees, pictures.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from server import XFLOW, Server  # noqa: E402

# The word of a fence: why it cannot be executed.
NOT_EXECUTED = {"text": "a picture, or output without a command"}


def blocks(page):
    """Yields (line number, info words, lines)."""
    lines = iter(enumerate(page.read_text().splitlines(), 1))
    for number, line in lines:
        if line.startswith("```"):
            body = []
            for _, inner in lines:
                if inner.startswith("```"):
                    break
                body.append(inner)
            yield number, line[3:].split(), body


def commands(body):
    """Yields (command, expected output lines)."""
    command, expected = None, []
    for line in body:
        if line.startswith("$ "):
            if command is not None:
                yield command, expected
            command, expected = line[2:], []
        else:
            expected.append(line)
    if command is not None:
        yield command, expected


def fits(expected, output):
    pattern = ".*".join(re.escape(piece) for piece in "\n".join(expected).split("…"))
    return re.fullmatch(pattern, output.strip("\n"), re.S) is not None


class Page:
    def __init__(self, path, folder):
        self.path, self.folder, self.server = path, folder, None
        self.env = {**os.environ, "PATH": f"{pathlib.Path(XFLOW).resolve().parent}:{os.environ['PATH']}"}

    def run(self):
        passed = failed = skipped = 0
        for number, words, body in blocks(self.path):
            where = f"{self.path.relative_to(ROOT)}:{number}"
            if words[:1] == ["yaml"] and len(words) == 2 and words[1].startswith("file="):
                (self.folder / words[1][5:]).write_text("\n".join(body) + "\n")
                continue
            if words[:1] and words[0] in NOT_EXECUTED:
                skipped += 1
                continue
            if words not in (["console"], ["console", "server"]):
                print(f"FAIL  {where}: a block that is not executed ({' '.join(words) or 'no word'})")
                failed += 1
                continue
            if "server" in words and not self.server:
                self.server = Server(self.folder / "server-data").start()
                self.env["XFLOW_SERVER"] = f"http://127.0.0.1:{self.server.port}"
            for command, expected in commands(body):
                done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
                if fits(expected, done.stdout):
                    passed += 1
                else:
                    failed += 1
                    print(f"FAIL  {where}: $ {command}\n--- expected", *expected, sep="\n")
                    print(f"--- got (exit {done.returncode})\n{done.stdout}")
        if self.server:
            self.server.kill()
        return passed, failed, skipped


def main():
    passed = failed = skipped = 0
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        with tempfile.TemporaryDirectory() as folder:
            good, bad, left = Page(path, pathlib.Path(folder)).run()
        passed, failed, skipped = passed + good, failed + bad, skipped + left
        print(f"{path.relative_to(ROOT)}: {good} commands held, {bad} did not, {left} blocks cannot be executed")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
