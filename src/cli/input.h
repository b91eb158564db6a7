// `--input`: JSON text, `@file` or `-` for standard input.
#pragma once

#include <string>
#include <string_view>

#include "base/json/value.h"
#include "base/result.h"

namespace xf::cli {

Result<std::string> read_file(const std::string& path);
Result<std::string> read_standard_input();
// The text that an argument stands for.
Result<std::string> read_argument(std::string_view argument);
// The same, parsed.
Result<json::Value> read_json(std::string_view argument);

}  // namespace xf::cli
