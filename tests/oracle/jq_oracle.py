#!/usr/bin/env python3
"""Compares our jq with jq 1.8 (the Python package `jq` carries it): hand-made cases first, then random pairs of program
and document. They must agree in every output, in error or not, and in what `catch` sees.

    jq_oracle.py [--driver build/release/tests/oracle/jq_driver] [--pairs 200000] [--seed N] [--processes N]

Prints its seed and every disagreement (made smaller). What known_differences.json names is no failure; each of its entries
has an example that must still differ, and a row in docs/jq-differences.md. Every function that jq has occurs in the
hand-made cases. Needs the Python package `jq`, as tools/run_tests.py installs it."""

import argparse
import collections
import json
import multiprocessing
import os
import random
import re
import select
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
DIFFERENCES = os.path.join(ROOT, "docs", "jq-differences.md")
# What an uncaught error would be is an output too. jq's texts of values are compared, not values: digits count.
WRAP = 'limit(64; try ((%s\n) | "o" + tojson) catch ("e" + tojson))'
DOCUMENTS_PER_PROGRAM = 10
# jq itself has no budget: what takes it longer is left out, and must stay rare.
JQ_SECONDS_MAX, OUR_SECONDS_MAX = 3, 60
LEFT_OUT_SHARE_MAX = 0.01
LEFT_OUT = "left out: jq died or took too long"


def jq_side():
    """The driver's protocol, answered by jq."""
    import jq
    for line in sys.stdin:
        request = json.loads(line)
        try:
            program = jq.compile(request["program"])
        except ValueError as error:
            print(json.dumps({"compile_error": str(error)}), flush=True)
            continue
        results = []
        for text in request["texts"]:
            try:
                results.append({"outputs": [json.dumps(x, ensure_ascii=False) for x in program.input_text(text).all()]})
            except ValueError as error:
                results.append({"outputs": [], "error": str(error)})
        print(json.dumps({"results": results}), flush=True)


def without_labels(outputs):
    """jq goes on counting labels from document to document; what `try (break $out)` catches has their number."""
    return re.sub(r'__jq(\W+)\d+', r"__jq\1N", json.dumps(outputs, ensure_ascii=False))


class Side:
    """A program that answers line by line; started again when it dies or is silent for too long."""

    def __init__(self, command, seconds_max):
        self.command, self.seconds_max, self.process = command, seconds_max, None

    def ask(self, program, texts):
        if self.process is None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.buffer = b""
        head = json.dumps({"program": program, "texts": texts})
        try:
            # The documents go in as they are written: Python would lose digits.
            self.process.stdin.write((head[:-1] + ',"inputs":[' + ",".join(texts) + "]}\n").encode())
            self.process.stdin.flush()
            answer = json.loads(self.line())
        except (OSError, EOFError, TimeoutError) as error:
            self.stop()
            return "died: " + type(error).__name__
        if "compile_error" in answer:
            return "compile error"
        return [self.flat(r) for r in answer["results"]]

    @staticmethod
    def flat(result):
        if result.get("over_budget"):
            return "over budget"
        return [json.loads(text) for text in result["outputs"]] + (["!" + result["error"]] if "error" in result else [])

    def line(self):
        until = time.monotonic() + self.seconds_max
        while b"\n" not in self.buffer:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))
            if not ready:
                raise TimeoutError
            chunk = os.read(self.process.stdout.fileno(), 1 << 20)
            if not chunk:
                raise EOFError
            self.buffer += chunk
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Known:
    """Differences that have a reason: all patterns that an entry has must match."""

    def __init__(self):
        with open(os.path.join(HERE, "known_differences.json"), encoding="utf-8") as file:
            self.entries = json.load(file)
        self.seen = collections.Counter()

    def name(self, program, theirs, ours):
        subject = {"program": program, "jq": json.dumps(theirs, ensure_ascii=False), "ours": json.dumps(ours, ensure_ascii=False)}
        for entry in self.entries:
            if all(re.search(entry[part], text) for part, text in subject.items() if part in entry):
                self.seen[entry["id"]] += 1
                return entry["id"]
        return None


