"""Small violations, each of which its rule in tools/tidy.py must report, and look-alikes that it must not."""

HEADER = "#pragma once\n"

# (rule, what is wrong, files, whether it must be reported)
CASES = [
    ("layers", "the engine includes the gateway", {"src/xflow/engine/a.cc": '#include "gateway/problem.h"\n'}, True),
    ("layers", "the gateway names an adapter", {"src/gateway/a.cc": '#include "persistence/sqlite/store.h"\n'}, True),
    ("layers", "base looks up", {"src/base/a.cc": '#include "base/json/value.h"\n'}, True),
    ("layers", "the command line reaches past the API", {"src/cli/ps.cc": '#include "xflow/engine/step.h"\n'}, True),
    ("layers", "the product includes what is for tests",
     {"src/persistence/sqlite/a.cc": '#include "persistence/testing/faulty.h"\n'}, True),
    ("layers", "a folder that the table does not know", {"src/portal/a.cc": "int a;\n"}, True),
    ("layers", "apps may name everything", {"src/apps/a.cc": '#include "persistence/sqlite/store.h"\n'}, False),
    ("layers", "a unit test runs on a store",
     {"src/xflow/runtime/embedded/a_test.cc": '#include "persistence/memory/store.h"\n'}, False),
    ("includes", "no #pragma once", {"src/base/a.h": "int a;\n"}, True),
    ("includes", "a path that does not begin at src/",
     {"src/base/a.h": HEADER, "src/base/b.cc": '#include "a.h"\n'}, True),
    ("includes", "a path from src/", {"src/base/a.h": HEADER, "src/base/b.cc": '#include "base/a.h"\n'}, False),
    ("libraries", "SQLite in the gateway", {"src/gateway/a.cc": "#include <sqlite3.h>\n"}, True),
    ("libraries", "a type of curl in a header of another folder", {"src/cli/a.h": HEADER + "CURL* handle;\n"}, True),
    ("libraries", "a library that nobody spoke of", {"src/base/a.cc": "#include <fmt/format.h>\n"}, True),
    ("libraries", "GoogleTest in the product", {"src/base/a.cc": "#include <gtest/gtest.h>\n"}, True),
    ("libraries", "a library in its folder", {"src/persistence/sqlite/a.cc": "#include <sqlite3.h>\n"}, False),
    ("libraries", "a comment about a library", {"src/gateway/a.cc": "// as sqlite3_step() does\n"}, False),
    ("ports", "a system header in a port", {"src/persistence/store.h": "#include <sys/stat.h>\n"}, True),
    ("core", "a clock", {"src/xflow/engine/a.cc": "auto t = std::chrono::system_clock::now();\n"}, True),
    ("core", "hash order", {"src/xflow/definition/a.h": "#include <unordered_map>\n"}, True),
    ("core", "a mutex", {"src/xflow/expression/a.cc": "std::mutex m;\n"}, True),
    ("core", "a file", {"src/xflow/schema/a.cc": "#include <fstream>\n"}, True),
    ("core", "the environment", {"src/xflow/expression/a.cc": 'getenv("HOME");\n'}, True),
    ("core", "chance", {"src/xflow/engine/a.cc": "int n = rand();\n"}, True),
    ("core", "a clock outside of the core", {"src/base/a.cc": "auto t = std::chrono::system_clock::now();\n"}, False),
    ("core", "the name of a clock in a text", {"src/xflow/engine/a.cc": 'f("system_clock");\n'}, False),
    ("types", "two types of one name",
     {"src/base/a.h": "namespace xf {\nstruct A {\n", "src/base/b.cc": "namespace xf {\nclass A : public B {\n"}, True),
    ("types", "two private types of one name",
     {"src/base/a.h": "namespace xf {\nstruct A {\n", "src/base/b.cc": "namespace {\nstruct A {\n"}, False),
    ("types", "a nested type",
     {"src/base/a.h": "namespace xf {\nclass A {\n", "src/base/b.cc": "namespace xf {\nstruct A::B {\n"}, False),
    ("sleep", "a unit test sleeps", {"src/base/a_test.cc": "std::this_thread::sleep_for(1s);\n"}, True),
    ("sleep", "a script sleeps", {"tests/e2e/a.py": "time.sleep(1)\n"}, True),
    ("sleep", "a shell script sleeps", {"tests/e2e/a.sh": "  sleep 1\n"}, True),
    ("comments", "a commented-out call", {"src/base/a.cc": "  // store.close();\n"}, True),
    ("comments", "a commented-out assignment", {"src/base/a.cc": "  // count = f(x);\n"}, True),
    ("comments", "a commented-out return", {"src/base/a.cc": "// return fail(x);\n"}, True),
    ("comments", "commented-out Python", {"tools/a.py": "# import os\n"}, True),
    ("comments", "prose", {"src/base/a.cc": "// It ends; what follows is\n// another matter.\n"}, False),
    ("words", "a note to oneself", {"src/base/a.cc": "// TO" + "DO later\n"}, True),
    ("words", "a path of one machine", {"docs/a.md": "see /ho" + "me/ann/xflow\n"}, True),
    ("words", "a path of the API", {"docs/a.md": "GET /api/v1/work/x\n"}, False),
    ("shape", "a wide line", {"src/base/a.cc": "x" * 121 + "\n"}, True),
    ("shape", "a long file", {"src/base/a.cc": "int a;\n" * 351}, True),
    ("tests", "a test in the product's file", {"src/base/a.cc": "TEST(A, B) {}\n"}, True),
    ("tests", "a test under another name", {"src/base/test_a.cc": "int a;\n"}, True),
    ("dead", "a header that nobody includes", {"src/base/a.h": HEADER}, True),
    ("dead", "a file that nothing builds",
     {"src/apps/a.cc": "int a;\n", "src/apps/CMakeLists.txt": "add_x(main.cc)\n"}, True),
    ("dead", "a script that nothing runs", {"tools/a.py": "print()\n"}, True),
    ("dead", "a folder that is a module",
     {"src/base/a.cc": "int a;\n", "src/base/CMakeLists.txt": "xf_module(base)\n"}, False),
]


def failures(rules):
    """What the rules did not report, or reported without a reason."""
    for rule, what, files, wrong in CASES:
        found = [p for p in rules[rule](files) if p[1] in files]
        if bool(found) != wrong:
            yield f"{rule}: '{what}' is {'not reported' if wrong else 'reported'}"
    for rule in rules:
        if not any(r == rule and wrong for r, _, _, wrong in CASES):
            yield f"{rule}: no case proves this rule"
