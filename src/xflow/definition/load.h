// Reading a definition: text in, Plan out, or every problem at once.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "xflow/definition/plan/plan.h"

namespace xf::definition {

// One thing that is wrong, where, and what to write instead.
struct Problem {
  std::string file;
  std::uint32_t line = 0, column = 0;  // 1-based; 0: the whole document
  std::string pointer;                 // JSON Pointer: /do/0/getPet/with/method
  std::string message;
  std::string hint;                    // "did you mean …"; may be empty
};
// "orders.yaml:12:9: /do/0/getPet/with: unknown property 'methd'; did you mean 'method'?"
std::string to_string(const Problem&);

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
