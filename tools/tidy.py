#!/usr/bin/env python3
"""Holds the tree to its rules: what may include what, what the core may name, and what must not lie around.

usage: tools/tidy.py [--rule NAME]…

Prints each violation as FILE:LINE: RULE: what is wrong; exit 1 if there is one. The tables are in tools/tidy_tables.py.

Before it judges the tree it judges itself: each rule must report the small violations in tools/tidy_test.py.
"""
import argparse
import os
import pathlib
import re
import sys

import tidy_test
from tidy_tables import (ADAPTERS, BY_HAND, EDGES, FILE_EDGES, LENGTH_MAX, LIBRARIES, LONG, PORTS, SYSTEM_HEADER,
                         TEST_EDGES, TEST_HEADERS, WIDE, WIDTH_MAX)

ROOT = pathlib.Path(__file__).resolve().parents[1]

# Folders of what was made, not written.
MADE = {".cache", ".git", "__pycache__", "build", "out", "var"}

# The core is a function of its arguments.
CORE = ("src/xflow/expression/", "src/xflow/schema/", "src/xflow/definition/", "src/xflow/engine/")
IMPURE_INCLUDE = re.compile(r"<(atomic|condition_variable|fstream|filesystem|future|iostream|mutex|random|shared_mutex|"
                            r"thread|unordered_map|unordered_set|pthread\.h|unistd\.h|fcntl\.h|signal\.h|sys/.*)>|"
                            r'"base/(clock|log|metrics|thread|http/.*)\.h"')
IMPURE_WORD = re.compile(r"\b(system_clock|steady_clock|clock_gettime|gettimeofday|getenv|getrandom|random_device|"
                         r"mt19937\w*|fopen|ifstream|ofstream|jthread|unordered_\w+|std::hash|thread_local)\b|"
                         r"\bstd::(thread|mutex|rand|time)\b|(?<![\w.>:])(rand|localtime|tzset)\(|"
                         r"(?<![\w.>:])time\((0|NULL|nullptr|&)")
# base/random.h has pure functions, too; these draw from the system.
RANDOM_SYSTEM = re.compile(r"\brandom_(seed|chance)\b")

DEFINED_TYPE = re.compile(r"(?:struct|class|enum class|union) (\w+)(?: final)?(?: : [^;]*)? ?\{")
SLEEP = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b|\btime\.sleep\(|(?<![\w.])sleep\(\d")
SHELL_SLEEP = re.compile(r"^\s*sleep\s+[\d$]")
LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX|HACK|WIP)\b(?!-)")
MACHINE = re.compile(r"(?<![\w.$}])/(work|root|home/\w+)/\w")
CODE_COMMENT = re.compile(r"^\s*// {0,2}(#include\b|(return|if|for|while|else|auto|const|static|std::|XF_\w+)\b.*[;{]$|"
                          r"[\w:.>\-\[\]]+(\([^ ]*\))?( [+|]?= .*)?;$|\}$)")
PYTHON_COMMENT = re.compile(r"^\s*#\s*(import \w+|from \w+ import|def \w+\(|return \w+$|print\(|\w+ = \w+\(.*\)$)")


def without_comments(text):
    """C++ with comments and the insides of strings blanked; lines keep their numbers."""
    def blank(match):
        found = match.group(0)
        keep = '""' if found[0] in "\"R" else ""
        return keep + "\n" * found.count("\n")
    return re.sub(r'R"(\w*)\((?:.|\n)*?\)\1"|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*(?:.|\n)*?\*/', blank, text)


def is_test(path):
    name = path.rsplit("/", 1)[-1]
    return (path.startswith(("tests/", "bench/")) or "/testing/" in path or path in TEST_HEADERS
            or name.endswith("_test.cc") or name.startswith("testing_"))


def in_folder(path, folder):
    """Beside the library's other users, or with its tests."""
    return path.rsplit("/", 1)[0] in (folder, f"{folder}/testing")


def cpp(tree):
    return {p: t for p, t in tree.items() if p.endswith((".cc", ".h"))}


def includes(text):
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line):
            yield number, match.group(1), match.group(2)


def module_of(path):
    folder = path.removeprefix("src/").rsplit("/", 1)[0]
    while folder not in EDGES and "/" in folder:
        folder = folder.rsplit("/", 1)[0]
    return folder


