// `xflow jq PROGRAM [--input JSON|@file|-] [--budget N]`: one expression over its inputs, as the engine
// evaluates it.
#pragma once

#include <string>
#include <vector>

namespace xf::cli {

// `arguments` are those behind `jq`. It reads them itself: a program may begin with `-`.
int run_jq(const std::vector<std::string>& arguments);

}  // namespace xf::cli
