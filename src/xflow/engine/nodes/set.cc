// set: its output is the value; nothing is merged.
//   enter → complete(value)
#include "xflow/engine/data_flow.h"
#include "xflow/engine/kinds.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

void enter(Machine& m, Frame& frame) {
  Datum value;
  if (evaluate_body(m, frame, m.body<plan::Set>(frame).value, "set", value))
    m.complete(frame, std::move(value));
}

}  // namespace

constinit const Kind kSet = {.enter = enter};

}  // namespace xf::engine::nodes
