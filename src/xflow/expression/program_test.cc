// The language as its users see it: program and input in, outputs or an error out. Each row was checked
// against jq 1.8.
#include "xflow/expression/program.h"

#include <gtest/gtest.h>

#include "base/json/parse.h"
#include "base/json/print.h"

namespace xf::expression {
namespace {

// Outputs on one line; an error last, as `! text`.
std::string run(std::string_view source, std::string_view input = "null") {
  const auto program = Program::compile(source);
  if (!program) return "refused: " + program.error().message;
  const auto in = json::parse(input);
  if (!in) return "bad input";
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : " ") + text; };
  const auto done =
      (*program)->evaluate(*in, {}, {}, [&](json::Value v) { return add(json::print(v)), true; });
  if (!done) add(done.error().over_budget ? "! budget" : "! " + done.error().message);
  return out;
}

struct Row {
  const char* source;
  const char* input;
  const char* expected;
};

void check(std::span<const Row> rows) {
  for (const Row& row : rows)
    EXPECT_EQ(run(row.source, row.input), row.expected) << row.source << "  on  " << row.input;
}

TEST(Program, ReachesIntoValues) {
  constexpr Row kRows[] = {
      {".", "1", "1"},
      {".a.b", R"({"a":{"b":1}})", "1"},
      {".a.b.c", R"({"a":null})", "null"},
      {R"j(."a"."b", .["a"]["b"], .a."b", .a.["b"])j", R"({"a":{"b":1}})", "1 1 1 1"},
      {R"j(."a\(1)")j", R"({"a1":5})", "5"},
      {".if, .and.or", R"({"if":1,"and":{"or":2}})", "1 2"},
      {".[]", "[1,[2]]", "1 [2]"},
      {"..", "[1,[2]]", "[1,[2]] 1 [2] 2"},
      {".[1:], .[:-1], .[0:1]", "[1,2,3]", "[2,3] [1,2] [1]"},
      {"(.a,.b)[0,1]", R"({"a":[1,2],"b":[3,4]})", "1 3 2 4"},
      {"[.[1,2:3,4]]", "[1,2,3,4,5]", "[[2,3],[2,3,4],[3],[3,4]]"},
      {".a", "[1]", R"(! Cannot index array with string ("a"))"},
      {"[.[]|.a?]", R"([1,{"a":2}])", "[2]"},
      {".[]", "5", "! Cannot iterate over number (5)"},
      {".[]", "null", "! Cannot iterate over null (null)"},
      {R"j(@csv "\(-.) \(1)")j", "[]", "! number (1) cannot be csv-formatted, only array"},
      {"[-0, 0 * -1]", "null", "[0,-0]"},
      {".[]?", "5", ""},
  };
  check(kRows);
}

TEST(Program, OrdersOutputsAsJqDoes) {
  constexpr Row kRows[] = {
      {"[(1,2)+(10,20)]", "null", "[11,12,21,22]"},
      {"{a:(1,2),b:(3,4)} | [.a,.b]", "null", "[1,3] [1,4] [2,3] [2,4]"},
      {R"j("\(1,2) \(3,4)")j", "null", R"j("1 3" "2 3" "1 4" "2 4")j"},
      {"[range(0,1;2,3)]", "null", "[0,1,0,1,2,1,1,2]"},
      {"def f($a;$b): [$a,$b]; f(1,2;3,4)", "null", "[1,3] [1,4] [2,3] [2,4]"},
      {"[(true,false) and (true,false)]", "null", "[true,false,false]"},
      {"[.[] as [{(\"a\",\"b\"):$x}, {(\"c\",\"d\"):$y}] | [$x,$y]]", R"([[{"a":1,"b":2},{"c":3,"d":4}]])",
       "[[1,3],[2,3],[1,4],[2,4]]"},
  };
  check(kRows);
}

