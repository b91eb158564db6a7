// emit: publishes a CloudEvent. Its output is the whole event.
//   enter → Publish, complete(event)
// What the definition leaves out: specversion 1.0, an id out of the instance's own chance,
// `/{ns}/{name}/{version}` as source, the turn's time.
#include "base/random.h"
#include "xflow/engine/data_flow.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/kinds.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

using json::Value;

Value with_defaults(Machine& m, const Value& given) {
  const auto or_else = [&given](std::string_view key, auto make) {
    const Value& value = given.get(key);
    return value.is_null() ? make() : value;
  };
  Value event = Value::object();
  const auto put = [&event](std::string_view key, Value value) {
    event = std::move(event).with(key, std::move(value));
  };
  put("specversion", or_else("specversion", [] { return Value::string("1.0"); }));
  put("id", or_else("id", [&m] {
        const std::uint64_t first = m.random();
        return Value::string(uuid_v7(m.now, {first, m.random()}));
      }));
  put("source", or_else("source", [&m] {
        const plan::DefinitionId& id = m.plan.id;
        return Value::string('/' + id.ns + '/' + id.name + '/' + id.version);
      }));
  put("type", given.get("type"));
  put("time", or_else("time", [&m] { return Value::string(to_iso8601(m.now)); }));
  for (const json::Member& member : given.members())
    event = std::move(event).with(member.key,
                                  member.value.is_null() ? event.get(member.key.as_string()) : member.value);
  return event;
}

void enter(Machine& m, Frame& frame) {
  Value given;
  if (!evaluate_open(m, frame, m.body<plan::Emit>(frame).event, "emit.event.with", given)) return;
  if (!given.is_object() || !given.get("type").is_string())
    return raise(m, frame,
                 faults::make(Standard::kExpression, "emit.event.with must give an object with a type"));
  Value event = with_defaults(m, given);
  if (!admit(m, frame, event, "the event")) return;
  m.issue(command::Publish{.id = m.next_id(), .event = event});
  m.complete(frame, std::move(event));
}

}  // namespace

constinit const Kind kEmit = {.enter = enter};

}  // namespace xf::engine::nodes
