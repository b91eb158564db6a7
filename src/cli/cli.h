// The command line `xflow`. Commands talk to a server's API, except `run`, `validate` and `jq`, which work
// alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "xflow/runtime/runtime.h"

namespace xf::cli {

// What a command ends with. docs/guide/cli.md documents them.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,       // the workflow faulted or was cancelled; the server refused
  kUsage = 2,        // wrong usage, or a definition that is refused
  kJqCompile = 3,    // `jq`: the program does not compile
  kUnreachable = 4,  // no server answers
  kJqError = 5,      // `jq`: the program ended with an error
};

struct ServeOptions {
  std::string data = "./var";
  std::string listen = "127.0.0.1:8080";
  std::vector<std::string> outbound_allow;                   // addresses, ranges or hosts beyond the public internet
  std::vector<std::string> outbound_deny;                    // … that are never called
  bool outbound_only = false;                                // nothing but what is allowed
  std::vector<std::pair<std::string, std::string>> secrets;  // name → file
  std::string retain;                                        // ISO 8601; empty: for ever
  std::int64_t event_ttl_ms = 0;
};

// What only apps/ can make, since it alone names adapters.
struct Wiring {
  // A throw-away engine in memory. `secrets` maps names to values.
  std::function<Result<std::unique_ptr<runtime::Runtime>>(json::Value secrets)> throw_away;
  // Serves until a signal ends it; returns an exit code.
  std::function<int(const ServeOptions&)> serve;
};

int run_command_line(int argc, char** argv, const Wiring&);

}  // namespace xf::cli
