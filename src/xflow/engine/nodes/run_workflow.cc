// run: workflow
//   enter           → StartChild; not awaited: complete(input)
//   child completed → complete(its output)
//   child failed    → its fault, at this task
//   child cancelled → fault
#include "xflow/engine/data_flow.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/kinds.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

void enter(Machine& m, Frame& frame) {
  const auto& run = m.body<plan::RunWorkflow>(frame);
  json::Value input;
  if (!evaluate_open(m, frame, run.input, "run.workflow.input", input)) return;
  if (!admit(m, frame, input, "run.workflow.input")) return;
  const CommandId id = m.next_id();
  if (run.await) m.watch(frame, WaitKind::kChild, id);
  m.issue(command::StartChild{.id = id, .target = run.target, .input = std::move(input), .await = run.await});
  if (!run.await) m.complete(frame, frame.input);
}

void on(Machine& m, Frame& frame, WaitKind, const InputBody& body) {
  const auto& child = std::get<input::ChildCompleted>(body);
  switch (child.status) {
    case input::ChildStatus::kCompleted: return m.complete(frame, child.output);
    case input::ChildStatus::kCancelled:
      return raise(m, frame, faults::runtime("the workflow that was run was cancelled"));
    case input::ChildStatus::kFaulted: {
      Fault fault = child.fault;
      fault.instance.clear();  // it points into another definition
      return raise(m, frame, std::move(fault));
    }
  }
}

}  // namespace

constinit const Kind kRunWorkflow = {.enter = enter, .on = on};

}  // namespace xf::engine::nodes
