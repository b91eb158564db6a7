// Attempt: what a `try` does about a fault below it. Deciding changes nothing (so that a fault that nobody
// takes finds every frame where it was); taking does.
#pragma once

#include <optional>

#include "xflow/engine/machine.h"

namespace xf::engine {

struct Verdict {
  enum class Action : std::uint8_t { kPass, kRetry, kHandle, kFail } action = Action::kPass;
  TimeUs at = 0;      // kRetry: when the next attempt begins
  json::Value error;  // kRetry, kHandle: what was caught
  Fault fault;        // kFail: deciding failed itself, with this
};
Verdict judge(Machine&, Frame& attempt, const Fault&);
void take(Machine&, Frame& attempt, Verdict);

// ---- Calls whose outcome is unknown

// The idempotency key with which a call must be sent again; 0: a new one.
CommandId take_unsettled(Machine&, const Frame& call);
// Notes the unsettled calls below the frame in the attempts around them.
void note_unsettled(Machine&, const Frame& top);
// A response was received: the key is never used again.
void settle(Machine&, const Frame& call, CommandId key);
// Which attempt this is of the nearest `try` around it, from 1.
std::uint32_t attempt_of(const Frame&);

}  // namespace xf::engine
