// For tests: tables of natives, their inputs and what they answer.
#pragma once

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/expression/native.h"

namespace xf::expression {

struct NativeCase {
  const char* name;  // operators: _add _subtract _multiply _divide _modulo _neg _index _slice
  const char* input;
  const char* args;      // JSON, between commas
  const char* expected;  // JSON, or "! " and the failure's text
};

inline json::Value test_value(const std::string& text) {
  json::ParseOptions options;
  options.jq_extensions = true;
  auto v = json::parse(text, options);
  EXPECT_TRUE(v.has_value()) << text;
  return v ? *v : json::Value::null();
}

inline Outcome call_native(Context& c, std::string_view name, const json::Value& in,
                           std::span<const json::Value> a) {
  if (name == "_add") return add(c, a[0], a[1]);
  if (name == "_subtract") return subtract(c, a[0], a[1]);
  if (name == "_multiply") return multiply(c, a[0], a[1]);
  if (name == "_divide") return divide(c, a[0], a[1]);
  if (name == "_modulo") return modulo(c, a[0], a[1]);
  if (name == "_neg") return negate(c, in);
  if (name == "_index") return index(c, in, a[0]);
  if (name == "_slice") return slice(c, in, a[0], a[1]);
  for (const Native& n : natives()) {
    if (n.name == name && n.arity == a.size()) return n.call(c, in, a);
  }
  return fail_with("there is no such native");
}

inline std::string answer(const Outcome& outcome) {
  if (outcome) return json::print(*outcome);
  if (outcome.error().over_budget) return "over budget";
  const json::Value& v = outcome.error().value;
  return "! " + (v.is_string() ? std::string(v.as_string()) : json::print(v));
}

inline void check_natives(std::span<const NativeCase> cases) {
  for (const NativeCase& k : cases) {
    const Limits limits;
    Context c(limits, 1'700'000'000'123'456);
    const json::Value args = test_value("[" + std::string(k.args) + "]");
    EXPECT_EQ(answer(call_native(c, k.name, test_value(k.input), args.elements())), k.expected)
        << k.input << " | " << k.name << "(" << k.args << ")";
  }
}

}  // namespace xf::expression