def check_layers(tree):
    for adapters in (ADAPTERS & row for row in EDGES.values() if ADAPTERS & row):
        yield ("layers", "tools/tidy_tables.py", 1, f"a row of the table names an adapter: {adapters}")
    for path, text in cpp(tree).items():
        if not path.startswith("src/") or path.startswith("src/apps/"):
            continue
        module = module_of(path)
        if module not in EDGES:
            yield ("layers", path, 1, f"the folder {module} has no row in the table of tools/tidy_tables.py")
            continue
        allowed = EDGES[module] | {module} | FILE_EDGES.get(path, set()) | (TEST_EDGES if is_test(path) else set())
        for line, quote, target in includes(text):
            if quote == '"' and (to := module_of("src/" + target)) not in allowed:
                yield ("layers", path, line, f"{module} may not include {to}")
            if quote == '"' and is_test("src/" + target) and not is_test(path):
                yield ("layers", path, line, "only tests include what is for tests")


def check_includes(tree):
    for path, text in cpp(tree).items():
        if path.endswith(".h") and "#pragma once" not in text:
            yield ("includes", path, 1, "a header begins with #pragma once")
        for line, quote, target in includes(text):
            # Tests and benchmarks are no modules: theirs stay in one folder.
            near = not path.startswith("src/") and f"{path.rsplit('/', 1)[0]}/{target}" in tree
            if quote == '"' and f"src/{target}" not in tree and target not in tree and not near:
                yield ("includes", path, line, f"{target} is no path from src/")


def check_libraries(tree):
    for path, text in cpp(tree).items():
        for line, quote, target in includes(text):
            if quote == "<" and not SYSTEM_HEADER.match(target) and not any(
                    re.match(header, target) for header, _, _ in LIBRARIES.values()):
                yield ("libraries", path, line, f"<{target}>: no library in tools/tidy_tables.py has this header")
        plain = None
        for name, (header, word, folder) in LIBRARIES.items():
            if path.startswith("bench/") or in_folder(path, folder) or folder == "tests" and is_test(path):
                continue
            plain = plain or without_comments(text)
            if match := re.search(rf"{word}|#\s*include\s*<({header})", plain):
                yield ("libraries", path, plain.count("\n", 0, match.start()) + 1, f"{name} is named in {folder} only")


def check_ports(tree):
    for path in sorted(PORTS & set(tree)):
        for line, quote, target in includes(tree[path]):
            if quote == "<" and not re.match(r"[a-z_]+$", target):
                yield ("ports", path, line, f"a port knows no <{target}>")


def check_core(tree):
    for path, text in cpp(tree).items():
        if not path.startswith(CORE) or is_test(path):
            continue
        for number, (raw, plain) in enumerate(zip(text.splitlines(), without_comments(text).splitlines()), 1):
            if match := re.match(r"\s*#\s*include", plain) and IMPURE_INCLUDE.search(raw):
                yield ("core", path, number, f"the core knows no {match.group(0)}")
            elif match := IMPURE_WORD.search(plain) or RANDOM_SYSTEM.search(plain):
                yield ("core", path, number, f"the core knows no {match.group(0)}")


def check_types(tree):
    """Two types of one full name are undefined behaviour that no linker reports."""
    seen = {}
    for path, text in cpp(tree).items():
        namespaces = []
        for number, line in enumerate(text.splitlines() if path.startswith("src/") else [], 1):
            if match := re.match(r"namespace ([\w:]*) ?\{(?!.*\})", line):
                namespaces.append(match.group(1))
            elif line.startswith("}  // namespace") and namespaces:
                namespaces.pop()
            elif (match := DEFINED_TYPE.match(line)) and "" not in namespaces:
                name = "::".join([*namespaces, match.group(1)])
                if seen.setdefault(name, path) != path:
                    yield ("types", path, number, f"{name} is defined in {seen[name]}, too")


def check_sleep(tree):
    for path, text in tree.items():
        if not path.endswith((".cc", ".h", ".py", ".sh")) or not (is_test(path) and not path.startswith("bench/")):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if SLEEP.search(line) or path.endswith(".sh") and SHELL_SLEEP.search(line):
                yield ("sleep", path, number, "a test waits for what it needs; it does not sleep")


def check_comments(tree):
    for path, text in tree.items():
        pattern = CODE_COMMENT if path.endswith((".cc", ".h")) else PYTHON_COMMENT if path.endswith(".py") else None
        for number, line in enumerate(text.splitlines() if pattern else [], 1):
            if pattern.match(line):
                yield ("comments", path, number, "commented-out code")


def check_words(tree):
    for path, text in tree.items():
        if path.startswith("tools/tidy"):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if match := LEFTOVER.search(line) or MACHINE.search(line):
                yield ("words", path, number, f"'{match.group(0)}' is left over")


