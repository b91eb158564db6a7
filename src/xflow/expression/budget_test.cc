// Natives refuse what would grow beyond the budget, before they build it, and are never undone by depth.
#include <string>

#include "xflow/expression/native_table.h"

namespace xf::expression {
namespace {

using json::Value;

Value shared_bomb(int levels) {
  Value v = Value::number(10);
  for (int i = 0; i < levels; ++i) v = Value::array({v, v});
  return v;
}

Value nested(int levels) {
  Value v = Value::array();
  for (int i = 0; i < levels; ++i) v = Value::array({std::move(v)});
  return v;
}

Value nested_object(int levels) {
  Value v = Value::object();
  for (int i = 0; i < levels; ++i) v = Value::object({{"a", std::move(v)}});
  return v;
}

struct Refusal {
  const char* name;
  Value input;
  std::vector<Value> args;
};

std::vector<Refusal> bombs() {
  const Value bomb = shared_bomb(40), other = shared_bomb(40), as = Value::string(std::string(50'000, 'a'));
  const Value row = Value::array({Value::string(std::string(10'000'000, '"'))});
  Value points = Value::array();
  for (int i = 0; i < 1'000'000; ++i) points = std::move(points).append(Value::number(0x1f600));
  const Value zeros = Value::array(std::vector<Value>(20'000, Value::number(0)));
  const Value zeros_and_one =
      Value::array(std::vector<Value>(10'000, Value::number(0))).append(Value::number(1));
  Value million = Value::array();
  for (int i = 0; i < 300'000; ++i) million = std::move(million).append(Value::number(i % 1000));
  return {
      {"tojson", bomb, {}},
      {"tostring", bomb, {}},
      {"flatten", bomb, {}},
      {"_tostream", bomb, {}},
      {"_subtract", Value(), {Value::array({bomb}), Value::array({other})}},
      {"contains", bomb, {other}},
      {"sort", Value::array({bomb, other}), {}},
      {"unique", Value::array({bomb, other}), {}},
      {"min", Value::array({bomb, other}), {}},
      {"_multiply", Value(), {Value::string("0123456789"), Value::number(2e8)}},
      {"setpath", Value(), {Value::array({Value::number(5e8)}), Value::number(1)}},
      {"format", row, {Value::string("csv")}},
      {"_add",
       Value(),
       {Value::string(std::string(12'000'000, 'x')), Value::string(std::string(14'000'000, 'y'))}},
      {"_match", as, {Value::string("(a+)+$b"), Value(), Value::boolean(true)}},
      {"_match", as, {Value::string("(a|aa)+$"), Value::string("g"), Value::boolean(false)}},
      {"indices", zeros, {zeros_and_one}},
      {"_subtract", Value(), {million, points}},
  };
}

TEST(BudgetTest, WhatGrowsTooLargeIsRefused) {
  for (const Refusal& r : bombs()) {
    const Limits limits;
    Context c(limits, 0);
    const auto before = json::meter().live_bytes;
    const auto out = call_native(c, r.name, r.input, r.args);
    EXPECT_TRUE(!out && out.error().over_budget) << r.name;
    EXPECT_LE(json::meter().live_bytes - before, static_cast<std::int64_t>(limits.bytes_max)) << r.name;
  }
}

TEST(BudgetTest, DeepValuesFailWithJqsTexts) {
  const Value deep = nested(10'001), twin = nested(10'001), objects = nested_object(10'001);
  const Value path = Value::array(std::vector<Value>(10'001, Value::number(0)));
  const Limits limits;
  Context c(limits, 0);
  EXPECT_EQ(answer(call_native(c, "sort", Value::array({deep, deep}), {})), "! Comparison too deep");
  EXPECT_EQ(answer(call_native(c, "sort", Value::array({objects, objects}), {})), "! Comparison too deep");
  EXPECT_EQ(answer(call_native(c, "contains", deep, std::vector<Value>{deep})),
            "! Containment check too deep");
  EXPECT_EQ(answer(multiply(c, objects, objects)), "! Object merge too deep");
  EXPECT_EQ(answer(set_path(c, Value(), path, Value())), "! Path too deep");
  EXPECT_EQ(answer(get_path(c, Value(), path)), "! Path too deep");
  const auto same = equal(c, deep, twin);
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().value.as_string(), "Equality check too deep");
  EXPECT_NE(answer(call_native(c, "tojson", deep, {})).find("<skipped: too deep>"), std::string::npos);
}

TEST(BudgetTest, AllowedDepthWorks) {
  const Limits limits;
  Context c(limits, 0);
  const Value path = Value::array(std::vector<Value>(10'000, Value::number(0)));
  auto built = set_path(c, Value(), path, Value::number(7));
  ASSERT_TRUE(built);
  EXPECT_EQ(answer(get_path(c, *built, path)), "7");
  EXPECT_EQ(answer(call_native(c, "flatten", *built, {})), "[7]");
  EXPECT_EQ(answer(call_native(c, "contains", nested(9'999), std::vector<Value>{nested(0)})), "true");
  const auto emptied = delete_paths(c, *built, Value::array({path}));
  ASSERT_TRUE(emptied);
  EXPECT_EQ(answer(call_native(c, "flatten", *emptied, {})), "[]");
}

TEST(BudgetTest, ALongTextIsSearchedInWindows) {
  const Limits limits;
  Context c(limits, 0);
  const std::string text = std::string(100'000, 'x') + "needle" + std::string(100'000, 'x');
  const std::vector<Value> args{Value::string("needle"), Value(), Value::boolean(false)};
  EXPECT_EQ(answer(call_native(c, "_match", Value::string(text), args)),
            R"([{"offset":100000,"length":6,"string":"needle","captures":[]}])");
}

TEST(BudgetTest, BuildingOnWhatNobodyElseHoldsIsLinear) {
  Limits limits;
  limits.work_max = 2'000'000;
  Context c(limits, 0);
  Value text = Value::string(""), list = Value::array(), object = Value::object();
  for (int i = 0; i < 50'000; ++i) {
    auto longer = add(c, std::move(text), Value::string("x"));
    ASSERT_TRUE(longer) << i;
    text = *std::move(longer);
    auto grown = set_path(c, std::move(object), Value::array({Value::string("a"), Value::number(i)}),
                          Value::number(i));
    ASSERT_TRUE(grown) << i;
    object = *std::move(grown);
    auto more = add(c, std::move(list), Value::array({Value::number(i)}));
    ASSERT_TRUE(more) << i;
    list = *std::move(more);
  }
  EXPECT_EQ(text.size(), 50'000u);
  EXPECT_EQ(list.size(), 50'000u);
  EXPECT_EQ(object.get("a").size(), 50'000u);
}

TEST(BudgetTest, NativesAreSortedAndUnique) {
  const auto all = natives();
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_TRUE(all[i - 1].name < all[i].name ||
                (all[i - 1].name == all[i].name && all[i - 1].arity < all[i].arity))
        << all[i].name;
  }
}

}  // namespace
}  // namespace xf::expression
