// "Did you mean": the known name nearest to what was written.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xf::dsl1 {

// The nearest of `known` by edit distance; empty when none is near enough to be a slip.
std::string_view nearest(std::string_view written, std::span<const std::string_view> known);

// "did you mean 'method'?", else "known here: a, b, c", else empty.
std::string suggestion(std::string_view written, std::span<const std::string_view> known);

}  // namespace xf::dsl1
