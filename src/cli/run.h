// `xflow run FILE`: executes a definition to its end in a throw-away engine in this process.
#pragma once

#include <string>
#include <vector>

#include "cli/cli.h"

namespace xf::cli {

struct RunOptions {
  std::string file;
  std::string input;                 // JSON, @file or -; empty: {}
  std::string trace;                 // file for the lifecycle CloudEvents, one on each line
  std::vector<std::string> secrets;  // name=value, or name=@file
  bool strict = false;
};

// Output as JSON on stdout and kOk; a fault's error as one line of JSON, the last, on stderr and kFailed.
int run_run(const RunOptions&, const Wiring&);

}  // namespace xf::cli
