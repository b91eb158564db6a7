#include "xflow/engine/scope.h"

#include <array>

#include "xflow/definition/plan/duration.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/revision.h"

namespace xf::engine {
namespace {

using json::Value;
using plan::Argument;

// The values for one evaluation; room for most without a heap block.
class Variables {
 public:
  explicit Variables(std::size_t size) : size_(size) {
    if (size > kInline) more_.resize(size);
  }
  Value& operator[](std::size_t i) { return data()[i]; }
  std::span<const Value> span() { return {data(), size_}; }

 private:
  static constexpr std::size_t kInline = plan::kArguments + 8;
  Value* data() { return size_ > kInline ? more_.data() : few_.data(); }

  std::size_t size_;
  std::array<Value, kInline> few_;
  std::vector<Value> more_;
};

Value date_time(TimeUs t) {
  const Value epoch = Value::object(
      {{"seconds", Value::integer(t / kUsPerSecond)}, {"milliseconds", Value::integer(t / kUsPerMs)}});
  return Value::object({{"iso8601", Value::string(to_iso8601(t))}, {"epoch", epoch}});
}

const Value& workflow_descriptor(Machine& m) {
  if (m.s.workflow_descriptor.is_null()) {
    m.s.workflow_descriptor = Value::object({{"id", Value::string(m.s.id)},
                                             {"definition", m.plan.source},
                                             {"input", m.s.input},
                                             {"startedAt", date_time(m.s.started_at)}});
  }
  return m.s.workflow_descriptor;
}

const Value& runtime_descriptor() {
  static const Value kRuntime = Value::object({{"name", Value::string("xflow")},
                                               {"version", Value::string(kRuntimeVersion)},
                                               {"metadata", Value::object()}});
  return kRuntime;
}

// The task that `$task` describes: inside an extension the extended one, as the specification's example reads
// it.
const Frame& described(const Frame& frame) {
  for (const Frame* at = &frame; at->parent; at = at->parent)
    if (at->part == Part::kBefore || at->part == Part::kAfter) return *at->parent;
  return frame;
}

Datum task_descriptor(Machine& m, const Frame& frame, bool is_extension) {
  const Frame& subject = described(frame);
  if (is_root(subject)) return {};
  const plan::Node& node = m.node(subject);
  Value task = is_extension || &subject != &frame ? node.definition : Value::object();
  if (!task.is_object()) task = Value::object();
  task = std::move(task).with("name", Value::string(node.name));
  task = std::move(task).with("reference", Value::string(node.reference));
  task = std::move(task).with("definition", node.definition);
  task = std::move(task).with("startedAt", date_time(subject.started_at));
  return with(with(task, "input", subject.raw), "output", subject.output);
}

// Secrets are the definition's own: a fetched function has none.
Datum secrets_of(Machine& m, const Frame& frame) {
  if (frame.function) return Value::object();
  Value known = Value::object();
  for (const std::string& name : m.plan.secrets) known = std::move(known).with(name, m.secrets.get(name));
  return Datum::hidden(known, masked(known));
}

Datum argument(Machine& m, const Frame& frame, Argument which, const Place& place) {
  switch (which) {
    case Argument::kContext: return m.s.context;
    case Argument::kInput: return frame.input;
    case Argument::kOutput: return place.output ? *place.output : Datum();
    case Argument::kTask: return task_descriptor(m, frame, place.is_extension);
    case Argument::kWorkflow: return workflow_descriptor(m);
    case Argument::kRuntime: return runtime_descriptor();
    case Argument::kSecrets: return secrets_of(m, frame);
    case Argument::kAuthorization: return {};
  }
  return {};
}

// The names that the frame's place sees, innermost last.
template <typename Put>
void each_in_scope(const Frame& frame, const Put& put_at) {
  std::size_t at = plan::kArguments + frame.scope;
  const auto put = [&](const Datum& value) { put_at(--at, value); };
  for (const Frame* f = &frame; at > plan::kArguments; f = f->parent) {
    const Own& own = f->parent->own;
    if (f->part == Part::kHandler) {
      put(std::get<std::unique_ptr<TryState>>(own)->error);
    } else if (f->part == Part::kBody) {
      if (const auto* loop = std::get_if<ForState>(&own)) {
        put(Value::integer(loop->index));
        put(element_of(loop->items, loop->index));
      } else if (const auto* listen = std::get_if<std::unique_ptr<ListenState>>(&own)) {
        put(Value::integer((*listen)->index));
        put((*listen)->item);
      }
    }
  }
}

// Gives the sink every variable that the template names at this place.
template <typename Sink>
void each_variable(Machine& m, const Frame& frame, const plan::Template& t, const Place& place,
                   const Sink& sink) {
  for (std::size_t i = 0; i < plan::kArguments; ++i)
    if ((place.arguments >> i & 1u) && t.uses(i)) sink(i, argument(m, frame, Argument(i), place));
  if (frame.scope > 0) {
    each_in_scope(frame, [&](std::size_t at, const Datum& value) {
      if (t.uses(at)) sink(at, value);
    });
  }
  for (std::size_t i = 0; i < place.own.size(); ++i) sink(plan::kArguments + frame.scope + i, place.own[i]);
}

// $authorization where there is none, or $secrets that nobody gave.
std::optional<Fault> refusal(const Machine& m, const Frame& frame, const plan::Template& t,
                             const Place& place) {
  if (t.uses(std::size_t(Argument::kAuthorization)))
    return faults::make(
        Standard::kAuthorization,
        std::string(place.field) + ": $authorization can be read only in the arguments of a call");
  if (!t.uses(std::size_t(Argument::kSecrets)) || frame.function) return std::nullopt;
  for (const std::string& name : m.plan.secrets)
    if (!m.secrets.find(name)) return faults::missing_secret(place.field, name);
  return std::nullopt;
}

}  // namespace

std::expected<Datum, Fault> evaluate(Machine& m, const Frame& frame, const plan::Template& t,
                                     const Datum& input, const Place& place) {
  if (t.is_literal()) return t.value();
  if (auto fault = refusal(m, frame, t, place)) return std::unexpected(*std::move(fault));
  const std::size_t size = plan::kArguments + frame.scope + place.own.size();
  const expression::Environment environment{.now = m.now, .limits = {}};
  Variables values(size);
  bool is_hidden = input.is_hidden();
  each_variable(m, frame, t, place, [&](std::size_t i, const Datum& value) {
    values[i] = value.value();
    is_hidden |= value.is_hidden();
  });
  auto result = t.evaluate(input.value(), values.span(), environment);
  if (!is_hidden) {
    if (!result) return std::unexpected(faults::expression(place.field, result.error()));
    return *std::move(result);
  }
  if (!result) return std::unexpected(faults::hidden_expression(place.field));
  // The same once more, by someone who knows no secret.
  Variables seen(size);
  each_variable(m, frame, t, place, [&](std::size_t i, const Datum& value) { seen[i] = value.shown(); });
  auto shown = t.evaluate(input.shown(), seen.span(), environment);
  Datum out = Datum::hidden(*std::move(result), shown ? *std::move(shown) : mask());
  m.s.holds_secrets |= out.is_hidden();
  return out;
}

bool evaluate_to(Machine& m, Frame& frame, const plan::Template& t, const Datum& input, const Place& place,
                 Datum& out) {
  auto result = evaluate(m, frame, t, input, place);
  if (result) {
    out = *std::move(result);
    return true;
  }
  raise(m, frame, std::move(result).error());
  return false;
}

bool evaluate_body(Machine& m, Frame& frame, const plan::Template& t, std::string_view field, Datum& out) {
  return evaluate_to(m, frame, t, frame.input, Place{.arguments = arguments::kBody, .field = field}, out);
}

Fault secret_leaves(std::string_view field) {
  return faults::make(Standard::kAuthorization,
                      std::string(field) + " holds what was read from a secret; a secret leaves a workflow only in the "
                                           "arguments and the authentication of a call");
}

bool evaluate_open(Machine& m, Frame& frame, const plan::Template& t, std::string_view field, Value& out) {
  Datum value;
  if (!evaluate_body(m, frame, t, field, value)) return false;
  if (value.is_hidden()) {
    raise(m, frame, secret_leaves(field));
    return false;
  }
  out = value.value();
  return true;
}

std::expected<TimeUs, Fault> due_time(Machine& m, const Frame& frame, const plan::Duration& d,
                                      const Datum& input, const Place& place) {
  if (!d.expression) return plan::add(m.now, d);
  auto value = evaluate(m, frame, *d.expression, input, place);
  if (!value) return std::unexpected(std::move(value).error());
  if (value->is_hidden()) return std::unexpected(secret_leaves(place.field));
  const Result<plan::Duration> parsed = plan::parse_duration(value->value());
  if (parsed) return plan::add(m.now, *parsed);
  return std::unexpected(faults::make(
      Standard::kExpression, std::string(place.field) + " is no duration: " + parsed.error().message));
}

bool is_sealed(const plan::Template& t) {
  return !t.is_literal() &&
         (t.uses(std::size_t(Argument::kSecrets)) || t.uses(std::size_t(Argument::kAuthorization)));
}

Datum sealed_arguments(Machine& m, const Frame& frame) {
  std::vector<Datum> all(1 + plan::kArguments + frame.scope);
  all[0] = frame.input;
  for (std::size_t i = 0; i < plan::kArguments; ++i)
    if (Argument(i) != Argument::kSecrets) all[1 + i] = argument(m, frame, Argument(i), Place{});
  each_in_scope(frame, [&](std::size_t at, const Datum& value) { all[1 + at] = value; });
  return array_of(all);
}

}  // namespace xf::engine
