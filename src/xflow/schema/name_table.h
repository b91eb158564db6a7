// NameTable: property names to small numbers, for looking up every member of a value. Built once, never
// iterated.
#pragma once

#include <cstdint>
#include <vector>

#include "base/json/value.h"

namespace xf::schema {

class NameTable {
 public:
  static constexpr std::uint32_t kAbsent = ~0u;

  NameTable() = default;
  // Each name's number is its place in `names`, which are strings, all different.
  explicit NameTable(std::vector<json::Value> names);

  std::uint32_t find(const json::Value& name) const noexcept;
  const std::vector<json::Value>& names() const noexcept { return names_; }

 private:
  std::vector<json::Value> names_;
  std::vector<std::uint32_t> slots_;  // number + 1; 0 is free; a power of two, at least twice the names
  std::size_t mask_ = 0;
};

}  // namespace xf::schema
