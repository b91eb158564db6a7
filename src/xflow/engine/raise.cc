// raise(): a fault goes up from where it arose to the nearest `try` that wants it. Until one is found nothing
// is changed; when none is, everything stops where it stands, so that a person can let it go on.
#include "xflow/engine/attempt.h"
#include "xflow/engine/machine.h"

namespace xf::engine {
namespace {

// Tells that the fault passed the frames from `origin` up to below `end`.
void tell_faulted(Machine& m, Frame& origin, const Frame* end, const json::Value& error) {
  for (Frame* at = &origin; at != end && !is_root(*at); at = at->parent) {
    if (!std::exchange(at->has_faulted, true)) m.tell(Happened::kTaskFaulted, *at, error);
  }
}

void freeze(Machine& m, Frame& origin, Fault fault) {
  const json::Value error = to_json(fault);
  tell_faulted(m, origin, nullptr, error);
  m.tell_workflow(Happened::kWorkflowFaulted, error);
  m.s.frozen = m.s.waits;
  m.s.frozen_at = m.now;
  m.stop_all();
  m.s.failed = &origin;
  m.s.status = Status::kFaulted;
  m.s.is_yielded = false;
  m.s.held.clear();
  m.s.fault = fault;
  m.issue(command::Fail{std::move(fault)});
}

}  // namespace

void raise(Machine& m, Frame& frame, Fault fault) {
  Frame* origin = &frame;
  if (fault.instance.empty()) fault.instance = reference(m.plan, frame);
  for (Frame* at = &frame; at->parent; at = at->parent) {
    Frame& attempt = *at->parent;
    if (at->part != Part::kBody || !std::holds_alternative<std::unique_ptr<TryState>>(attempt.own)) continue;
    Verdict verdict = judge(m, attempt, fault);
    if (verdict.action == Verdict::Action::kPass) continue;
    if (verdict.action == Verdict::Action::kFail) {
      // What the try says about the fault is wrong itself: from here on that is the fault.
      tell_faulted(m, *origin, &attempt, to_json(fault));
      fault = std::move(verdict.fault);
      fault.instance = reference(m.plan, attempt);
      origin = &attempt;
      continue;
    }
    tell_faulted(m, *origin, &attempt, to_json(fault));
    return take(m, attempt, std::move(verdict));
  }
  freeze(m, *origin, std::move(fault));
}

}  // namespace xf::engine
