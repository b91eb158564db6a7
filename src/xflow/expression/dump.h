// Values as JSON text under the budget, and the texts of failures that quote values.
#pragma once

#include <string_view>

#include "xflow/expression/native.h"
#include "xflow/expression/text.h"

namespace xf::expression {

// Appends the value as JSON in one line; false: the budget is spent. Shared parts are written each time they
// occur, so the text may be far larger than the value.
[[nodiscard]] bool dump(Context&, Text& out, const json::Value&);
// `tojson`.
Outcome to_json(Context&, const json::Value&);
// `tostring`: strings as they are, everything else as JSON.
Outcome to_text(Context&, const json::Value&);

// `string ("abc") cannot be negated`
std::unexpected<Failure> type_error(const json::Value&, std::string_view what);
// `string ("abc") and number (1) cannot be added`
std::unexpected<Failure> type_error(const json::Value& a, const json::Value& b, std::string_view what);
// `Cannot iterate over number (1)`
std::unexpected<Failure> iterate_error(const json::Value&);

}  // namespace xf::expression
