// The natives of each file; natives() puts them together.
#pragma once

#include <span>

#include "xflow/expression/native.h"

namespace xf::expression {

std::span<const Native> collection_natives();
std::span<const Native> conversion_natives();
std::span<const Native> date_natives();
std::span<const Native> entry_natives();
std::span<const Native> math_natives();
std::span<const Native> order_natives();
std::span<const Native> regex_natives();
std::span<const Native> string_natives();

}  // namespace xf::expression
