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

// One for each way in which evaluation nests; under asan this is what bounds the C stack.
TEST(Limits, BoundsTheStack) {
  with_stack([] {
    for (const auto* source : {
             R"j(def f: 1+f; f)j",
             R"j(def f: f+1; f)j",
             R"j(def f: [f]; f)j",
             R"j(def f: [f,1]; f)j",
             R"j(def f: {a: f}; f)j",
             R"j(def f: {a: f, b: (f,1)}; f)j",
             R"j(def f: {(f,"a"): (f,1)}; f)j",
             R"j(def f: f|f; f)j",
             R"j(def f: (f,1)|f; f)j",
             R"j(def f: f,f; last(f))j",
             R"j(def f: "\(f)"; f)j",
             R"j(def f: "\(f,1)\(f,2)"; f)j",
             R"j(def f: if f then 1 else 2 end; f)j",
             R"j(def f: if (f,f) then 1 else 2 end; f)j",
             R"j(def f: f as $x | $x; f)j",
             R"j(def f: (f,1) as [$x,{a:$y}] | $x; f)j",
             R"j(def f: . as [$x] ?// $x | f,1; f)j",
             R"j(def f: . as {(f,"a"):[$x]} | f,1; f)j",
             R"j(def f: reduce f as $x (f; f); f)j",
             R"j(def f: reduce (f,1) as [$x] ((f,f); f,f); f)j",
             R"j(def f: foreach (f,1) as [$x] ((f,1); f,1; f,1); f)j",
             R"j(def f: .[f:f]; f)j",
             R"j(def f: .[f,1:f,2]; f)j",
             R"j(def f: .[f,1]; f)j",
             R"j(def f: path(f,1); f)j",
             R"j(def f: path((f,1)|.a); f)j",
             R"j(def f: path(.a|f|.b); f)j",
             R"j(def f: [paths(f,1)]; f)j",
             R"j(def f: (f) = 1; f)j",
             R"j(def f: (f,.a) = (f,1); f)j",
             R"j(def f: (.a|f) |= f; f)j",
             R"j(def f: .a |= (f,1); f)j",
             R"j(def f: .a += (f,1); f)j",
             R"j(def f: label $x | f; f)j",
             R"j(def f: label $x | (f,1); f)j",
             R"j(def f: first(f, f); f)j",
             R"j(def f: f // f; f)j",
             R"j(def f: (f,1) // f; f)j",
             R"j(def f: (f,1) and (f,2); f)j",
             R"j(def f: -(f,1); f)j",
             R"j(def f: getpath(f,[]); f)j",
             R"j(def f: limit(3;f,1); f)j",
             R"j(def f: range(f,1;f,2); f)j",
             R"j(def f: try (f,error(f)) catch f; f)j",
             R"j(def f: isempty(f,1); f)j",
             R"j(def f: pow(f,1;f,2); f)j",
             R"j(def f(g): g | f(g, g); f(.))j",
             R"j(def f(g): f(f(g),g); f(.))j",
             R"j(def f(g): (g,1) as $x | f($x,g) ; f(.))j",
             R"j(def f: sort_by(f,1); [[1]]|f)j",
             R"j(def f: walk(f); f)j",
             R"j(def f: gsub("a";f,"b"); "a"|f)j",
             R"j(def f: path(limit(1;f,.)); f)j",
             R"j(def f: path(reduce (f,.) as $x (.;f,.)); f)j",
             R"j(def f: path(foreach (f,.) as $x (.;f,.;f,.)); f)j",
             R"j(def f: path(try (f,.) catch f); f)j",
             R"j(def f: path(label $x|f,.); f)j",
             R"j(def f: path(if (f,.) then f,. else . end); f)j",
             R"j(def f: path(getpath([])|f,.); f)j",
             R"j(def f: path((f,.)[1:2]); f)j",
             R"j(def f: path(.. | f,.); f)j",
             R"j(def f: pick(f,.); f)j",
             R"j(def f: del(f,.a); f)j",
             R"j(def f: with_entries(f,.); {a:1}|f)j",
         }) {
      EXPECT_NE(outcome(source).substr(0, 7), "refused") << source;
    }
  });
}

TEST(Limits, BoundsTheNestingOfOutputs) {
  EXPECT_EQ(outcome("reduce range(9999) as $i ([]; [.])"), "ok");
  EXPECT_EQ(outcome("reduce range(10000) as $i ([]; [.])"), "budget");
  EXPECT_EQ(outcome("reduce range(30000) as $i ([]; [.]) | length"), "ok");
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
    EXPECT_EQ(outcome("reduce range(4e4) as $i ([]; .[$i] = $i) | length"), "ok");
    EXPECT_EQ(outcome("reduce range(3e4) as $i ({a: []}; .a += [$i]) | .a | length"), "ok");
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
