// Faults: the language's standard errors, and whether an error is the one that a filter means.
#pragma once

#include <string>
#include <string_view>

#include "xflow/engine/input.h"
#include "xflow/expression/program.h"
#include "xflow/schema/schema.h"

namespace xf::engine {

enum class Standard : std::uint8_t {
  kConfiguration,
  kValidation,
  kExpression,
  kAuthentication,
  kAuthorization,
  kTimeout,
  kCommunication,
  kRuntime,
};

namespace faults {

// The URI that this program says: the one of the specification's table.
std::string type_of(Standard);

Fault make(Standard, std::string detail);  // with the standard's status and title
inline Fault runtime(std::string detail) { return make(Standard::kRuntime, std::move(detail)); }
inline Fault timeout(std::string detail) { return make(Standard::kTimeout, std::move(detail)); }
// `where`: the field of the definition, "output.as".
Fault expression(std::string_view where, const expression::EvalError&);
// The same where the message could tell a secret.
Fault hidden_expression(std::string_view where);
Fault missing_secret(std::string_view where, std::string_view name);
Fault validation(std::string_view what, const std::vector<schema::Violation>&);
Fault unavailable(std::string_view what);
Fault inbox_full();  // of a listen task

// Two type URIs that mean the same error. Standard types are the same across both hosts and both path
// prefixes.
bool same_type(std::string_view, std::string_view);

}  // namespace faults
}  // namespace xf::engine
