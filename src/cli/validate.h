// `xflow validate FILE…`: every problem of every file.
#pragma once

#include <string>
#include <vector>

namespace xf::cli {

struct ValidateOptions {
  std::vector<std::string> files;
  bool strict = false;
  std::string output = "table";
};
int run_validate(const ValidateOptions&);

}  // namespace xf::cli
