// Calls whose outcome is unknown: sent, and no response seen. When the same task runs again within a retry it
// says the same idempotency key; after a response, or outside a retry, a call says a new one.
#include <algorithm>

#include "xflow/engine/attempt.h"

namespace xf::engine {
namespace {

TryState* try_above(const Frame& frame) {
  if (frame.part != Part::kBody || !frame.parent) return nullptr;
  auto* state = std::get_if<std::unique_ptr<TryState>>(&frame.parent->own);
  return state ? state->get() : nullptr;
}

CommandId take_from(std::vector<Unsettled>& calls, const std::string& task) {
  const auto it = std::ranges::find(calls, task, &Unsettled::task);
  if (it == calls.end()) return 0;
  const CommandId key = it->key;
  calls.erase(it);
  return key;
}

}  // namespace

CommandId take_unsettled(Machine& m, const Frame& call) {
  std::string task;  // built only when there is something to look for
  const auto look = [&](std::vector<Unsettled>& calls) -> CommandId {
    if (calls.empty()) return 0;
    if (task.empty()) task = task_name(m, call);
    return take_from(calls, task);
  };
  for (const Frame* at = &call; at; at = at->parent) {
    if (TryState* state = try_above(*at))
      if (const CommandId key = look(state->last_attempt)) return key;
  }
  return look(m.s.unsettled);
}

void note_unsettled(Machine& m, const Frame& top) {
  for (Frame* at = top.child; at; at = next_below(top, *at)) {
    const auto* call = std::get_if<CallState>(&at->own);
    if (!call || !call->is_unsettled) continue;
    const Unsettled noted{task_name(m, *at), call->key};
    for (const Frame* up = at; up; up = up->parent)
      if (TryState* state = try_above(*up)) state->this_attempt.push_back(noted);
  }
}

void settle(Machine& m, const Frame& call, CommandId key) {
  const auto drop = [key](std::vector<Unsettled>& calls) {
    std::erase_if(calls, [key](const Unsettled& u) { return u.key == key; });
  };
  for (const Frame* at = &call; at; at = at->parent) {
    if (TryState* state = try_above(*at)) {
      drop(state->last_attempt);
      drop(state->this_attempt);
    }
  }
  drop(m.s.unsettled);
}

std::uint32_t attempt_of(const Frame& frame) {
  for (const Frame* at = &frame; at; at = at->parent)
    if (const TryState* state = try_above(*at)) return state->retries + 1;
  return 1;
}

}  // namespace xf::engine
