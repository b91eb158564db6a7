// Reading a definition: text in, Plan out, or every problem at once.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "xflow/definition/plan/plan.h"
#include "xflow/definition/problem.h"

namespace xf::definition {

struct LoadOptions {
  std::string file = "<input>";  // for messages
  bool strict = false;           // hold the definition to its own document.dsl
};

inline constexpr std::size_t kSourceBytesMax = 1u << 20;
inline constexpr std::uint32_t kNestingMax = 128;

// YAML 1.2 or JSON. Fetches nothing.
std::expected<plan::PlanPtr, std::vector<Problem>> load(std::string_view text, const LoadOptions& = {});
// The canonical JSON of a loaded definition, as stored: loads again with load().
std::string canonical_source(const plan::Plan&);

}  // namespace xf::definition
