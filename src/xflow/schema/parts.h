// The parts of a value whatever its kind is: none when it has none.
#pragma once

#include <span>

#include "base/json/value.h"

namespace xf::schema {

inline std::span<const json::Value> elements_of(const json::Value& value) noexcept {
  return value.is_array() ? value.elements() : std::span<const json::Value>();
}
inline std::span<const json::Member> members_of(const json::Value& value) noexcept {
  return value.is_object() ? value.members() : std::span<const json::Member>();
}

}  // namespace xf::schema