TEST(Program, BindsByPrecedence) {
  constexpr Row kRows[] = {
      {"1 + 2 * 2 + 10 / 2", "null", "10"},
      {"1 + 2 as $x | -$x", "null", "-3"},
      {"1 + try 2 catch 3 + 4", "null", "7"},
      {"[1,2|3,4]", "null", "[3,4,3,4]"},
      {"null // false // 3", "null", "3"},
      {".a // .b = 1", R"({"a":2})", "2"},
      {"def f: 1; f, def g: 2; g", "null", "1 2"},
      {"[-reduce -.[] as $x (0; . + $x)]", "[1,2,3]", "[6]"},
      {"if . then [.] else . end [0]", "7", "7"},
      {"1 == 1 == 1", "null", "refused: `==` cannot follow another operator of its kind"},
  };
  check(kRows);
}

TEST(Program, CatchesOnlyWhatItsBodyRaises) {
  constexpr Row kRows[] = {
      {R"(try error("x") catch .)", "null", R"("x")"},
      {"try error(null) catch [.]", "null", "[null]"},
      {R"([(1,error("x"),3)?])", "null", "[1]"},
      {R"(try ((try . catch "inner") | error) catch "outer")", "5", R"("outer")"},
      {R"(.[]|(try . catch "no") | if . == 2 then error("late") else . end)", "[1,2]", "1 ! late"},
      {R"(error("x") // 5)", "null", "! x"},
      {R"([label $f | try (1, break $f, 2) catch .])", "null", R"([1,{"__jq":0}])"},
      {"first(range(10;0;-1))", "null", "10"},
      {"[limit(3; 1,2,3,4,error)]", "null", "[1,2,3]"},
      {"[label $a | (label $b | 1, break $a, 2), 3]", "null", "[1]"},
      {"def f(g): label $x | g; [label $y | f(1, break $y), 2]", "null", "[1]"},
  };
  check(kRows);
}

TEST(Program, DestructuresWithAlternatives) {
  constexpr Row kRows[] = {
      {". as {$a, b: [$c, {$d}]} | [$a, $c, $d]", R"({"a":1,"b":[2,{"d":3}]})", "[1,2,3]"},
      {". as {$a: [$x]} | [$a, $x]", R"({"a":[1]})", "[[1],1]"},
      {"[.[] as [$a] ?// $a | $a]", "[[1],2]", "[1,2]"},
      {R"(. as [$a] ?// $a | if ($a|type) == "number" then error("x") else $a end)", "[1]", "[1]"},
      {"[.[] as {a:$a} ?// [$b] | [$a,$b]]", R"([{"a":1},[2]])", "[[1,null],[null,2]]"},
      {"reduce .[] as [$a] ?// $a (0; . + $a)", "[[1],2]", "3"},
      {". as [$x,$x] | $x", "[1,2]", "2"},
      {". as {a:$x,b:$x} | $x", R"({"a":1,"b":2})", "1"},
  };
  check(kRows);
}

TEST(Program, FoldsAsJqDoes) {
  constexpr Row kRows[] = {
      {"[reduce range(5) as $x (0; empty)]", "null", "[null]"},
      {"reduce range(5) as $x (0; if $x == 2 then empty else . + $x end)", "null", "7"},
      {"reduce range(3) as $x (0; . + $x, . + $x * 2)", "null", "6"},
      {"[foreach range(3) as $x (0; .+$x,.+10; [$x,.])]", "null",
       "[[0,0],[0,10],[1,11],[1,20],[2,22],[2,30]]"},
      {"[foreach (1,2,3) as $x (5; if $x==2 then empty else .+$x end)]", "null", "[6,3]"},
      {"foreach .[] as $x (0, 1; . + $x)", "[1,2]", "1 3 2 4"},
  };
  check(kRows);
}

