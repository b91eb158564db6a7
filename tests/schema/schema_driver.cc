// Runs cases of the public JSON-Schema-Test-Suite for suite.py. The first line is {"uri": document, …}; each
// further line {"schema": …, "data": [values], "format": assert it?} is answered by one line: an array of
// true, false or an error's text for each value, or the text alone when the schema is refused.
#include <cstdio>
#include <iostream>
#include <string>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/schema/schema.h"

namespace {

using xf::json::Value;

using Documents = std::vector<std::pair<std::string, Value>>;

Value answer(const Value& request, const Documents& documents) {
  const auto schema = xf::schema::Schema::compile(request.get("schema"), documents);
  if (!schema) return Value::string(schema.error().message);
  xf::schema::Options options;
  options.assert_format = request.get("format").truthy();
  Value results = Value::array();
  for (const Value& data : request.get("data").elements()) {
    const auto violations = (*schema)->validate(data, options);
    results = std::move(results).append(violations ? Value::boolean(violations->empty())
                                                   : Value::string(violations.error().message));
  }
  return results;
}

}  // namespace

int main() {
  std::string line;
  std::getline(std::cin, line);
  const auto given = xf::json::parse(line);
  if (!given) return 2;
  Documents documents;
  for (const auto& member : given->members()) documents.emplace_back(member.key.as_string(), member.value);
  while (std::getline(std::cin, line)) {
    const auto request = xf::json::parse(line);
    const Value reply = request ? answer(*request, documents) : Value::string(request.error().message);
    std::cout << xf::json::print(reply) << std::endl;
  }
}
