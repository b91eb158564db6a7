// Reading a definition of DSL 1.0: a document tree in, a Plan out, or every problem in it.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/yaml/node.h"
#include "xflow/definition/plan/plan.h"
#include "xflow/definition/problem.h"

namespace xf::dsl1 {

struct Options {
  std::string file;
  bool is_strict = false;  // hold the definition to its own document.dsl
};

// A function by address: one task, which knows nothing of the definition that calls it but the eight arguments.
// Options::file is its address.
std::expected<plan::Plan, std::vector<definition::Problem>> read_function(const yaml::Node& root,
                                                                          const Options&);

// `digest` is left to the caller.
std::expected<plan::Plan, std::vector<definition::Problem>> read(const yaml::Node& root, const Options&);

}  // namespace xf::dsl1
