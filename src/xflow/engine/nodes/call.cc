#include "xflow/engine/nodes/call.h"

#include "base/json/print.h"
#include "base/uri_template.h"
#include "xflow/engine/attempt.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/resources.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

using json::Value;

// {name} takes the member of the input; the language has no other form.
std::expected<std::string, Fault> expand(std::string_view text, std::string_view field,
                                         const Value& input) {
  const auto parsed = UriTemplate::parse(text);
  if (!parsed)
    return std::unexpected(faults::make(Standard::kConfiguration, std::string(field) + ": " + parsed.error().message));
  for (const std::string& name : parsed->names()) {
    const Value& value = input.get(name);
    if (value.is_array() || value.is_object())
      return std::unexpected(faults::make(
          Standard::kExpression, std::string(field) + ": {" + name + "} is an " +
                                     std::string(json::to_string(value.kind())) +
                                     "; only a string, a number, a boolean or null can be put into a URI"));
  }
  return parsed->expand([&](std::string_view name) -> std::optional<std::string> {
    const Value& value = input.get(name);
    if (value.is_null()) return std::nullopt;
    return value.is_string() ? std::string(value.as_string()) : json::print(value);
  });
}

}  // namespace

bool expand_endpoint(Machine& m, Frame& frame, const plan::Endpoint& endpoint, std::string_view field,
                     Datum& out) {
  Datum uri;
  if (!evaluate_body(m, frame, endpoint.uri, field, uri)) return false;
  if (!uri.value().is_string()) {
    raise(m, frame, faults::make(Standard::kExpression, std::string(field) + " must give a string"));
    return false;
  }
  const auto fill = [&](const Value& text, const Value& input) -> std::expected<Value, Fault> {
    if (!text.is_string()) return mask();
    if (!endpoint.is_uri_template) return Value::string(address(m, frame, text.as_string()));
    auto expanded = expand(text.as_string(), field, input);
    if (!expanded) return std::unexpected(std::move(expanded).error());
    return Value::string(address(m, frame, *expanded));
  };
  auto value = fill(uri.value(), frame.input.value());
  if (!value) {
    raise(m, frame, std::move(value).error());
    return false;
  }
  if (uri.is_hidden() || frame.input.is_hidden()) {
    out = Datum::hidden(*std::move(value), fill(uri.shown(), frame.input.shown()).value_or(mask()));
  } else {
    out = *std::move(value);
  }
  return true;
}

void seal(Machine& m, Frame& frame, command::StartCall& call, bool is_sealed) {
  call.sealed = is_sealed;
  // An authentication's properties are evaluated when it is sent, too.
  if (!is_sealed && !call.authentication) return;
  const Datum arguments = sealed_arguments(m, frame);
  call.arguments = arguments.value();
  if (arguments.is_hidden()) call.shown_arguments = arguments.shown();
}

command::StartCall prepare_call(Machine& m, Frame& frame) {
  const CommandId id = m.next_id();
  CommandId key = 0;
  // Sent before by this very frame, and stopped by a fault elsewhere.
  if (const auto* before = std::get_if<CallState>(&frame.own); before && before->is_unsettled)
    key = before->key;
  if (key == 0) key = take_unsettled(m, frame);
  if (key == 0) key = id;
  frame.own = CallState{.key = key, .is_unsettled = true};
  m.watch(frame, WaitKind::kCall, id);
  command::StartCall call;
  call.id = id;
  call.node = frame.node;
  call.function = function_of(m, frame);
  call.task = task_name(m, frame);
  call.deadline = deadline(m, frame);
  call.attempt = attempt_of(frame);
  call.idempotency_key = m.s.id + '/' + std::to_string(key);
  return call;
}

void on_call(Machine& m, Frame& frame, WaitKind, const InputBody& body) {
  const auto& completed = std::get<input::CallCompleted>(body);
  auto& state = std::get<CallState>(frame.own);
  if (const auto* fault = std::get_if<Fault>(&completed.outcome)) {
    state.is_unsettled = completed.outcome_unknown;
    if (!state.is_unsettled) settle(m, frame, state.key);
    return raise(m, frame, *fault);
  }
  settle(m, frame, state.key);
  frame.own = {};
  m.complete(frame, std::get<json::Value>(completed.outcome));
}

}  // namespace xf::engine::nodes
