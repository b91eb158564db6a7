#include "xflow/engine/inbox.h"

#include <algorithm>

#include "xflow/engine/limits.h"
#include "xflow/engine/step.h"

namespace xf::engine {
namespace {

// Of the task that the event is for; nullptr when the Input is no event, or nobody waits for it.
ListenState* inbox_of(const Instance::State& s, const InputBody& body) {
  const auto* received = std::get_if<input::EventReceived>(&body);
  if (!received) return nullptr;
  const auto wait = std::ranges::lower_bound(s.waits, received->subscription, {}, &Wait::id);
  if (wait == s.waits.end() || wait->id != received->subscription || !is_events(wait->kind)) return nullptr;
  return std::get<std::unique_ptr<ListenState>>(wait->frame->own).get();
}

bool has_room(Instance::State& s, ListenState& inbox, const json::Value& event) {
  if (inbox.held >= kInboxEvents) return false;
  inbox.unweighed += s.memo.weight(event, kValueBytes);
  if (inbox.unweighed <= kWeighedBytes) return true;
  inbox.unweighed = 0;
  return instance_weight(s, event) <= kInstanceBytes;
}

}  // namespace

void hold(Instance::State& s, const Input& input) {
  ListenState* inbox = inbox_of(s, input.body);
  if (!inbox) return s.held.push_back(input);
  if (inbox->is_full) return;
  const auto& received = std::get<input::EventReceived>(input.body);
  inbox->is_full = !has_room(s, *inbox, received.event);
  ++inbox->held;
  s.held.push_back(input);
  if (inbox->is_full)
    s.held.back().body = input::EventReceived{.subscription = received.subscription, .event = {}};
}

void release(Instance::State& s, const Input& input) {
  if (ListenState* inbox = inbox_of(s, input.body)) --inbox->held;
}

bool Instance::has_room(CommandId subscription) const {
  const ListenState* inbox = inbox_of(*state_, input::EventReceived{.subscription = subscription, .event = {}});
  return !inbox || !inbox->is_full;
}

}  // namespace xf::engine
