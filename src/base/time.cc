// Writes and reads RFC 3339 times.
#include "base/time.h"

#include <algorithm>
#include <chrono>

namespace xf {

namespace {

using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t kUsPerDay = 86'400 * kUsPerSecond;

// Reads fixed-width numbers and separators from the front of a text; remembers whether all went well.
struct Reader {
  std::string_view rest;
  bool good = true;

  int number(std::size_t digits) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (i >= rest.size() || rest[i] < '0' || rest[i] > '9') return good = false, 0;
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(digits);
    return value;
  }

  char one_of(std::string_view allowed) {
    if (rest.empty() || allowed.find(rest[0]) == std::string_view::npos) return good = false, '\0';
    const char c = rest[0];
    rest.remove_prefix(1);
    return c;
  }

  std::int64_t fraction_us() {
    if (!rest.starts_with('.')) return 0;
    rest.remove_prefix(1);
    std::int64_t value = 0, scale = kUsPerSecond;
    std::size_t digits = 0;
    for (; digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9'; ++digits) {
      scale /= 10;  // reaches 0 past the sixth digit: what is finer is cut
      value += (rest[digits] - '0') * scale;
    }
    good = good && digits >= 1 && digits <= 9;
    rest.remove_prefix(digits);
    return value;
  }

  std::int64_t offset_us() {
    const char sign = one_of("Zz+-");
    if (sign == 'Z' || sign == 'z' || !good) return 0;
    const int hours = number(2);
    one_of(":");
    const int minutes = number(2);
    good = good && hours <= 23 && minutes <= 59;
    const std::int64_t offset = (hours * 60 + minutes) * 60 * kUsPerSecond;
    return sign == '-' ? -offset : offset;
  }
};

// Times are in every answer and event: printf would take longer than all the rest of them.
void put_digits(std::string& text, std::size_t at, std::size_t count, unsigned value) {
  for (; count-- > 0; value /= 10) text[at + count] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string to_iso8601(TimeUs at) {
  // Times outside the years 0000 to 9999 have no RFC 3339 form and are shown as its borders.
  constexpr TimeUs kLeast =
      sys_days(year_month_day(std::chrono::year(0) / 1 / 1)).time_since_epoch().count() * kUsPerDay;
  constexpr TimeUs kMost =
      sys_days(year_month_day(std::chrono::year(10000) / 1 / 1)).time_since_epoch().count() * kUsPerDay - 1;
  at = std::clamp(at, kLeast, kMost);
  const auto day = std::chrono::floor<days>(std::chrono::sys_time<microseconds>(microseconds(at)));
  const year_month_day date(day);
  const auto ms = static_cast<unsigned>((at - day.time_since_epoch().count() * kUsPerDay) / kUsPerMs);
  std::string text = "0000-00-00T00:00:00.000Z";
  put_digits(text, 0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put_digits(text, 5, 2, static_cast<unsigned>(date.month()));
  put_digits(text, 8, 2, static_cast<unsigned>(date.day()));
  put_digits(text, 11, 2, ms / 3'600'000);
  put_digits(text, 14, 2, ms / 60'000 % 60);
  put_digits(text, 17, 2, ms / 1'000 % 60);
  put_digits(text, 20, 3, ms % 1'000);
  return text;
}

Result<TimeUs> parse_iso8601(std::string_view text) {
  Reader in{text};
  const int year = in.number(4);
  in.one_of("-");
  const int month = in.number(2);
  in.one_of("-");
  const int day = in.number(2);
  in.one_of("Tt ");
  const int hour = in.number(2);
  in.one_of(":");
  const int minute = in.number(2);
  in.one_of(":");
  const int second = in.number(2);
  const std::int64_t fraction = in.fraction_us();
  const std::int64_t offset = in.offset_us();
  const year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day)));
  // A leap second (60) is the first of the next minute: the clocks here have none.
  if (!in.good || !in.rest.empty() || !date.ok() || hour > 23 || minute > 59 || second > 60) {
    return fail(Code::kInvalid, "'" + std::string(text.substr(0, 64)) +
                                    "' is not a time; write it as in RFC 3339: 2026-03-01T12:00:00Z");
  }
  const std::int64_t seconds = (hour * 60 + minute) * 60 + second;
  return sys_days(date).time_since_epoch().count() * kUsPerDay + seconds * kUsPerSecond + fraction - offset;
}

}  // namespace xf
