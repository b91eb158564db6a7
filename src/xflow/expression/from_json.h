// `fromjson`: one JSON text, read as jq reads it.
#pragma once

#include <string_view>

#include "xflow/expression/native.h"

namespace xf::expression {

// Failures are jq's texts, with line and column.
Outcome from_json(Context&, std::string_view text);

}  // namespace xf::expression