class Judge:
    def __init__(self, driver):
        self.jq = Side([sys.executable, os.path.abspath(__file__), "--jq-side"], JQ_SECONDS_MAX)
        self.ours = Side([driver], OUR_SECONDS_MAX)
        self.known, self.counts, self.found = Known(), collections.Counter(), {}

    def compare(self, program, texts):
        """[(text, jq's result, ours)] for what differs; counts the rest."""
        theirs, ours = (side.ask(WRAP % program, texts) for side in (self.jq, self.ours))
        if isinstance(theirs, str) and theirs.startswith("died"):
            self.counts[LEFT_OUT] += len(texts)
            return []
        if isinstance(theirs, str) or isinstance(ours, str):
            if theirs == ours:
                self.counts["refused by both"] += len(texts)
                return []
            return [(texts[0], theirs, ours)]
        different = []
        for text, a, b in zip(texts, theirs, ours):
            if without_labels(a) == without_labels(b):
                self.counts["agree"] += 1
            else:
                different.append((text, a, b))
        return different

    def judge(self, program, texts, reduce=True):
        for text, theirs, ours in self.compare(program, texts):
            name = self.known.name(program, theirs, ours)
            if name is None and reduce and len(self.found) < 200:
                program_, text_, theirs, ours = self.smaller(program, text, theirs, ours)
                name = self.known.name(program_, theirs, ours)
            else:
                program_, text_ = program, text
            self.counts["known difference" if name else "DISAGREE"] += 1
            if name is None:
                self.found.setdefault(program_, (text_, theirs, ours))

    def smaller(self, program, text, theirs, ours):
        best, tries, progress = (program, text, theirs, ours), 0, True
        while progress and tries < 150:
            progress = False
            candidates = [(p, best[1]) for p in smaller_programs(best[0])] + [(best[0], d) for d in smaller_documents(best[1])]
            for candidate, document in candidates:
                tries += 1
                different = self.compare(candidate, [document])
                if different and "compile error" not in different[0][1:]:
                    best, progress = (candidate, *different[0]), True
                    break
                if tries >= 150:
                    break
        self.ours.stop() if isinstance(best[3], str) else None
        return best


def smaller_programs(program):
    """Parts of the program, and the program with a bracketed part replaced; shortest first."""
    groups, stack = [], []
    for i, c in enumerate(program):
        if c in "([{":
            stack.append(i)
        elif c in ")]}" and stack:
            groups.append((stack.pop(), i))
    results = set()
    for first, last in groups:
        inner = program[first + 1:last]
        results.update([inner, program[:first] + "(.)" + program[last + 1:], program[:first] + program[last + 1:]])
    for separator in (" | ", ", ", "; ", " + ", " // "):
        parts = program.split(separator)
        if len(parts) > 1:
            results.update(separator.join(parts[:i] + parts[i + 1:]) for i in range(len(parts)))
            results.update(parts)
    return sorted((p for p in results if p.strip() and len(p) < len(program)), key=len)[:60]


def smaller_documents(text):
    value = json.loads(text, parse_constant=lambda _: None)
    parts = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    results = ["null"] + [json.dumps(p) for p in parts]
    if isinstance(value, dict):
        results += [json.dumps({k: v for k, v in value.items() if k != gone}) for gone in value]
    if isinstance(value, list):
        results += [json.dumps(value[:i] + value[i + 1:]) for i in range(len(value))]
    return [r for r in results if len(r) < len(text)]


def hand_made():
    """Lines of jq_cases.txt: a document after "< ", then programs for it."""
    document = "null"
    with open(os.path.join(HERE, "jq_cases.txt"), encoding="utf-8") as file:
        for line in file.read().split("\n"):
            if line.startswith("< "):
                document = line[2:]
            elif line.strip() and not line.startswith("#"):
                yield line, document


