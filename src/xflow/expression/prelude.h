// Prelude: the built-in functions that are themselves written in the language.
#pragma once

#include <span>
#include <string_view>

#include "xflow/expression/ast.h"

namespace xf::expression {

// The definition, or null. Names that begin with `_` are for the prelude's own use.
// The text is parsed when first asked for, and kept.
const AstDef* find_prelude(std::string_view name, std::size_t arity);
std::span<const AstDef* const> prelude();

}  // namespace xf::expression
