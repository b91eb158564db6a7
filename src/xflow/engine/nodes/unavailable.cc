// A kind of task that this build reads but cannot run.
//   enter → fault
#include "xflow/engine/fault.h"
#include "xflow/engine/kinds.h"

namespace xf::engine::nodes {
namespace {

void enter(Machine& m, Frame& frame) {
  raise(m, frame, faults::unavailable(m.body<plan::Unavailable>(frame).what));
}

}  // namespace

constinit const Kind kUnavailable = {.enter = enter};

}  // namespace xf::engine::nodes