TEST(Program, FollowsPaths) {
  constexpr Row kRows[] = {
      {"path(.a[0,1])", "null", R"(["a",0] ["a",1])"},
      {"[path(..)]", R"({"a":[1]})", R"([[],["a"],["a",0]])"},
      {"[path(first(.a,.b)), path(.a // .b), path(if .a then .b else .c end)]", "null",
       R"([["a"],["b"],["c"]])"},
      {"[path(limit(1; .[])), path(.[] | select(. > 1))]", "[1,2]", "[[0],[1]]"},
      {"[path(foreach .[] as $x (0; 1; $x))]", "[[1],[2]]", "[[0],[1]]"},
      {"path(. as $x | $x)", "[1]", "[]"},
      {"path(1)", "1", "! Invalid path expression with result 1"},
      {"path([])", "[]", "! Invalid path expression with result []"},
      {"try path(.a | map(select(.b == 0)) | .c) catch .", R"({"a":[{"b":0}]})",
       R"("Invalid path expression near attempt to access element \"c\" of [{\"b\":0}]")"},
      {"path(last(.[]))", "[1,2]", "! Invalid path expression with result 2"},
      {R"(path(reduce ("a","b") as $k (.; .[$k])))", R"({"a":{"b":1}})",
       R"(! Invalid path expression near attempt to access element "b" of {"b":1})"},
      {R"(path(getpath(["a","b"]) | .c))", "null", R"(["a","b","c"])"},
  };
  check(kRows);
}

TEST(Program, Assigns) {
  constexpr Row kRows[] = {
      {".a = (1,2)", "null", R"({"a":1} {"a":2})"},
      {"(.a,.b) += (1,2)", "null", R"({"a":1,"b":1} {"a":2,"b":2})"},
      {".[0] |= (1,2)", "[5]", "[1]"},
      {"(.[] | select(. >= 2)) |= empty", "[1,5,3,0,7]", "[1,0]"},
      {".[] //= .[0]", R"(["hello",true,false,[false],null])", R"(["hello",true,"hello",[false],"hello"])"},
      {".[2:4] = [9]", "[0,1,2,3,4]", "[0,1,9,4]"},
      {".. |= (if type == \"number\" then . + 1 else . end)", "[1,[2]]", "[2,[3]]"},
      {"(.a as $x | .b) = \"b\"", R"({"a":null,"b":null})", R"({"a":null,"b":"b"})"},
      {"(.a | tostring) |= 3", R"({"a":1})", R"(! Invalid path expression with result "1")"},
      {"reduce range(3) as $i ({a: []}; .a += [$i])", "null", R"({"a":[0,1,2]})"},
      {"reduce range(3) as $i (.; .[$i] = $i)", "null", "[0,1,2]"},
      {". as $x | .a += [1] | [$x, .]", R"({"a":[0]})", R"([{"a":[0]},{"a":[0,1]}])"},
  };
  check(kRows);
}

TEST(Program, CallsFunctionsAndClosures) {
  constexpr Row kRows[] = {
      {"def f: 1; def g: f, def f: 2; def g: 3; f, def f: g; f, g; def f: 4; "
       "[f, def f: g; def g: 5; f, g]+[f,g]",
       "null", "[4,1,2,3,3,5,4,1,2,3,3]"},
      {"def id(x):x; 2000 as $x | def f(x):1 as $x | id([$x, x, x]); def g(x): 100 as $x | f($x,$x+x); g($x)",
       "0", "[1,100,2100,100,2100]"},
      {"def f($a): a + $a; [f(1,2)]", "null", "[2,3,3,4]"},
      {"def fac: if . == 1 then 1 else . * (. - 1 | fac) end; [.[] | fac]", "[1,2,3,4]", "[1,2,6,24]"},
      {"def f($x;g): if $x > 3 then [g] else f($x+1; g, $x) end; f(0; 7)", "null", "[7,0,1,2,3]"},
      {"def rec(g): g | if . > 10 then . else rec(g) end; [rec(. as $x | (.+3, $x+5))] | length", "0", "9"},
      {"def f: if . > 3 then [.,.+1][] else (.+1,.+2) | f end; [f]", "1", "[4,5,5,6,4,5,4,5,5,6]"},
      {"[recurse(if . < 3 then .+1,.+2 else empty end)]", "0", "[0,1,2,3,4,3,2,3,4]"},
      {"def f(a): def a: 7; a; f(5)", "null", "7"},
      {"[[20,10][1,0] as $x | def f: (100,200) as $y | def g: [$x + $y, .]; . + $x | g; f[0] | [f][0][1] | "
       "f]",
       "999999999", "[[110,130],[210,130],[110,230],[210,230],[120,160],[220,160],[120,260],[220,260]]"},
  };
  check(kRows);
}

