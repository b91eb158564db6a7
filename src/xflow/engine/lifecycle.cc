// Lifecycle CloudEvents (feature map 1.12) out of trace entries. Nothing is evaluated: all that they say is
// in the entry.
#include <array>

#include "xflow/engine/trace.h"

namespace xf::engine {
namespace {

using json::Value;

struct Kind {
  std::string_view type;  // after io.serverlessworkflow.
  std::string_view when;  // the member that holds the time
};
// In the order of Happened. A skipped task has no event of its own: it is a change of status.
constexpr std::array<Kind, 17> kKinds = {{
    {"workflow.started.v1", "startedAt"},
    {"workflow.suspended.v1", "suspendedAt"},
    {"workflow.resumed.v1", "resumedAt"},
    {"workflow.correlation-started.v1", "startedAt"},
    {"workflow.correlation-completed.v1", "completedAt"},
    {"workflow.cancelled.v1", "cancelledAt"},
    {"workflow.faulted.v1", "faultedAt"},
    {"workflow.completed.v1", "completedAt"},
    {"task.created.v1", "createdAt"},
    {"task.started.v1", "startedAt"},
    {"task.suspended.v1", "suspendedAt"},
    {"task.resumed.v1", "resumedAt"},
    {"task.retried.v1", "retriedAt"},
    {"task.cancelled.v1", "cancelledAt"},
    {"task.faulted.v1", "faultedAt"},
    {"task.completed.v1", "completedAt"},
    {"task.status-changed.v1", "updatedAt"},
}};

// What the entry's data is called in the event; empty: it is an object whose members stand beside the others.
std::string_view name_of_data(Happened what) {
  switch (what) {
    case Happened::kWorkflowCompleted:
    case Happened::kTaskCompleted: return "output";
    case Happened::kWorkflowFaulted:
    case Happened::kTaskFaulted: return "error";
    case Happened::kCorrelationStarted:
    case Happened::kCorrelationCompleted: return "correlationKeys";
    default: return {};
  }
}

bool is_of_task(Happened what) { return what >= Happened::kTaskCreated; }

Value subject_of(const TraceEntry& entry, const plan::DefinitionId& id) {
  const Value qualified = Value::string(id.name + "." + id.ns);
  if (!is_of_task(entry.what)) return Value::object({{"name", qualified}});
  Value data = Value::object({{"workflow", qualified}, {"task", Value::string(entry.task)}});
  if (entry.iteration >= 0) data = std::move(data).with("iteration", Value::integer(entry.iteration));
  return data;
}

Value data_of(const TraceEntry& entry, const Value& time, const plan::DefinitionId& id) {
  Value data = subject_of(entry, id);
  if (entry.what == Happened::kWorkflowStarted)
    data = std::move(data).with("definition", Value::object({{"namespace", Value::string(id.ns)},
                                                             {"name", Value::string(id.name)},
                                                             {"version", Value::string(id.version)}}));
  data = std::move(data).with(kKinds[std::size_t(entry.what)].when, time);
  if (entry.what == Happened::kTaskSkipped) return std::move(data).with("status", Value::string("skipped"));
  if (const std::string_view name = name_of_data(entry.what); !name.empty())
    return std::move(data).with(name, entry.data);
  if (entry.data.is_object())
    for (const json::Member& member : entry.data.members())
      data = std::move(data).with(member.key, member.value);
  return data;
}

}  // namespace

json::Value to_cloud_event(const TraceEntry& entry, TracePosition position, TimeUs at,
                           const std::string& instance, const plan::DefinitionId& id) {
  const Value time = Value::string(to_iso8601(at));
  const std::string number = std::to_string(position.seq) + '.' + std::to_string(position.index);
  const std::string type = "io.serverlessworkflow." + std::string(kKinds[std::size_t(entry.what)].type);
  return Value::object({{"specversion", Value::string("1.0")},
                        {"id", Value::string(instance + '/' + number)},
                        {"source", Value::string('/' + id.ns + '/' + id.name + '/' + id.version)},
                        {"type", Value::string(type)},
                        {"subject", Value::string(instance)},
                        {"time", time},
                        {"datacontenttype", Value::string("application/json")},
                        {"data", data_of(entry, time, id)}});
}

}  // namespace xf::engine
