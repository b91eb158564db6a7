// jq's order of values under the budget: comparing two values that share their parts a million times takes
// long.
#pragma once

#include <expected>
#include <vector>

#include "xflow/expression/native.h"

namespace xf::expression {

// Beside compare() and equal() of native.h. Whether b is contained in a, as `contains` means it; both of one
// kind.
std::expected<bool, Failure> contains(Context&, const json::Value& a, const json::Value& b);

// The places 0…n-1 of `keys` in the order of their keys; equal keys stay in their order.
std::expected<std::vector<std::uint32_t>, Failure> sorted_places(Context&, std::span<const json::Value> keys);

}  // namespace xf::expression
