// Reads the clocks of the operating system.
#include "base/clock.h"

#include <chrono>

namespace xf {

namespace {

template <typename Clock>
std::int64_t us_since_epoch() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count();
}

}  // namespace

TimeUs now_us() { return us_since_epoch<std::chrono::system_clock>(); }

std::int64_t monotonic_us() { return us_since_epoch<std::chrono::steady_clock>(); }

}  // namespace xf
