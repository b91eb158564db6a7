// Time is an argument: nothing in the core reads a clock. All times are UTC.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace xf {

// Microseconds since 1970-01-01T00:00:00Z.
using TimeUs = std::int64_t;

inline constexpr std::int64_t kUsPerMs = 1'000;
inline constexpr std::int64_t kUsPerSecond = 1'000'000;

// "2026-03-01T12:00:00.123Z": millisecond precision, always UTC (RFC 3339).
std::string to_iso8601(TimeUs);
// RFC 3339 with any offset and up to nine decimals (cut to microseconds).
Result<TimeUs> parse_iso8601(std::string_view);

}  // namespace xf
