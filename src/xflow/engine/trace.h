// Trace: what people see of a turn. An output of step(), in order; history, streams and lifecycle CloudEvents are read
// from it and nothing is ever evaluated again for them. Stored once, as one blob in the row of the Input that caused it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "xflow/engine/input.h"

namespace xf::engine {

enum class Happened : std::uint8_t {
  // The workflow
  kWorkflowStarted, kWorkflowSuspended, kWorkflowResumed, kCorrelationStarted, kCorrelationCompleted,
  kWorkflowCancelled, kWorkflowFaulted, kWorkflowCompleted,
  // A task
  kTaskCreated, kTaskStarted, kTaskSuspended, kTaskResumed, kTaskRetried, kTaskCancelled, kTaskFaulted,
  kTaskCompleted, kTaskSkipped,
};

struct TraceEntry {
  Happened what = Happened::kTaskStarted;
  std::string task;        // reference, e.g. /do/0/setRed; empty for the workflow
  std::int32_t iteration = -1;  // innermost loop index; -1: none
  json::Value data;        // output of a completed task or workflow, the error of a faulted one, correlation keys …
};
using Trace = std::vector<TraceEntry>;

std::string encode(const Trace&);
Result<Trace> decode_trace(std::string_view);

// The specification's lifecycle CloudEvent (structured JSON form) of one entry.
// `position` is the entry's place in the instance's history: (seq of the Input, index in the turn).
struct TracePosition {
  std::uint64_t seq = 0;
  std::uint32_t index = 0;
};
json::Value to_cloud_event(const TraceEntry&, TracePosition, TimeUs at, const std::string& instance, const plan::DefinitionId&);

}  // namespace xf::engine
