// raise: a fault, as the definition describes it. Where it says no `instance`, that is this task.
//   enter → fault
#include "xflow/engine/fault.h"
#include "xflow/engine/kinds.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

using json::Value;

std::string text_of(const Value& value) {
  return value.is_string() ? std::string(value.as_string()) : std::string();
}

void enter(Machine& m, Frame& frame) {
  const plan::ErrorTemplate& error = m.body<plan::Raise>(frame).error;
  Datum type, status, title, detail, instance;
  if (!evaluate_body(m, frame, error.type, "raise.error.type", type)) return;
  if (!evaluate_body(m, frame, error.status, "raise.error.status", status)) return;
  if (!evaluate_body(m, frame, error.title, "raise.error.title", title)) return;
  if (!evaluate_body(m, frame, error.detail, "raise.error.detail", detail)) return;
  if (!evaluate_body(m, frame, error.instance, "raise.error.instance", instance)) return;
  // A fault is for people: it says what may be seen.
  if (!type.shown().is_string() || !status.shown().is_number())
    return raise(m, frame,
                 faults::make(Standard::kExpression,
                              "raise.error needs a type that is a string and a status that is a number"));
  Fault fault{.type = text_of(type.shown()), .status = std::int64_t(status.shown().as_double())};
  fault.title = text_of(title.shown());
  fault.detail = text_of(detail.shown());
  fault.instance = text_of(instance.shown());
  raise(m, frame, std::move(fault));
}

}  // namespace

constinit const Kind kRaise = {.enter = enter};

}  // namespace xf::engine::nodes