def check_shape(tree):
    for path, text in tree.items():
        if not path.endswith((".cc", ".h", ".py")):
            continue
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            if len(line) > WIDTH_MAX and path not in WIDE:
                yield ("shape", path, number, f"{len(line)} characters; at most {WIDTH_MAX}")
        ceiling = LONG.get(path, LENGTH_MAX)
        if len(lines) > ceiling:
            yield ("shape", path, len(lines), f"{len(lines)} lines; at most {ceiling}: a file is about one thing")
    for path in WIDE:
        if path not in tree or all(len(line) <= WIDTH_MAX for line in tree[path].splitlines()):
            yield ("shape", "tools/tidy_tables.py", 1, f"{path} is narrow now: delete its row in WIDE")
    for path in LONG:
        if path not in tree or len(tree[path].splitlines()) <= LENGTH_MAX:
            yield ("shape", "tools/tidy_tables.py", 1, f"{path} is short now: delete its row in LONG")


def check_tests(tree):
    for path, text in cpp(tree).items():
        if re.search(r"^(TEST|TEST_F|TEST_P)\(", text, re.M) and not is_test(path):
            yield ("tests", path, 1, "tests are in x_test.cc beside x, or under tests/")
        if re.search(r"/(test_\w+|\w+_tests|\w+_unittest)\.cc$", path):
            yield ("tests", path, 1, "a test of x.cc is called x_test.cc")


def builds(tree, path):
    """Whether some CMakeLists.txt at or above the file globs its folder or names it."""
    folder, name = path.rsplit("/", 1)
    inside = name
    while True:
        text = tree.get(f"{folder}/CMakeLists.txt", "")
        below = inside.rsplit("/", 1)[0] + "/*.cc" if "/" in inside else "*.cc"
        is_module = "/" not in inside and "xf_module(" in text
        if is_module or f" {below})" in text or re.search(rf"\b{re.escape(inside)}\b", text):
            return True
        if path.startswith("tests/fuzz/") and f"xf_fuzz({name.removesuffix('_fuzz.cc')} " in text:
            return True
        if re.search(rf"\bxf_micro\({name.removesuffix('_bench.cc')} ", text):
            return True
        if "/" not in folder:
            return False
        folder, last = folder.rsplit("/", 1)
        inside = f"{last}/{inside}"


def check_dead(tree):
    included = set()
    for path, text in cpp(tree).items():
        near = path.rsplit("/", 1)[0]
        included |= {name for _, _, to in includes(text) for name in (f"src/{to}", to, f"{near}/{to}")}
    for path, text in tree.items():
        name = path.rsplit("/", 1)[-1]
        if path.endswith(".h") and path not in included:
            yield ("dead", path, 1, "nobody includes this header")
        elif path.endswith(".cc") and not builds(tree, path):
            yield ("dead", path, 1, "no CMakeLists.txt builds this file")
        elif path.endswith((".py", ".sh")) and path not in BY_HAND:
            stem = re.escape(name.rsplit(".", 1)[0])
            used = re.compile(rf"\b{re.escape(name)}\b|^\s*(?:import|from) (?:\w+\.)*{stem}\b", re.M)
            if not any(used.search(other) for p, other in tree.items() if p != path):
                yield ("dead", path, 1, "nothing runs or imports this script")


RULES = {
    "layers": check_layers, "includes": check_includes, "libraries": check_libraries, "ports": check_ports,
    "core": check_core, "types": check_types, "sleep": check_sleep, "comments": check_comments,
    "words": check_words, "shape": check_shape, "tests": check_tests, "dead": check_dead,
}


def read_tree():
    """Every text file of the checkout, by its path; works without git, too."""
    tree = {}
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(name for name in below if name not in MADE)
        for name in set(names) - MADE:
            path = (pathlib.Path(folder) / name).relative_to(ROOT).as_posix()
            if not path.startswith("tests/fuzz/corpus/") and not os.path.islink(ROOT / path):
                tree[path] = (ROOT / path).read_text(errors="replace")
    return tree


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--rule", action="append", choices=sorted(RULES), help="only this rule")
    chosen = args.parse_args().rule or list(RULES)
    unproved = list(tidy_test.failures(RULES))
    for text in unproved:
        print(f"tools/tidy_test.py: {text}")
    tree = read_tree()
    violations = [violation for rule in chosen for violation in RULES[rule](tree)]
    for rule, path, line, text in violations:
        print(f"{path}:{line}: {rule}: {text}")
    kept = len(chosen) - len({rule for rule, _, _, _ in violations})
    print(f"{len(chosen)} rules over {len(tree)} files, proved by {len(tidy_test.CASES)} cases")
    print(f"{kept + len(tidy_test.CASES) - len(unproved)} passed, {len(violations) + len(unproved)} failed")
    return 1 if violations or unproved else 0


if __name__ == "__main__":
    sys.exit(main())
