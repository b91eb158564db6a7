// The clocks: now_us() is the only place that reads the wall clock, monotonic_us() the one for durations.
// Nothing in definition, expression, schema or engine includes this file: there, time is an argument.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace xf {

// The wall clock. It may jump, also backwards.
TimeUs now_us();
// Microseconds since an arbitrary start; never goes backwards, means nothing to another process.
std::int64_t monotonic_us();

}  // namespace xf