def random_pairs(arguments):
    import jq_grammar
    driver, seed, pairs = arguments
    r, judge = random.Random(seed), Judge(driver)
    programs = jq_grammar.Programs(r)
    for _ in range(pairs // DOCUMENTS_PER_PROGRAM):
        judge.judge(programs.program(), [jq_grammar.document(r) for _ in range(DOCUMENTS_PER_PROGRAM)])
    judge.jq.stop(), judge.ours.stop()
    return judge.counts, judge.known.seen, judge.found


def hand_made_pairs(driver):
    judge, cases = Judge(driver), list(hand_made())
    for program, document in cases:
        judge.judge(program, [document], reduce=False)
    judge.jq.stop(), judge.ours.stop()
    return judge.counts, judge.known.seen, judge.found


def differences(driver):
    """Problems of the table of differences: an example that agrees, an entry that the page does not explain, or the reverse."""
    judge, problems = Judge(driver), []
    for entry in judge.known.entries:
        program, document = entry["example"]
        different = judge.compare(program, [document])
        if not different or judge.known.name(program, *different[0][1:]) != entry["id"]:
            problems.append(f"{entry['id']}: the example {program} shows no such difference any more: {different}")
    judge.jq.stop(), judge.ours.stop()
    with open(DIFFERENCES, encoding="utf-8") as file:
        explained = re.findall(r"^\| `([\w-]+)` \|", file.read(), re.M)
    known = [entry["id"] for entry in judge.known.entries]
    problems += [f"{name}: has no row in docs/jq-differences.md" for name in known if name not in explained]
    problems += [f"{name}: explained in docs/jq-differences.md, but not known here" for name in explained if name not in known]
    return len(known), problems


def without_case():
    """Functions of jq that no hand-made case calls."""
    import jq
    text = "\n".join(program for program, _ in hand_made())
    names = jq.compile("builtins[]").input_value(None).all()
    return sorted(n for n in names if not re.search(r"(?<![\w.$])" + n.split("/")[0] + r"(?!\w)", text))


def show(title, counts, seen, found, most=60):
    print(f"{title}: " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    for name, n in sorted(seen.items()):
        print(f"  known: {name}: {n}")
    for program, (text, theirs, ours) in sorted(found.items(), key=lambda f: len(f[0]))[:most]:
        print(f"  program  {program}\n  document {text[:300]}\n    jq     {str(theirs)[:400]}\n    ours   {str(ours)[:400]}")
    if len(found) > most:
        print(f"  … and {len(found) - most} more")
    sys.stdout.flush()


def run_random(arguments):
    # Many small shares, so that a slow one does not hold the rest up.
    share = 2_000
    jobs = [(arguments.driver, arguments.seed + i, min(share, arguments.pairs)) for i in range(-(-arguments.pairs // share))]
    counts, seen, found = collections.Counter(), collections.Counter(), {}
    with multiprocessing.Pool(arguments.processes) as pool:
        for a, b, c in pool.imap_unordered(random_pairs, jobs):
            counts += a
            seen += b
            found.update(c)
    return counts, seen, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", default=os.path.join(ROOT, "build", "release", "tests", "oracle", "jq_driver"))
    parser.add_argument("--pairs", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--jq-side", action="store_true")
    arguments = parser.parse_args()
    if arguments.jq_side:
        return jq_side()
    arguments.driver = os.path.abspath(arguments.driver)
    print(f"seed {arguments.seed}", flush=True)
    known, problems = differences(arguments.driver)
    problems += [f"no hand-made case calls {name}" for name in without_case()]
    results = [("hand-made", *hand_made_pairs(arguments.driver)), ("random", *run_random(arguments))]
    for result in results:
        show(*result)
    counts = results[0][1] + results[1][1]
    if counts[LEFT_OUT] > LEFT_OUT_SHARE_MAX * sum(counts.values()):
        problems.append(f"{counts[LEFT_OUT]} pairs were left out: too many")
    print("\n".join(problems))
    failed = counts.pop("DISAGREE", 0) + len(problems)
    left_out = counts.pop(LEFT_OUT, 0)
    print(f"{sum(counts.values()) + known} passed, {failed} failed, {left_out} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
