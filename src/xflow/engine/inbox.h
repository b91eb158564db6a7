// Inbox: the events that have come for a listen task and that it has not taken. Bounded: where the bound is
// reached a mark (an event that is null) stands for all that came after, and the task faults when it gets
// there, so that nothing is lost in silence.
#pragma once

#include "xflow/engine/state.h"

namespace xf::engine {

// Events that wait for one task, while the instance is suspended or while it works on another one.
inline constexpr std::size_t kInboxEvents = 10'000;

// Keeps the Input for later: what comes while the instance is suspended.
void hold(Instance::State&, const Input&);
// The Input is no longer kept, and about to be applied.
void release(Instance::State&, const Input&);

}  // namespace xf::engine
