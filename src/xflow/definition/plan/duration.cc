#include "xflow/definition/plan/duration.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>

namespace xf::plan {
namespace {

// A hundred thousand years: longer is a slip of the pen, and sums of such stay far from overflow.
constexpr std::int64_t kMillisecondsMax = 100'000LL * 366 * 86'400'000;
constexpr std::int64_t kMonthsMax = 100'000LL * 12;
constexpr double kMonthMs = 30.0 * 86'400'000;

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 5> kFields = {{{"days", 86'400'000},
                                          {"hours", 3'600'000},
                                          {"minutes", 60'000},
                                          {"seconds", 1'000},
                                          {"milliseconds", 1}}};

Result<Duration> too_long() { return fail(Code::kInvalid, "the duration is longer than 100000 years"); }

Result<Duration> from_object(const json::Value& object) {
  if (object.size() == 0) {
    return fail(Code::kInvalid,
                "a duration needs at least one of days, hours, minutes, seconds, milliseconds");
  }
  Duration out;
  for (const json::Member& member : object.members()) {
    const auto unit = std::ranges::find(kFields, member.key.as_string(), &Unit::name);
    if (unit == kFields.end()) {
      return fail(Code::kInvalid, "a duration has no '" + std::string(member.key.as_string()) +
                                      "'; it has days, hours, minutes, seconds, milliseconds");
    }
    if (!member.value.is_int64() || member.value.as_int64() < 0) {
      return fail(Code::kInvalid,
                  std::string(unit->name) + " of a duration must be a whole number, zero or more");
    }
    if (member.value.as_int64() > kMillisecondsMax / unit->milliseconds) return too_long();
    out.milliseconds += member.value.as_int64() * unit->milliseconds;
  }
  return out;
}

// One "12.5H" off the front.
struct Component {
  double amount = 0;
  char unit = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool take_component(std::string_view& rest, Component& out) {
  std::size_t n = 0;
  double amount = 0;
  while (n < rest.size() && is_digit(rest[n])) amount = amount * 10 + (rest[n++] - '0');
  if (n == 0) return false;
  if (n < rest.size() && rest[n] == '.') {
    double place = 1, fraction = 0;
    const std::size_t point = n++;
    while (n < rest.size() && is_digit(rest[n])) {
      place *= 10;
      fraction = fraction * 10 + (rest[n++] - '0');
    }
    if (n == point + 1) return false;
    amount += fraction / place;
  }
  if (n >= rest.size()) return false;
  out = {amount, rest[n]};
  rest.remove_prefix(n + 1);
  return true;
}

// The unit's letters in the order in which they may follow each other, before and behind the T.
constexpr std::string_view kDateUnits = "YMWD", kTimeUnits = "HMS";
constexpr std::array<double, 4> kDateMs = {0, 0, 7 * 86'400'000.0, 86'400'000.0};
constexpr std::array<double, 3> kTimeMs = {3'600'000.0, 60'000.0, 1'000.0};

struct Sum {
  double months = 0, milliseconds = 0;
};

bool take_part(std::string_view part, bool is_time, Sum& sum) {
  const std::string_view units = is_time ? kTimeUnits : kDateUnits;
  std::size_t from = 0;
  while (!part.empty()) {
    Component c;
    if (!take_component(part, c)) return false;
    const std::size_t unit = units.find(c.unit, from);
    if (unit == std::string_view::npos) return false;
    from = unit + 1;
    if (is_time) {
      sum.milliseconds += c.amount * kTimeMs[unit];
    } else if (unit < 2) {
      sum.months += c.amount * (unit == 0 ? 12 : 1);
    } else {
      sum.milliseconds += c.amount * kDateMs[unit];
    }
  }
  return from > 0;
}

Result<Duration> from_text(std::string_view text) {
  const auto bad = [&] {
    return fail(Code::kInvalid, "'" + std::string(text.substr(0, 60)) +
                                    "' is not an ISO 8601 duration such as PT15M or P1DT12H");
  };
  if (!text.starts_with('P') || text.size() < 2) return bad();
  const std::size_t t = text.find('T');
  Sum sum;
  const std::string_view date = text.substr(1, t == std::string_view::npos ? t : t - 1);
  if (!date.empty() && !take_part(date, false, sum)) return bad();
  if (t != std::string_view::npos && !take_part(text.substr(t + 1), true, sum)) return bad();
  if (sum.months > static_cast<double>(kMonthsMax) ||
      sum.milliseconds > static_cast<double>(kMillisecondsMax)) {
    return too_long();
  }
  const double whole_months = std::floor(sum.months);
  const double exact = sum.milliseconds + (sum.months - whole_months) * kMonthMs;
  Duration out;
  out.months = static_cast<std::int64_t>(whole_months);
  // Decimal fractions such as 0.3 s are not exact doubles: what is within a nanosecond of a millisecond is
  // meant to be it.
  out.milliseconds = static_cast<std::int64_t>(std::ceil(exact - 1e-6));
  return out;
}

// Months are added on the calendar of days and months only; the time of day stays.
TimeUs add_months(TimeUs start, std::int64_t months) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds(start)};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const auto moved = date.year() / date.month() + std::chrono::months(static_cast<int>(months));
  const auto last = year_month_day_last{moved.year(), month_day_last{moved.month()}};
  const sys_days landed = moved / std::min(date.day(), last.day());
  return (landed.time_since_epoch() + (time - day)).count();
}

// What the calendar can count: years -32000 to 32000.
constexpr TimeUs kTimeMax = 30'000LL * 31'556'952 * kUsPerSecond;

}  // namespace

Result<Duration> parse_duration(const json::Value& value) {
  if (value.is_object()) return from_object(value);
  if (value.is_string()) return from_text(value.as_string());
  return fail(Code::kInvalid,
              "a duration is ISO 8601 text such as PT15M, or an object such as {minutes: 15}; found " +
                  std::string(json::to_string(value.kind())));
}

TimeUs add(TimeUs start, const Duration& duration) {
  if (std::abs(start) > kTimeMax - kTimeMax / 2 || duration.months > 12 * 10'000) return kTimeMax;
  const TimeUs moved = duration.months == 0 ? start : add_months(start, duration.months);
  if (duration.milliseconds > (kTimeMax - moved) / kUsPerMs) return kTimeMax;
  return moved + duration.milliseconds * kUsPerMs;
}

}  // namespace xf::plan
