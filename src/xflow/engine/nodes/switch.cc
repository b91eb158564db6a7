// switch: the first case that holds, else the default, else the task's own `then`. Its output is its input.
//   enter → complete(input), and the chosen `then` counts
#include "xflow/engine/kinds.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

void enter(Machine& m, Frame& frame) {
  const auto& cases = m.body<plan::Switch>(frame).cases;
  for (std::uint16_t i = 0; i < cases.size(); ++i) {
    if (!cases[i].when) {
      if (frame.chosen == 0) frame.chosen = std::uint16_t(i + 1);
      continue;
    }
    Datum holds;
    if (!evaluate_body(m, frame, *cases[i].when, "when", holds)) return;
    if (!holds.value().truthy()) continue;
    frame.chosen = std::uint16_t(i + 1);
    break;
  }
  m.complete(frame, frame.input);
}

}  // namespace

constinit const Kind kSwitch = {.enter = enter};

}  // namespace xf::engine::nodes
