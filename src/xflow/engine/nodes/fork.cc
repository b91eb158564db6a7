// fork: its branches side by side, each with the fork's input.
//   enter           → every branch, or complete([]) when there is none
//   branch is done  → compete: the others are given up, complete(its output)
//                     else the last one: complete(all outputs, in the order of the definition)
#include <algorithm>

#include "xflow/engine/kinds.h"

namespace xf::engine::nodes {
namespace {

void enter(Machine& m, Frame& frame) {
  const auto& fork = m.body<plan::Fork>(frame);
  const std::size_t count = fork.branches.size();
  if (count == 0) return m.complete(frame, Datum(json::Value::array()));
  frame.own =
      ForkState{.outputs = std::vector<Datum>(fork.compete ? 0 : count), .open = std::uint32_t(count)};
  for (std::uint32_t i = 0; i < count; ++i) m.begin(frame, Part::kBranch, fork.branches[i], i, frame.input);
  // `ready` is a stack: the first branch goes first.
  std::reverse(m.s.ready.end() - std::ptrdiff_t(count), m.s.ready.end());
}

void done(Machine& m, Frame& frame, ChildDone child) {
  if (m.body<plan::Fork>(frame).compete) {
    m.abandon_children(frame);
    return m.complete(frame, std::move(child.output));
  }
  auto& state = std::get<ForkState>(frame.own);
  state.outputs[child.slot] = std::move(child.output);
  if (--state.open == 0) m.complete(frame, array_of(state.outputs));
}

}  // namespace

constinit const Kind kFork = {.enter = enter, .done = done};

}  // namespace xf::engine::nodes
