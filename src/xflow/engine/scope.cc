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

Value task_descriptor(Machine& m, const Frame& frame, bool is_extension) {
  const Frame& subject = described(frame);
  if (is_root(subject)) return {};
  const plan::Node& node = m.node(subject);
  Value task = is_extension || &subject != &frame ? node.definition : Value::object();
  if (!task.is_object()) task = Value::object();
  task = std::move(task).with("name", Value::string(node.name));
  task = std::move(task).with("reference", Value::string(node.reference));
  task = std::move(task).with("definition", node.definition);
  task = std::move(task).with("input", subject.raw);
  task = std::move(task).with("output", subject.output);
  return std::move(task).with("startedAt", date_time(subject.started_at));
}

Value argument(Machine& m, const Frame& frame, Argument which, const Place& place) {
  switch (which) {
    case Argument::kContext: return m.s.context;
    case Argument::kInput: return frame.input;
    case Argument::kOutput: return place.output ? *place.output : Value();
    case Argument::kTask: return task_descriptor(m, frame, place.is_extension);
    case Argument::kWorkflow: return workflow_descriptor(m);
    case Argument::kRuntime: return runtime_descriptor();
    case Argument::kSecrets:
    case Argument::kAuthorization: return {};
  }
  return {};
}

// The names that the frame's place sees, innermost last.
template <typename Wanted>
void fill_scope(const Frame& frame, Variables& values, const Wanted& wanted) {
  std::size_t at = plan::kArguments + frame.scope;
  const auto put = [&](const Value& value) {
    --at;
    if (wanted(at)) values[at] = value;
  };
  for (const Frame* f = &frame; at > plan::kArguments; f = f->parent) {
    const Own& own = f->parent->own;
    if (f->part == Part::kHandler) {
      put(std::get<std::unique_ptr<TryState>>(own)->error);
    } else if (f->part == Part::kBody) {
      if (const auto* loop = std::get_if<ForState>(&own)) {
        put(Value::integer(loop->index));
        put(loop->items.elements()[loop->index]);
      } else if (const auto* listen = std::get_if<std::unique_ptr<ListenState>>(&own)) {
        put(Value::integer((*listen)->index));
        put((*listen)->item);
      }
    }
  }
}

std::optional<Fault> refusal(const plan::Template& t, const Place& place) {
  if (t.uses(std::size_t(Argument::kSecrets)))
    return faults::make(Standard::kAuthorization, std::string(place.field) +
                                                      ": $secrets can be read only in the arguments and the "
                                                      "authentication of a call");
  if (t.uses(std::size_t(Argument::kAuthorization)))
    return faults::make(
        Standard::kAuthorization,
        std::string(place.field) + ": $authorization can be read only in the arguments of a call");
  return std::nullopt;
}

}  // namespace

std::expected<Value, Fault> evaluate(Machine& m, const Frame& frame, const plan::Template& t,
                                     const Value& input, const Place& place) {
  if (t.is_literal()) return t.value();
  if (auto fault = refusal(t, place)) return std::unexpected(*std::move(fault));
  Variables values(plan::kArguments + frame.scope + place.own.size());
  const auto wanted = [&t](std::size_t i) { return t.uses(i); };
  for (std::size_t i = 0; i < plan::kArguments; ++i)
    if ((place.arguments >> i & 1u) && wanted(i)) values[i] = argument(m, frame, Argument(i), place);
  if (frame.scope > 0) fill_scope(frame, values, wanted);
  for (std::size_t i = 0; i < place.own.size(); ++i)
    values[plan::kArguments + frame.scope + i] = place.own[i];
  auto result = t.evaluate(input, values.span(), expression::Environment{.now = m.now, .limits = {}});
  if (!result) return std::unexpected(faults::expression(place.field, result.error()));
  return *std::move(result);
}

bool evaluate_to(Machine& m, Frame& frame, const plan::Template& t, const Value& input, const Place& place,
                 Value& out) {
  auto result = evaluate(m, frame, t, input, place);
  if (result) {
    out = *std::move(result);
    return true;
  }
  raise(m, frame, std::move(result).error());
  return false;
}

bool evaluate_body(Machine& m, Frame& frame, const plan::Template& t, std::string_view field, Value& out) {
  return evaluate_to(m, frame, t, frame.input, Place{.arguments = arguments::kBody, .field = field}, out);
}

std::expected<TimeUs, Fault> due_time(Machine& m, const Frame& frame, const plan::Duration& d,
                                      const Value& input, const Place& place) {
  if (!d.expression) return plan::add(m.now, d);
  auto value = evaluate(m, frame, *d.expression, input, place);
  if (!value) return std::unexpected(std::move(value).error());
  const Result<plan::Duration> parsed = plan::parse_duration(*value);
  if (parsed) return plan::add(m.now, *parsed);
  return std::unexpected(faults::make(
      Standard::kExpression, std::string(place.field) + " is no duration: " + parsed.error().message));
}

bool is_sealed(const plan::Template& t) {
  return !t.is_literal() &&
         (t.uses(std::size_t(Argument::kSecrets)) || t.uses(std::size_t(Argument::kAuthorization)));
}

Value sealed_arguments(Machine& m, const Frame& frame) {
  Variables values(plan::kArguments + frame.scope);
  for (std::size_t i = 0; i < plan::kArguments; ++i) values[i] = argument(m, frame, Argument(i), Place{});
  fill_scope(frame, values, [](std::size_t) { return true; });
  std::vector<Value> all{frame.input};
  for (const Value& value : values.span()) all.push_back(value);
  return Value::array(std::move(all));
}

}  // namespace xf::engine