TEST(Program, DoesNotGrowTheStackInTailCalls) {
  constexpr Row kRows[] = {
      {"def f: if . >= 100000 then . else . + 1 | f end; f", "0", "100000"},
      {"def f($n): if $n >= 100000 then $n else f($n + 1) end; f(0)", "0", "100000"},
      {"def f(g): if . >= 100000 then g else . + 1 | f(g) end; f(. * 2)", "0", "200000"},
      {"[until(. >= 40000; . + 1), last(range(40000)), last(limit(40000; repeat(1)))]", "0",
       "[40000,39999,1]"},
      {"last(recurse(if . < 100000 then . + 1 else empty end))", "0", "100000"},
      {"def f: . as $x | if $x >= 100000 then $x else $x + 1 | f end; f", "0", "100000"},
  };
  check(kRows);
}

TEST(Program, RefusesWithPositionAndHint) {
  const auto error = [](std::string_view source) { return Program::compile(source).error(); };
  EXPECT_EQ(error("1 +\n  fooo").line, 2u);
  EXPECT_EQ(error("1 +\n  fooo").column, 3u);
  EXPECT_EQ(error("1 +\n  fooo").offset, 6u);
  EXPECT_EQ(error(".[] | slect(.a)").hint, "did you mean `select`?");
  EXPECT_EQ(error("map").hint, "there is map/1");
  EXPECT_EQ(error("$x").message, "$x is not defined");
  EXPECT_EQ(error("env").hint, "expressions do not see the environment");
  for (const auto* source : {"",
                             "{",
                             "}",
                             "[1",
                             "\"a",
                             "1 as [] | 2",
                             "break $x",
                             "{(1):2}",
                             "{1:2}",
                             "if 1",
                             "try",
                             "import \"a\" as a; .",
                             "input",
                             "debug",
                             "halt",
                             "_sort_by(.)",
                             ". as $foo | break $foo",
                             "\"\\v\"",
                             "reduce . as $x (1)",
                             "%::wat",
                             "..a",
                             "def f: 1",
                             "\"\\(1;2)\""}) {
    EXPECT_FALSE(Program::compile(source).has_value()) << source;
  }
}

TEST(Program, SurvivesHostileText) {
  for (const auto* unit : {"(", "[", "{a:", "-", "if ", "\"\\(", ".[", "try ", "1|", "1+", "1,",
                           "def f: ", ". as [", "reduce ", "..", "?", "a(", "label $x|"}) {
    std::string source;
    while (source.size() < 100'000) source += unit;
    EXPECT_FALSE(Program::compile(source).has_value()) << unit;
  }
}

TEST(Program, TakesVariablesAndTellsWhichItUses) {
  CompileOptions options;
  options.variables = {"a", "b"};
  const auto program = Program::compile("$b + 1", options);
  ASSERT_TRUE(program.has_value());
  EXPECT_FALSE((*program)->uses(0));
  EXPECT_TRUE((*program)->uses(1));
  const json::Value values[] = {json::Value::integer(1), json::Value::integer(2)};
  EXPECT_EQ(json::print(*(*program)->first(json::Value(), values, {})), "3");
}

TEST(Program, TellsWhereAnErrorArose) {
  const auto program = Program::compile(".x |\n .a + 1");
  const auto failed = (*program)->first(*json::parse(R"({"x":"s"})"), {}, {});
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().offset, 6u);
  EXPECT_EQ(failed.error().kind, "string");
  EXPECT_FALSE(failed.error().over_budget);
}

}  // namespace
}  // namespace xf::expression
