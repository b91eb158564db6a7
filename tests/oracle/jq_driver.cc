// jq_driver: our jq behind a pipe, for jq_oracle.py. One JSON object for each line of standard input:
//   {"program": text, "inputs": [value, …]}
// and one for each line of standard output, flushed:
//   {"results": [{"outputs": [text, …]} or {"outputs": […], "error": value} (+ "over_budget": true), …]}
//   {"compile_error": text}
// Outputs are printed values, so that the digits of numbers reach the oracle as they are.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/expression/program.h"

namespace {

using xf::json::Value;
using namespace xf::expression;

Value evaluate(const Program& program, const Value& input) {
  Value outputs = Value::array();
  const auto done = program.evaluate(input, {}, Environment{}, [&](Value v) {
    outputs = std::move(outputs).append(Value::string(xf::json::print(v)));
    return true;
  });
  Value result = Value::object({{"outputs", outputs}});
  if (done) return result;
  if (done.error().over_budget) result = std::move(result).with("over_budget", Value::boolean(true));
  return std::move(result).with("error", Value::string(xf::json::print(done.error().value)));
}

Value answer(const Value& request) {
  const auto program = Program::compile(request.get("program").as_string());
  if (!program) return Value::object({{"compile_error", Value::string(program.error().message)}});
  Value results = Value::array();
  for (const Value& input : request.get("inputs").elements()) {
    results = std::move(results).append(evaluate(**program, input));
  }
  return Value::object({{"results", results}});
}

int serve() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto request = xf::json::parse(line, {.jq_extensions = true});
    if (!request || !request->is_object()) {
      std::cerr << "jq_driver: " << (request ? "not an object" : request.error().message) << '\n';
      return 2;
    }
    std::cout << xf::json::print(answer(*request)) << std::endl;
  }
  return 0;
}

}  // namespace

// Evaluation wants kStackBytes of C stack: the main thread is run again with that much.
int main(int, char** argv) {
  std::ios::sync_with_stdio(false);
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < kStackBytes && limit.rlim_max >= 2 * kStackBytes) {
    limit.rlim_cur = 2 * kStackBytes;
    if (setrlimit(RLIMIT_STACK, &limit) == 0) execv("/proc/self/exe", argv);
  }
  return serve();
}
