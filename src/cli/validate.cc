// `xflow validate`; see validate.h.
#include "cli/validate.h"

#include <iostream>

#include "base/json/print.h"
#include "cli/cli.h"
#include "cli/input.h"
#include "cli/output.h"
#include "xflow/definition/load.h"

namespace xf::cli {
namespace {

std::vector<definition::Problem> check(const std::string& file, bool strict) {
  Result<std::string> text = file == "-" ? read_standard_input() : read_file(file);
  if (!text)
    return {
        {.file = file, .line = 0, .column = 0, .pointer = "", .message = text.error().message, .hint = ""}};
  auto plan = definition::load(*text, {.file = file, .strict = strict});
  if (plan) return {};
  return std::move(plan).error();
}

json::Value as_json(const definition::Problem& p) {
  return json::Value::object({{"file", json::Value::string(p.file)},
                              {"line", json::Value::integer(p.line)},
                              {"column", json::Value::integer(p.column)},
                              {"pointer", json::Value::string(p.pointer)},
                              {"message", json::Value::string(p.message)},
                              {"hint", json::Value::string(p.hint)}});
}

}  // namespace

int run_validate(const ValidateOptions& options) {
  bool refused = false;
  std::vector<json::Value> all;
  for (const std::string& file : options.files) {
    std::vector<definition::Problem> problems = check(file, options.strict);
    refused = refused || !problems.empty();
    if (options.output != "table") {
      for (const definition::Problem& problem : problems) all.push_back(as_json(problem));
      continue;
    }
    if (problems.empty()) std::cout << file << ": ok\n";
    for (const definition::Problem& problem : problems) std::cout << to_string(problem) << "\n";
  }
  const json::Value problems = json::Value::array(std::move(all));
  if (options.output == "json") std::cout << json::print(problems, {.indent = 2}) << "\n";
  if (options.output == "yaml") std::cout << to_yaml(problems);
  return refused ? kUsage : kOk;
}

}  // namespace xf::cli
