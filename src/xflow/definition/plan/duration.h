// Durations of the language: ISO 8601 text, or an object of whole days, hours, minutes, seconds,
// milliseconds.
#pragma once

#include "base/json/value.h"
#include "base/result.h"
#include "base/time.h"
#include "xflow/definition/plan/plan.h"

namespace xf::plan {

// From a value of a definition, or one that an expression gave. Years and months are calendar months; a
// fraction of a month is counted as so much of 30 days; a week has 7 days, a day 24 hours. Below a
// millisecond: rounded up, so that nothing fires early. Code::kInvalid says what is wrong with it.
Result<Duration> parse_duration(const json::Value&);

// `start` plus an evaluated duration. A day that its month does not have becomes that month's last (RFC 3339
// calendar, UTC). Saturates at the ends of time.
TimeUs add(TimeUs start, const Duration&);

}  // namespace xf::plan
