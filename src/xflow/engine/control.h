// Control: what people do to an instance as a whole.
#pragma once

#include "xflow/engine/machine.h"

namespace xf::engine {

void cancel(Machine&, const input::Cancel&);
void suspend(Machine&, const input::Suspend&);
// The held Inputs are applied by step().
void resume(Machine&);
void retry(Machine&);
void reset(Machine&, const input::Reset&);

// The way from the main list to a task, outermost first, through `do` and `try` alone; says why there is
// none.
struct Step {
  plan::NodeId node = plan::kNoNode;
  std::uint32_t slot = 0;
};
Result<std::vector<Step>> path_to(const plan::Plan&, std::string_view reference);

}  // namespace xf::engine
