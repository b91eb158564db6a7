// What `.[]` goes through: the elements of an array or the values of an object, by position.
#pragma once

#include "xflow/expression/native.h"

namespace xf::expression {

inline bool can_iterate(const json::Value& v) { return v.is_array() || v.is_object(); }
inline const json::Value& part_at(const json::Value& container, std::size_t i) {
  return container.is_array() ? container.elements()[i] : container.members()[i].value;
}

}  // namespace xf::expression
