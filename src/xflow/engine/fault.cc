#include "xflow/engine/fault.h"

#include <array>

namespace xf::engine {
namespace {

using json::Value;

struct Kind {
  std::string_view name;
  std::int64_t status;
  std::string_view title;
};
constexpr std::array<Kind, 8> kKinds = {{
    {"configuration", 400, "Configuration Error"},
    {"validation", 400, "Validation Error"},
    {"expression", 400, "Expression Error"},
    {"authentication", 401, "Authentication Error"},
    {"authorization", 403, "Authorization Error"},
    {"timeout", 408, "Timeout Error"},
    {"communication", 500, "Communication Error"},
    {"runtime", 500, "Runtime Error"},
}};

constexpr std::string_view kPrefix = "https://open-workflow-specification.org/spec/1.0.0/errors/";
constexpr std::array<std::string_view, 4> kPrefixes = {
    kPrefix,
    "https://open-workflow-specification.org/dsl/errors/types/",
    "https://serverlessworkflow.io/spec/1.0.0/errors/",
    "https://serverlessworkflow.io/dsl/errors/types/",
};

// The name of a standard type; empty when the URI is none.
std::string_view standard_name(std::string_view type) {
  for (const std::string_view prefix : kPrefixes) {
    if (!type.starts_with(prefix)) continue;
    const std::string_view name = type.substr(prefix.size());
    for (const Kind& kind : kKinds)
      if (kind.name == name) return kind.name;
  }
  return {};
}

}  // namespace

json::Value to_json(const Fault& fault) {
  std::vector<json::Member> members;
  const auto add = [&](std::string_view key, Value value) {
    members.push_back({Value::string(key), std::move(value)});
  };
  add("type", Value::string(fault.type));
  add("status", Value::integer(fault.status));
  if (!fault.title.empty()) add("title", Value::string(fault.title));
  if (!fault.detail.empty()) add("detail", Value::string(fault.detail));
  if (!fault.instance.empty()) add("instance", Value::string(fault.instance));
  if (fault.extra.is_object())
    for (const json::Member& member : fault.extra.members()) members.push_back(member);
  return Value::object(std::move(members));
}

namespace faults {

std::string type_of(Standard standard) {
  return std::string(kPrefix) + std::string(kKinds[std::size_t(standard)].name);
}

Fault make(Standard standard, std::string detail) {
  const Kind& kind = kKinds[std::size_t(standard)];
  return {.type = type_of(standard),
          .status = kind.status,
          .title = std::string(kind.title),
          .detail = std::move(detail)};
}

Fault expression(std::string_view where, const expression::EvalError& error) {
  std::string detail = std::string(where) + ": " + error.message;
  if (!error.hint.empty()) detail += "; " + error.hint;
  return make(Standard::kExpression, std::move(detail));
}

Fault hidden_expression(std::string_view where) {
  return make(Standard::kExpression,
              std::string(where) + ": the expression failed; why is not told, because it reads a secret");
}

Fault missing_secret(std::string_view where, std::string_view name) {
  return make(Standard::kAuthorization, std::string(where) + ": the secret '" + std::string(name) +
                                            "' is declared, but this engine was not given it (--secret " +
                                            std::string(name) + "=…)");
}

Fault validation(std::string_view what, const std::vector<schema::Violation>& violations) {
  std::string detail = std::string(what) + " does not fit its schema: ";
  for (std::size_t i = 0; i < violations.size(); ++i) {
    if (i > 0) detail += "; ";
    const std::string& at = violations[i].instance_pointer;
    detail += (at.empty() ? "the value" : at) + " " + violations[i].message;
  }
  return make(Standard::kValidation, std::move(detail));
}

Fault unavailable(std::string_view what) {
  return runtime(std::string(what) + " is not available in this build");
}

Fault inbox_full() {
  return runtime("more events came than the task could take: its inbox holds 10,000, within the instance's 8 MiB");
}

bool same_type(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const std::string_view name = standard_name(a);
  return !name.empty() && name == standard_name(b);
}

}  // namespace faults
}  // namespace xf::engine
