#include "xflow/definition/plan/template.h"

#include <gtest/gtest.h>

#include "base/json/parse.h"
#include "base/json/print.h"

namespace xf::plan {
namespace {

using expression::Program;

Template compiled(std::string_view source) {
  auto program = Program::compile(source, {.variables = {"a", "b"}});
  EXPECT_TRUE(program) << source;
  return Template::expression(*program, 2);
}

Template fixed(std::string_view json_text) { return Template::literal(*json::parse(json_text)); }

std::string evaluated(const Template& t, std::string_view input = "null") {
  const std::vector<json::Value> variables = {json::Value::integer(1), json::Value::integer(2),
                                              json::Value::integer(3)};
  const auto value = t.evaluate(*json::parse(input), variables, {});
  return value ? json::print(*value) : "error: " + value.error().message;
}

TEST(Template, OfLiteralsIsALiteral) {
  const Template t =
      Template::object({{"x", fixed("1")}, {"y", Template::array({fixed("2"), fixed("null")})}});
  EXPECT_TRUE(t.is_literal());
  EXPECT_EQ(json::print(t.value()), R"({"x":1,"y":[2,null]})");
  EXPECT_EQ(evaluated(t), R"({"x":1,"y":[2,null]})");
  EXPECT_TRUE(Template::text({fixed("\"a\""), fixed("1"), fixed("null"), fixed("[true]")}).is_literal());
  EXPECT_TRUE(Template().is_literal());
  EXPECT_TRUE(Template().value().is_null());
}

TEST(Template, FillsItsExpressionsIn) {
  const Template t =
      Template::object({{"x", compiled(".n + $a")}, {"y", Template::array({compiled("$b"), fixed("0")})}});
  EXPECT_FALSE(t.is_literal());
  EXPECT_EQ(evaluated(t, R"({"n":41})"), R"({"x":42,"y":[2,0]})");
  EXPECT_EQ(evaluated(compiled("empty")), "null");
  EXPECT_EQ(evaluated(compiled("5, 6")), "5");
}

TEST(Template, TextTakesTextAsItIsNullAsNothingAndTheRestAsJson) {
  const Template t =
      Template::text({fixed("\"Hello \""), compiled(".name"), fixed("\"! \""), compiled(".rest")});
  EXPECT_EQ(evaluated(t, R"({"name":"Ann","rest":{"a":[1]}})"), R"("Hello Ann! {\"a\":[1]}")");
  EXPECT_EQ(evaluated(t, R"({})"), R"("Hello ! ")");
}

TEST(Template, KnowsWhichVariablesItUses) {
  const Template t = Template::array({fixed("1"), Template::object({{"k", compiled("$b")}})});
  EXPECT_FALSE(t.uses(0));
  EXPECT_TRUE(t.uses(1));
  EXPECT_FALSE(t.uses(2));
}

TEST(Template, AFailureIsTheExpressionsOwn) {
  EXPECT_EQ(evaluated(Template::array({compiled("error(\"no\")")})), "error: no");
}

TEST(Template, AGuessFallsBackToItsText) {
  const auto program = *Program::compile("first", {.variables = {"a", "b"}});
  const Template t = Template::guess(program, 2, json::Value::string("first"));
  EXPECT_EQ(evaluated(t, "[7]"), "7");
  EXPECT_EQ(evaluated(t, "5"), "\"first\"");
  EXPECT_EQ(t.program(), nullptr);
  EXPECT_NE(compiled(".").program(), nullptr);
}

}  // namespace
}  // namespace xf::plan
