// Lists: how a task's end leads to the next task, to the end of its list, or to the end of the workflow.
#pragma once

#include "xflow/engine/machine.h"

namespace xf::engine {

// Begins the first task of a list of the frame. False: the list is empty.
bool begin_list(Machine&, Frame& owner, Part, const plan::TaskList&, Datum raw);

// The frame has ended with this output: it leaves the tree, and its place goes on as the flow directive says.
void place_done(Machine&, Frame&, Datum output, plan::Flow);

}  // namespace xf::engine
