// Render: a turn as lines of text, for people to read and for the golden files to hold.
#pragma once

#include <string>
#include <vector>

#include "xflow/engine/step.h"

namespace xf::golden {

// One line for each trace entry (`~`), then for each command, then the status that the instance rests in
// (`=`).
std::vector<std::string> render(const engine::Turn&, const engine::Instance&, const plan::Plan&, TimeUs now);

}  // namespace xf::golden
