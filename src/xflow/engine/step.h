// The whole engine: where the instance stands next, and what the runtime must do about it.
#pragma once

#include <vector>

#include "xflow/engine/command.h"
#include "xflow/engine/instance.h"
#include "xflow/engine/trace.h"

namespace xf::engine {

struct Turn {
  std::vector<Command> commands;
  Trace trace;
  std::uint32_t transitions = 0;  // of frames; for fairness and measurements
};

// Total and deterministic: no clock, no random, no I/O. Inputs that no longer matter change nothing. Applying the same
// Inputs in the same order gives the same Turns, in this process or another.
// `secrets` is {name: value} of the versions in effect: secrets_after(instance, input).
// Needs expression::kStackBytes of C stack.
Turn step(const plan::Plan&, Instance&, const Input&, const json::Value& secrets = {});
std::vector<SecretVersion> secrets_after(const Instance&, const Input&);

// Whether what a person asks for (Cancel, Suspend, Resume, Retry, Reset) can be done to the instance as it stands:
// kConflict or kInvalid with the reason. To be asked before the Input is journaled; step() itself then changes nothing.
Result<void> admissible(const plan::Plan&, const Instance&, const InputBody&);

// A turn ends after this many transitions with Yield.
inline constexpr std::uint32_t kTransitionsPerTurn = 10'000;
// A cycle (`then` back to an earlier task, a retry without delay) that is closed so often without an outside Input is a
// fault, never a hang. Going through a collection closes none.
inline constexpr std::uint64_t kTransitionsWithoutInput = 1'000'000;
// Larger values are a catchable `runtime` fault that names the task.
inline constexpr std::size_t kValueBytes = 4u << 20;
inline constexpr std::size_t kInstanceBytes = 8u << 20;

}  // namespace xf::engine
