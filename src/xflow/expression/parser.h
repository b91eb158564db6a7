// Parser: source text to tree. The grammar is jq 1.8's; nesting is bounded, so no text can exhaust the C
// stack.
#pragma once

#include <expected>
#include <span>
#include <string_view>
#include <vector>

#include "xflow/expression/ast.h"
#include "xflow/expression/program.h"

namespace xf::expression {

// Deepest nesting of brackets, and tallest tree, that a program may have.
inline constexpr std::uint16_t kNestingMax = 512;
inline constexpr std::uint16_t kHeightMax = 2048;

// The whole program. The tree points into `source` and `arena`.
std::expected<const Ast*, CompileError> parse(std::string_view source, Arena& arena);
// A library: definitions only.
std::expected<std::vector<const AstDef*>, CompileError> parse_library(std::string_view source, Arena& arena);

}  // namespace xf::expression
