// Reading YAML 1.2 (core schema) or JSON text into a tree that knows its positions.
//
// One document; mapping keys are scalars and become strings; duplicate keys, merge keys (`<<`, which YAML 1.2
// does not have), tags beyond the core schema and anything over the limits are refused.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/node.h"

namespace xf::yaml {

struct Limits {
  std::size_t bytes_max = 1u << 20;
  std::uint32_t depth_max = 128;
  // What anchors and aliases may copy: values, and bytes of their text.
  std::size_t copied_nodes_max = 20'000;
  std::size_t copied_bytes_max = 1u << 20;
};

struct Problem {
  Position position;
  std::string message;
  std::string hint;  // may be empty
};

std::expected<Node, std::vector<Problem>> parse(std::string_view text, const Limits& = {});

}  // namespace xf::yaml
