// Answers on the terminal; see answers.h.
#include "cli/answers.h"

#include <iostream>

#include "base/json/print.h"
#include "base/uri_template.h"

namespace xf::cli {

using json::Value;

int complain(const Error& error) {
  std::cerr << "xflow: " << error.message << "\n";
  return error.code == Code::kUnavailable ? kUnreachable : kUsage;
}

int refused(const ApiAnswer& answer) {
  const Value& detail = answer.body.get("detail");
  std::cerr << "xflow: "
            << (detail.is_string() ? std::string(detail.as_string())
                                   : "the server answered " + std::to_string(answer.status))
            << "\n";
  for (const Value& problem : answer.body.get("problems").elements()) {
    auto text = [&](std::string_view key) {
      return problem.get(key).is_string() ? std::string(problem.get(key).as_string()) : "";
    };
    std::cerr << "  ";
    if (problem.get("line").is_number())
      std::cerr << json::print(problem.get("line")) << ":" << json::print(problem.get("column")) << ": ";
    std::cerr << text("pointer") << ": " << text("message");
    if (!text("hint").empty()) std::cerr << "; " << text("hint");
    std::cerr << "\n";
  }
  return answer.status == 400 && answer.body.find("problems") ? kUsage : kFailed;
}

void print_one(const Remote& remote, const Value& value) {
  if (remote.output == "json") {
    std::cout << json::print(value, {.indent = 2}) << "\n";
  } else if (remote.output == "yaml") {
    std::cout << to_yaml(value);
  } else {
    std::cout << to_lines(value);
  }
}

void print_rows(const Remote& remote, const Value& page, std::span<const Column> columns) {
  if (remote.output == "table") {
    std::cout << to_table(page.get("items").elements(), columns);
  } else {
    print_one(remote, page);
  }
}

std::string instance_path(const std::string& id, std::string_view rest) {
  return "/api/v1/instances/" + percent_encode(id) + std::string(rest);
}

}  // namespace xf::cli
