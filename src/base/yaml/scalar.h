// What a plain scalar means: the core schema of YAML 1.2 (section 10.3.2), nothing of YAML 1.1: `on`, `yes`,
// `1:30` and `2026-01-01` are strings.
#pragma once

#include <string_view>

#include "base/json/value.h"

namespace xf::yaml {

// A number keeps its digits. JSON has neither infinity nor NaN: `.inf` is the largest double, `.nan` is null.
json::Value resolve_plain(std::string_view text);

// A number whose exponent no number can have: it would be written as another one.
bool is_out_of_range(const json::Value&);

}  // namespace xf::yaml
