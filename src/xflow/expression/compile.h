// Compiler: tree to graph. Gives every name its meaning, folds constants, and marks what is single. A
// function that does not call itself is compiled into each place that calls it, its arguments in place of its
// parameters; so most programs contain no calls at all.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "xflow/expression/ast.h"
#include "xflow/expression/node.h"
#include "xflow/expression/program.h"

namespace xf::expression {

struct Compiled {
  Graph graph;
  Function main;
  std::vector<bool> used;  // of CompileOptions::variables
};

std::expected<void, CompileError> compile(std::string_view source, const CompileOptions&, Compiled& out);

// Names of functions close to `name`, for a hint; empty when there is none.
std::string suggestion(std::string_view name, std::size_t arity);
// Why a function of jq is missing here on purpose; empty when it is not.
std::string_view refusal(std::string_view name, std::size_t arity);

}  // namespace xf::expression
