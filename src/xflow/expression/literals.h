// Numbers that keep their digits, as jq does until arithmetic.
#pragma once

#include <optional>
#include <string_view>

#include "base/json/value.h"

namespace xf::expression {

// -1.10 for 1.10. Zero stays without a sign.
json::Value negated_literal(const json::Value&);
// The number without its sign; a literal keeps its digits.
json::Value absolute(const json::Value&);
// Text as `tonumber` and `fromjson` read it: decimal digits, "nan", "inf", "Infinity"; nothing else, no white
// space.
std::optional<json::Value> read_number(std::string_view);

}  // namespace xf::expression
