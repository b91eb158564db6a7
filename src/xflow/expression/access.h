// Reaching into one container: a key's value, its replacement, whether it is there.
#pragma once

#include "xflow/expression/native.h"

namespace xf::expression {

// target with `value` under `key`; null becomes an array or an object.
Outcome set(Context&, json::Value target, const json::Value& key, json::Value value);
Outcome has(Context&, const json::Value& target, const json::Value& key);

// Where a slice object ({start, end}) begins and ends in something of `size` elements or characters.
struct Range {
  std::size_t begin = 0, end = 0;
};
std::expected<Range, Failure> slice_range(std::size_t size, const json::Value& from, const json::Value& to);
// The same for the object; a member that is missing is refused, a null one is an open end.
std::expected<Range, Failure> slice_range(std::size_t size, const json::Value& slice);

}  // namespace xf::expression
