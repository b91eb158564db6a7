// Dates: seconds since 1970, "broken down time" arrays ([year, month from 0, day, hours, minutes, seconds,
// day of the week, day of the year]) and their texts. The time zone is always UTC and the locale always C:
// the C library is asked only for what reads neither the environment's zone nor its locale.
#include <locale.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "xflow/expression/civil.h"
#include "xflow/expression/dump.h"
#include "xflow/expression/tables.h"

namespace xf::expression {
namespace {

using json::Value;
using Args = std::span<const Value>;

locale_t c_locale() {
  static const locale_t locale = newlocale(LC_ALL_MASK, "C", nullptr);
  return locale;
}

Value broken_down(const tm& t, double fraction) {
  const std::array<Value, 8> parts{
      Value::number(t.tm_year + 1900), Value::number(t.tm_mon), Value::number(t.tm_mday),
      Value::number(t.tm_hour),        Value::number(t.tm_min), Value::number(t.tm_sec + fraction),
      Value::number(t.tm_wday),        Value::number(t.tm_yday)};
  return Value::array(parts);
}

// Cut towards zero; what does not fit is out of every calendar's range.
time_t whole_seconds(double d) {
  return d > -0x1p63 && d < 0x1p63 ? static_cast<time_t>(d) : std::numeric_limits<time_t>::min();
}

Outcome from_seconds(double seconds) {
  const auto t = utc(whole_seconds(seconds));
  if (!t) return fail_with("error converting number of seconds since epoch to datetime");
  return broken_down(*t, seconds - std::floor(seconds));
}

Outcome gm_time(Context&, const Value& in, Args) {
  if (!in.is_number()) return fail_with("gmtime() requires numeric inputs");
  return from_seconds(in.as_double());
}

Outcome local_time(Context&, const Value& in, Args) {
  if (!in.is_number()) return fail_with("localtime() requires numeric inputs");
  return from_seconds(in.as_double());
}

// The array as the C library's struct, brought into range; nothing when a part is no number.
std::optional<tm> to_struct(const Value& array) {
  tm t{};
  int* const fields[] = {&t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour,
                         &t.tm_min,  &t.tm_sec, &t.tm_wday, &t.tm_yday};
  constexpr double kLow = std::numeric_limits<int>::min(), kHigh = std::numeric_limits<int>::max();
  for (std::size_t i = 0; i < std::min(array.size(), std::size(fields)); ++i) {
    const Value& part = array.elements()[i];
    if (!part.is_number() || std::isnan(part.as_double())) return std::nullopt;
    *fields[i] = static_cast<int>(std::clamp(part.as_double() - (i == 0 ? 1900 : 0), kLow, kHigh));
  }
  if (!complete(t)) timegm(&t);  // carries, and names the zone
  return t;
}

Outcome make_time(Context&, const Value& in, Args) {
  if (!in.is_array()) return fail_with("mktime requires array inputs");
  const auto t = to_struct(in);
  if (!t) return fail_with("mktime requires parsed datetime inputs");
  const std::int64_t seconds = seconds_of(*t);
  if (seconds == -1) return fail_with("invalid gmtime representation");
  return Value::number(static_cast<double>(seconds));
}

// The C library's %s goes by the local time zone: its digits are put into the format beforehand.
std::string with_epoch(std::string_view format, const tm& t) {
  std::string out;
  for (std::size_t i = 0; i < format.size();) {
    std::size_t end = i + 1;
    if (format[i] == '%') {
      while (end < format.size() && std::strchr("_-0^#+123456789EO", format[end]) != nullptr) ++end;
      if (end < format.size()) ++end;
    }
    const auto spec = format.substr(i, end - i);
    out += spec.size() > 1 && spec.back() == 's' ? std::to_string(seconds_of(t)) : std::string(spec);
    i = end;
  }
  return out;
}

// `name` is the builtin that refuses.
Outcome write_time(Context& c, const Value& in, const Value& format, const std::string& name,
                   const char* zone) {
  Value parts = in;
  if (in.is_number()) {
    auto broken = from_seconds(in.as_double());
    if (!broken) return broken;
    parts = *std::move(broken);
  }
  if (!parts.is_array()) return fail_with(name + " requires parsed datetime inputs");
  if (!format.is_string()) return fail_with(name + " requires a string format");
  auto t = to_struct(parts);
  if (!t) return fail_with(name + " requires parsed datetime inputs");
  const auto text = format.as_string().substr(0, format.as_string().find('\0'));
  if (text == kIso8601) {
    if (const auto plain = write_iso8601(*t)) return Value::string(*plain);
  }
  if (!c.reserve(4 * (text.size() + 100)) || !c.charge(8 + text.size() / 4)) return spent();
  if (t->tm_zone != nullptr) t->tm_zone = zone;  // a year out of range has none
  const std::string pattern = with_epoch(text, *t);
  std::string out(text.size() + 100, '\0');
  const std::size_t size = strftime_l(out.data(), out.size(), pattern.c_str(), &*t, c_locale());
  if (size == 0 && !text.empty()) return fail_with(name + ": unknown system failure");
  return Value::string(std::string_view(out).substr(0, size));
}

Outcome write_utc(Context& c, const Value& in, Args args) {
  return write_time(c, in, args[0], "strftime/1", "GMT");
}
Outcome write_local(Context& c, const Value& in, Args args) {
  return write_time(c, in, args[0], "strflocaltime/1", "UTC");
}
Outcome to_iso8601(Context& c, const Value& in, Args) {
  return write_time(c, in, Value::string(kIso8601), "strftime/1", "GMT");
}

// Where the format says %s the C library would go by the local time zone: that part is read here.
const char* read_epoch(const char* text, tm& t) {
  while (*text == ' ') ++text;
  const char* const begin = text;
  std::int64_t seconds = 0;
  for (; *text >= '0' && *text <= '9'; ++text) {
    if (seconds > std::numeric_limits<std::int64_t>::max() / 10 - 1) return nullptr;
    seconds = seconds * 10 + (*text - '0');
  }
  const auto read = utc(seconds);
  if (text == begin || !read) return nullptr;
  t = *read;
  return text;
}

// The place behind what matched, or nullptr.
const char* read_time(const char* text, const std::string& format, tm& t) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i + 1 < format.size() && text != nullptr; ++i) {
    if (format[i] != '%') continue;
    if (format[++i] != 's') continue;
    const std::string before = format.substr(begin, i - 1 - begin);
    text = strptime_l(text, before.c_str(), &t, c_locale());
    if (text != nullptr) text = read_epoch(text, t);
    begin = i + 1;
  }
  return text == nullptr ? nullptr : strptime_l(text, format.c_str() + begin, &t, c_locale());
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

Outcome read_as(Context& c, const Value& in, const Value& format) {
  if (!in.is_string() || !format.is_string())
    return fail_with("strptime/1 requires string inputs and arguments");
  if (format.as_string() == kIso8601) {
    if (const auto plain = read_iso8601(in.as_string())) return broken_down(*plain, 0);
  }
  if (!c.reserve(4 * (in.size() + format.size())) || !c.charge(16 + (in.size() + format.size()) / 4))
    return spent();
  // C strings: both end at their first zero byte.
  const std::string text(in.as_string().substr(0, in.as_string().find('\0')));
  const std::string pattern(format.as_string().substr(0, format.as_string().find('\0')));
  tm t{};
  t.tm_wday = 8;  // what jq shows when the format says nothing about the day
  t.tm_yday = 367;
  const char* end = read_time(text.c_str(), pattern, t);
  if (end == nullptr || (*end != '\0' && !is_space(*end)))
    return fail_with("date \"" + text + "\" does not match format \"" + pattern + "\"");
  Value parts = broken_down(t, 0);
  return *end == '\0' ? parts : std::move(parts).append(Value::string(end));
}

Outcome read_parts(Context& c, const Value& in, Args args) { return read_as(c, in, args[0]); }

Outcome from_iso8601(Context& c, const Value& in, Args args) {
  auto parts = read_as(c, in, Value::string(kIso8601));
  return parts ? make_time(c, *parts, args) : parts;
}

constexpr Native kNatives[] = {
    {"fromdate", 0, from_iso8601}, {"fromdateiso8601", 0, from_iso8601},
    {"gmtime", 0, gm_time},        {"localtime", 0, local_time},
    {"mktime", 0, make_time},      {"strflocaltime", 1, write_local},
    {"strftime", 1, write_utc},    {"strptime", 1, read_parts},
    {"todate", 0, to_iso8601},     {"todateiso8601", 0, to_iso8601},
};

}  // namespace

std::span<const Native> date_natives() { return kNatives; }

}  // namespace xf::expression
