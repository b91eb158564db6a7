// See civil.h.
#include "xflow/expression/civil.h"

#include <chrono>

namespace xf::expression {
namespace {

using std::chrono::day, std::chrono::days, std::chrono::month, std::chrono::sys_days, std::chrono::year,
    std::chrono::year_month_day;

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kFirst = -62'135'596'800, kLast = 253'402'300'799;  // years 1 and 9999

bool is_within(int value, int low, int high) { return value >= low && value <= high; }

year_month_day date_of(const tm& t) {
  return year{t.tm_year + 1900} / month{unsigned(t.tm_mon + 1)} / day{unsigned(t.tm_mday)};
}

bool is_plain(const tm& t) {
  return is_within(t.tm_year, 1 - 1900, 9999 - 1900) && is_within(t.tm_mon, 0, 11) && is_within(t.tm_mday, 1, 31) &&
         is_within(t.tm_hour, 0, 23) && is_within(t.tm_min, 0, 59) && is_within(t.tm_sec, 0, 59) && date_of(t).ok();
}

std::int64_t plain_seconds(const tm& t) {
  const std::int64_t date = sys_days(date_of(t)).time_since_epoch().count();
  return date * kDaySeconds + t.tm_hour * 3600 + t.tm_min * 60 + t.tm_sec;
}

// `text` in the shape of `shape`, where 0 stands for any digit.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (shape[i] == '0' ? !is_within(text[i], '0', '9') : text[i] != shape[i]) return false;
  }
  return true;
}

int read_number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

void write_number(std::string& out, std::size_t at, std::size_t digits, int number) {
  for (std::size_t i = digits; i-- > 0; number /= 10) out[at + i] = char('0' + number % 10);
}

}  // namespace

bool complete(tm& t) {
  if (!is_plain(t)) return false;
  const year_month_day date = date_of(t);
  t.tm_wday = int(std::chrono::weekday(sys_days(date)).c_encoding());
  t.tm_yday = int((sys_days(date) - sys_days(date.year() / 1 / 1)).count());
  t.tm_isdst = 0;
  t.tm_gmtoff = 0;
  t.tm_zone = "GMT";
  return true;
}

std::optional<tm> utc(std::int64_t seconds) {
  tm t{};
  if (seconds < kFirst || seconds > kLast) {
    const time_t far = seconds;
    if (gmtime_r(&far, &t) == nullptr) return std::nullopt;
    return t;
  }
  const std::int64_t second = (seconds % kDaySeconds + kDaySeconds) % kDaySeconds;
  const year_month_day date(sys_days(days((seconds - second) / kDaySeconds)));
  t.tm_year = int(date.year()) - 1900;
  t.tm_mon = int(unsigned(date.month())) - 1;
  t.tm_mday = int(unsigned(date.day()));
  t.tm_hour = int(second / 3600);
  t.tm_min = int(second / 60 % 60);
  t.tm_sec = int(second % 60);
  complete(t);
  return t;
}

std::int64_t seconds_of(tm t) { return is_plain(t) ? plain_seconds(t) : timegm(&t); }

std::optional<tm> read_iso8601(std::string_view text) {
  if (!has_shape(text, "0000-00-00T00:00:00Z")) return std::nullopt;
  tm t{};
  t.tm_year = read_number(text.substr(0, 4)) - 1900;
  t.tm_mon = read_number(text.substr(5, 2)) - 1;
  t.tm_mday = read_number(text.substr(8, 2));
  t.tm_hour = read_number(text.substr(11, 2));
  t.tm_min = read_number(text.substr(14, 2));
  t.tm_sec = read_number(text.substr(17, 2));
  if (!complete(t)) return std::nullopt;
  return t;
}

std::optional<std::string> write_iso8601(const tm& t) {
  if (!is_plain(t) || t.tm_year < 1000 - 1900) return std::nullopt;
  std::string out = "0000-00-00T00:00:00Z";
  write_number(out, 0, 4, t.tm_year + 1900);
  write_number(out, 5, 2, t.tm_mon + 1);
  write_number(out, 8, 2, t.tm_mday);
  write_number(out, 11, 2, t.tm_hour);
  write_number(out, 14, 2, t.tm_min);
  write_number(out, 17, 2, t.tm_sec);
  return out;
}

}  // namespace xf::expression
