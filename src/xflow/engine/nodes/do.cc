// do: its tasks in order; the output of the last.
//   enter        → first task, or complete(input) when there is none
//   list is done → complete(its output)
#include "xflow/engine/kinds.h"
#include "xflow/engine/lists.h"

namespace xf::engine::nodes {
namespace {

void enter(Machine& m, Frame& frame) {
  if (!begin_list(m, frame, Part::kBody, m.body<plan::Do>(frame).list, frame.input))
    m.complete(frame, frame.input);
}

void done(Machine& m, Frame& frame, ChildDone child) { m.complete(frame, std::move(child.output)); }

}  // namespace

constinit const Kind kDo = {.enter = enter, .done = done};

}  // namespace xf::engine::nodes
