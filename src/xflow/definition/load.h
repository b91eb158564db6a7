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
// A function by its address: one task, as it was fetched.
std::expected<plan::PlanPtr, std::vector<Problem>> load_function(const json::Value& content,
                                                                 const std::string& address);
// A loaded definition as it is stored: JSON that load() makes the same Plan of. Members keep their order and numbers
// their digits, because both show in what the instances compute; only the digest is blind to them.
std::string stored_source(const plan::Plan&);

}  // namespace xf::definition
