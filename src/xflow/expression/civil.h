// The calendar (proleptic Gregorian, UTC) for plain dates, without the C library: that one takes a lock and asks
// for the time zone each time. What is not plain goes the C library's way.
#pragma once

#include <time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xf::expression {

inline constexpr const char* kIso8601 = "%Y-%m-%dT%H:%M:%SZ";

// Fills in the day of the week and of the year; false when a field is out of its range, or the year not in 1…9999.
bool complete(tm&);
// Like gmtime_r and timegm; nothing when the year does not fit.
std::optional<tm> utc(std::int64_t seconds);
std::int64_t seconds_of(tm);

// A date exactly as kIso8601 writes it; nothing else is read.
std::optional<tm> read_iso8601(std::string_view text);
// Years 1000…9999 only, of a tm that complete() has seen.
std::optional<std::string> write_iso8601(const tm&);

}  // namespace xf::expression
