#include "xflow/engine/nodes/call.h"

#include "xflow/engine/attempt.h"

namespace xf::engine::nodes {

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
