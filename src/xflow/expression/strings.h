// Strings as values: cutting, joining, searching.
#pragma once

#include <string_view>

#include "xflow/expression/native.h"

namespace xf::expression {

// The parts between separators; an empty separator gives the characters.
Outcome split(Context&, std::string_view text, std::string_view separator);

}  // namespace xf::expression
