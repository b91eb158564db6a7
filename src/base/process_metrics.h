// Process metrics, under the names that Prometheus' own clients use: memory, processor time, open files,
// start. Read from /proc when they are asked for.
#pragma once

#include "base/metrics.h"

namespace xf::metrics {

void register_process(Registry&);

}  // namespace xf::metrics
