// The budget: hostile programs end in an error that nothing in the language can catch, well inside the C
// stack.
#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/expression/program.h"

namespace xf::expression {
namespace {

// Runs on a thread with the stack that program.h promises to be enough.
void with_stack(std::function<void()> body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread{};
  const auto start = [](void* given) -> void* {
    return (*static_cast<std::function<void()>*>(given))(), nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, start, &body), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

// "budget", "error" or "ok".
std::string outcome(std::string_view source, const json::Value& input = {}) {
  const auto program = Program::compile(source);
  if (!program) return "refused: " + program.error().message;
  const auto result = (*program)->first(input, {}, {});
  if (result) return "ok";
  return result.error().over_budget ? "budget" : "error";
}

json::Value nested(int depth) {
  json::Value value = json::Value::array();
  for (int i = 0; i < depth; ++i) value = json::Value::array({std::move(value)});
  return value;
}

TEST(Limits, RefusesEndlessAndHugePrograms) {
  with_stack([] {
    for (const auto* source : {
             "[range(1e9)]",
             "last(range(1e9))",
             "def f: f; f",
             "def f: 1+f; f",
             "def f: f+1; f",
             "def f: [f]; f",
             "def f: {a: f}; f",
             "def f: f|f; f",
             "def f: f,f; last(f)",
             "def f: \"\\(f)\"; f",
             "def f: if f then 1 else 2 end; f",
             "def f: f as $x | $x; f",
             "def f: reduce f as $x (f; f); f",
             "def f: .[f:f]; f",
             "def f: path(f); f",
             "def f: (f) = 1; f",
             "def f: (.a|f) |= f; f",
             "def f: label $x | f; f",
             "def f: first(f, f); f",
             "def f: f // f; f",
             "def f(g): f(g + 1); f(1)",
             "def f(g): g | f(g, g); f(.)",
             "def f: try f catch f; f",
             "def f: def g: f; g; [f]",
             "reduce range(1e6) as $i (0; [.])",
             "[limit(1e9; repeat(1))]",
             "\"x\" * 1e8",
             ".[5e8] = 1",
             "reduce range(40) as $i (\"a\"; . + .)",
             "reduce range(40) as $i ([1]; . + .)",
             "[range(1e5)] | [combinations(3)]",
             "[range(3) | [range(1e5)]] | [combinations]",
             "[range(1e5)] as $a | [range(1e5)] as $b | reduce range(1e9) as $i (0; $a == $b)",
             "[range(1e5)] as $a | [range(1e6) | $a | .[0] = .]",
             "until(false; .)",
             "[recurse([.])]",
             "first(repeat(empty))",
             "(\"a\" * 50000) | test(\"(a+)+$b\")",
         }) {
      EXPECT_EQ(outcome(source), "budget") << source;
    }
  });
}

TEST(Limits, CannotBeCaught) {
  with_stack([] {
    EXPECT_EQ(outcome("try (def f: f; f) catch 1"), "budget");
    EXPECT_EQ(outcome("(def f: 1 + f; f)? // 3"), "budget");
    EXPECT_EQ(outcome(". as [$a] ?// $a | (def f: f; f)"), "budget");
    EXPECT_EQ(outcome("[.[] | try last(range(1e9)) catch 1]", *json::parse("[1,2]")), "budget");
    EXPECT_EQ(outcome("isempty(def f: f; f)"), "budget");
    EXPECT_EQ(outcome(".a |= (def f: f; f)"), "budget");
  });
}

TEST(Limits, LeavesRoomForHonestWork) {
  with_stack([] {
    EXPECT_EQ(outcome("[..] | length", nested(9'000)), "ok");
    EXPECT_EQ(outcome("[recurse(.[]?)] | length", nested(2'000)), "ok");
    EXPECT_EQ(outcome("walk(.) | tojson | length", nested(2'000)), "ok");
    EXPECT_EQ(outcome("reduce range(10001) as $i ([]; [.]) | tojson | length"), "ok");
    EXPECT_EQ(outcome("def f: if . == 0 then 0 else 1 + (. - 1 | f) end; 1000 | f"), "ok");
    EXPECT_EQ(outcome("[range(1e5)] | map(. + 1) | add"), "ok");
    EXPECT_EQ(outcome("reduce range(1e5) as $i ([]; .[$i] = $i) | length"), "ok");
    EXPECT_EQ(outcome("reduce range(1e5) as $i ({a: []}; .a += [$i]) | .a | length"), "ok");
  });
}

// Each function calls the one before it twice: compiled in place, the graph would double sixty times.
TEST(Limits, BoundsWhatCompilingBuilds) {
  with_stack([] {
    std::string source = "def f0: 1;";
    for (int i = 1; i < 60; ++i) {
      const std::string before = "f" + std::to_string(i - 1);
      source += "def f" + std::to_string(i) + ": " + before + "+" + before + ";";
    }
    EXPECT_EQ(outcome(source + "f59"), "budget");
    std::string closures = "def f0(g): g;";
    for (int i = 1; i < 40; ++i) {
      const std::string before = "f" + std::to_string(i - 1);
      closures += "def f" + std::to_string(i) + "(g): " + before + "(g + " + before + "(g));";
    }
    EXPECT_EQ(outcome(closures + "f39(1)"), "refused: the expression is too large");
  });
}

TEST(Limits, IsTheSameEachTime) {
  const auto program =
      *Program::compile("[range(100) | {a: ., b: (. | tostring)}] | map(select(.a % 2 == 0)) | length");
  const auto fits = [&](std::uint64_t work) {
    Environment environment;
    environment.limits.work_max = work;
    return program->first({}, {}, environment).has_value();
  };
  std::uint64_t low = 1, high = 1 << 20;
  while (low < high) {
    const std::uint64_t middle = (low + high) / 2;
    if (fits(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(fits(low));
    EXPECT_FALSE(fits(low - 1));
  }
}

TEST(Limits, HoldsSmallerLimits) {
  with_stack([] {
    const auto program = *Program::compile("def f: 1 + f; f");
    Environment environment;
    environment.limits.depth_max = 10;
    const auto failed = program->first({}, {}, environment);
    ASSERT_FALSE(failed.has_value());
    EXPECT_TRUE(failed.error().over_budget);
  });
}

}  // namespace
}  // namespace xf::expression
