// Scope: what the expressions of a task see, and their evaluation. What nobody reads is not built.
#pragma once

#include <expected>
#include <span>
#include <string_view>
#include <vector>

#include "xflow/engine/machine.h"

namespace xf::engine {

// The arguments that may be named at a place (feature map 1.5), one bit for each plan::Argument.
using Arguments = std::uint8_t;
constexpr Arguments bit(plan::Argument a) { return Arguments(1u << unsigned(a)); }

namespace arguments {
using enum plan::Argument;
inline constexpr Arguments kWorkflowFrom = bit(kSecrets) | bit(kWorkflow) | bit(kRuntime);
inline constexpr Arguments kWorkflowAs = kWorkflowFrom | bit(kContext);
inline constexpr Arguments kBefore = kWorkflowAs | bit(kTask);  // if, input.from
inline constexpr Arguments kBody = kBefore | bit(kInput) | bit(kAuthorization);
inline constexpr Arguments kOutputAs = kBody;
inline constexpr Arguments kExportAs = kBody | bit(kOutput);
}  // namespace arguments

// Where a template stands, for its evaluation and for messages.
struct Place {
  Arguments arguments = 0;
  std::string_view field;                 // "output.as"
  std::span<const Datum> own = {};        // names that only this place sees, behind those of the scope
  const Datum* output = nullptr;          // $output
  bool is_extension = false;              // $task also has the members of the task's definition
};

// The value, or the fault to raise at the frame. What reads a secret, or something that is hidden, is hidden.
std::expected<Datum, Fault> evaluate(Machine&, const Frame&, const plan::Template&, const Datum& input,
                                     const Place&);

// The same, raised at the frame when it fails: false.
bool evaluate_to(Machine&, Frame&, const plan::Template&, const Datum& input, const Place&, Datum& out);
// In the node's own work: over its transformed input.
bool evaluate_body(Machine&, Frame&, const plan::Template&, std::string_view field, Datum& out);
// The same for what leaves the instance otherwise than as the arguments of a call: it may hold no secret.
bool evaluate_open(Machine&, Frame&, const plan::Template&, std::string_view field, json::Value& out);
Fault secret_leaves(std::string_view field);
// now + the duration. An expression is evaluated over `input`.
std::expected<TimeUs, Fault> due_time(Machine&, const Frame&, const plan::Duration&, const Datum& input,
                                      const Place&);

// True when the template waits for secrets: it can only be evaluated when the call is sent.
bool is_sealed(const plan::Template&);
// [input, arguments…, variables…] for templates that are evaluated when the call is sent.
Datum sealed_arguments(Machine&, const Frame&);

}  // namespace xf::engine
