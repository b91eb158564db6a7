// wait: a timer. Its output is its input.
//   enter → timer, or complete(input) when no time is to pass
//   timer → complete(input)
#include "xflow/engine/kinds.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

void enter(Machine& m, Frame& frame) {
  const auto due = due_time(m, frame, m.body<plan::Wait>(frame).duration, frame.input,
                            {.arguments = arguments::kBody, .field = "wait"});
  if (!due) return raise(m, frame, due.error());
  if (*due <= m.now) return m.complete(frame, frame.input);
  m.start_timer(frame, WaitKind::kDelay, *due);
}

void on(Machine& m, Frame& frame, WaitKind, const InputBody&) { m.complete(frame, frame.input); }

}  // namespace

constinit const Kind kWait = {.enter = enter, .on = on};

}  // namespace xf::engine::nodes
