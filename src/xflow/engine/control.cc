#include "xflow/engine/control.h"

#include <algorithm>
#include <ranges>

#include "xflow/engine/attempt.h"
#include "xflow/engine/data_flow.h"
#include "xflow/engine/scope.h"

namespace xf::engine {
namespace {

using json::Value;

Value reason_of(const std::string& reason) {
  return reason.empty() ? Value() : Value::object({{"reason", Value::string(reason)}});
}

void tell_all(Machine& m, Happened what) {
  Frame& root = *m.s.frames.root();
  for (Frame* at = root.child; at; at = next_below(root, *at))
    if (at->stage != Stage::kCreated) m.tell(what, *at);
}

// What stood still while the instance was faulted goes on; its time did not pass.
void thaw(Machine& m) {
  const TimeUs pause = m.now - m.s.frozen_at;
  // Those that are asked anew run in the order in which they were asked first.
  for (const Wait& wait : std::views::reverse(m.s.frozen))
    if (!is_timer(wait.kind)) m.make_ready(*wait.frame);
  for (const Wait& wait : m.s.frozen)
    if (is_timer(wait.kind)) m.start_timer(*wait.frame, wait.kind, wait.due + pause);
  m.s.frozen.clear();
  m.s.frozen_at = 0;
}

void forget_fault(Machine& m) {
  m.s.fault.reset();
  m.s.failed = nullptr;
  m.s.status = Status::kRunning;
  m.tell_workflow(Happened::kWorkflowResumed);
}

// The frames below, and what is frozen of them, are given up without a word: their end has been told.
void drop_below(Machine& m, Frame& frame) {
  note_unsettled(m, frame);
  for (Frame* at = frame.child; at; at = next_below(frame, *at)) {
    at->has_faulted = true;
    at->is_doomed = true;
    const auto* call = std::get_if<CallState>(&at->own);
    if (call && call->is_unsettled) m.s.unsettled.push_back({task_name(m, *at), call->key});
  }
  std::erase_if(m.s.frozen, [&](const Wait& wait) { return wait.frame == &frame || wait.frame->is_doomed; });
  m.abandon_children(frame);
}

void enter_again(Machine& m, Frame& frame) {
  drop_below(m, frame);
  for (Frame* at = &frame; at; at = at->parent) at->has_faulted = false;
  if (!std::holds_alternative<CallState>(frame.own)) frame.own = {};
  frame.input = frame.output = {};
  frame.extension = 0;
  frame.chosen = 0;
  frame.started_at = m.now;
  frame.stage = Stage::kCreated;
  m.tell(Happened::kTaskRetried, frame);
  m.make_ready(frame);
}

// The workflow itself failed: what it holds is as it was.
void enter_root_again(Machine& m, Frame& root) {
  if (root.stage != Stage::kBody) return m.make_ready(root);
  std::erase_if(m.s.frozen, [&](const Wait& wait) { return wait.frame == &root; });
  begin_timeout(m, root);
}

}  // namespace

void cancel(Machine& m, const input::Cancel& cancel) {
  Frame& root = *m.s.frames.root();
  m.abandon_children(root);
  m.end(root);
  m.s.status = Status::kCancelled;
  m.s.held.clear();
  m.s.frozen.clear();
  m.s.failed = nullptr;
  m.s.fault.reset();
  m.tell_workflow(Happened::kWorkflowCancelled, reason_of(cancel.reason));
  m.issue(command::Cancelled{});
}

void suspend(Machine& m, const input::Suspend& suspend) {
  m.s.is_suspended = true;
  tell_all(m, Happened::kTaskSuspended);
  m.tell_workflow(Happened::kWorkflowSuspended, reason_of(suspend.reason));
}

void resume(Machine& m) {
  m.s.is_suspended = false;
  m.tell_workflow(Happened::kWorkflowResumed);
  tell_all(m, Happened::kTaskResumed);
}

void retry(Machine& m) {
  Frame& failed = *m.s.failed;
  forget_fault(m);
  if (is_root(failed)) {
    enter_root_again(m, failed);
    return thaw(m);
  }
  std::erase_if(m.s.frozen, [&](const Wait& wait) { return wait.frame == &failed; });
  enter_again(m, failed);
  thaw(m);
}

void reset(Machine& m, const input::Reset& reset) {
  const auto path = path_to(m.plan, reset.position);
  if (!path) return;
  Frame* at = m.s.frames.root();
  if (m.s.status == Status::kFaulted) {
    drop_below(m, *at);
    forget_fault(m);
    if (std::ranges::find(m.s.frozen, at, &Wait::frame) == m.s.frozen.end()) begin_timeout(m, *at);
    thaw(m);
  } else {
    m.abandon_children(*at);
  }
  // With other data a call is another one, whatever became of the one before: it says a key of its own.
  m.s.unsettled.clear();
  std::erase(m.s.ready, at);
  at->is_queued = false;
  at->stage = Stage::kBody;
  if (reset.context) m.s.context = *reset.context;
  // The tasks around the position stand as if they had just begun with this data.
  for (const Step& step : std::span(*path).first(path->size() - 1)) {
    Frame& holder = m.begin(*at, Part::kBody, step.node, step.slot, reset.data);
    m.tell(Happened::kTaskCreated, holder);
    m.tell(Happened::kTaskStarted, holder);
    if (!stand_in_body(m, holder)) return;
    at = &holder;
  }
  m.begin(*at, Part::kBody, path->back().node, path->back().slot, reset.data);
}

}  // namespace xf::engine
