#include "xflow/definition/plan/cron.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace xf::plan {
namespace {

struct Range {
  std::string_view name;
  int min, max;
  std::string_view words = {};  // names of three letters each, from `first_word` on
  int first_word = 0;
};
constexpr Range kSecond{"second", 0, 59};
constexpr Range kMinute{"minute", 0, 59};
constexpr Range kHour{"hour", 0, 23};
constexpr Range kDay{"day of the month", 1, 31};
constexpr Range kMonth{"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec", 1};
constexpr Range kWeekday{"day of the week", 0, 7, "sunmontuewedthufrisat", 0};

struct Alias {
  std::string_view name, fields;
};
constexpr std::array<Alias, 7> kAliases = {{{"@yearly", "0 0 1 1 *"},
                                            {"@annually", "0 0 1 1 *"},
                                            {"@monthly", "0 0 1 * *"},
                                            {"@weekly", "0 0 * * 0"},
                                            {"@daily", "0 0 * * *"},
                                            {"@midnight", "0 0 * * *"},
                                            {"@hourly", "0 * * * *"}}};

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::vector<std::string_view> fields_of(std::string_view text) {
  std::vector<std::string_view> out = split(text, " \t");
  std::erase_if(out, [](std::string_view field) { return field.empty(); });
  return out;
}

std::unexpected<Error> bad(const Range& range, std::string_view text) {
  std::string allowed = std::to_string(range.min) + "-" + std::to_string(range.max);
  if (!range.words.empty()) allowed += " or a name of three letters";
  return fail(Code::kInvalid, "the " + std::string(range.name) + " '" + std::string(text.substr(0, 40)) +
                                  "' of the cron expression is not possible: it takes " + allowed +
                                  ", *, lists, ranges and steps");
}

std::optional<int> word(const Range& range, std::string_view text) {
  if (text.size() != 3 || range.words.empty()) return std::nullopt;
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (std::size_t i = 0; i < range.words.size(); i += 3) {
    if (range.words.substr(i, 3) == lower) return range.first_word + static_cast<int>(i / 3);
  }
  return std::nullopt;
}

std::optional<int> digits(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::optional<int> point(const Range& range, std::string_view text) {
  const auto value = word(range, text) ? word(range, text) : digits(text);
  return value && *value >= range.min && *value <= range.max ? value : std::nullopt;
}

bool is_any(const Range& range, std::string_view text) {
  return text == "*" || (text == "?" && (&range == &kDay || &range == &kWeekday));
}

// One element of a list: *, 5, 1-5, each perhaps with /step. Sets the values it stands for.
template <std::size_t N>
bool add_element(const Range& range, std::string_view text, std::bitset<N>& out) {
  int step = 1;
  const std::size_t slash = text.find('/');
  const bool has_step = slash != std::string_view::npos;
  if (has_step) {
    const auto number = digits(text.substr(slash + 1));
    if (!number || *number == 0) return false;
    step = *number;
    text = text.substr(0, slash);
  }
  int from = range.min, to = range.max;
  if (!is_any(range, text)) {
    const std::size_t dash = text.find('-');
    const auto low = point(range, text.substr(0, dash));
    const auto high = dash == std::string_view::npos ? low : point(range, text.substr(dash + 1));
    if (!low || !high || *low > *high) return false;
    from = *low;
    // "10/20" counts on from 10 to the end.
    to = dash == std::string_view::npos && has_step ? range.max : *high;
  }
  for (int value = from; value <= to; value += step) {
    // The second Sunday of the days of the week.
    out.set(static_cast<std::size_t>(&range == &kWeekday ? value % 7 : value));
  }
  return true;
}

template <std::size_t N>
Result<void> fill(const Range& range, std::string_view text, std::bitset<N>& out) {
  for (const std::string_view element : split(text, ",")) {
    if (!add_element(range, element, out)) return bad(range, text);
  }
  return {};
}

}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
  for (const Alias& alias : kAliases) {
    if (text == alias.name) text = alias.fields;
  }
  std::vector<std::string_view> fields = fields_of(text);
  if (fields.size() != 5 && fields.size() != 6) {
    return fail(Code::kInvalid,
                "a cron expression has five fields (minute hour day month weekday), or six with "
                "seconds first; this has " +
                    std::to_string(fields.size()));
  }
  if (fields.size() == 5) fields.insert(fields.begin(), "0");
  Cron out;
  XF_TRY(fill(kSecond, fields[0], out.seconds_));
  XF_TRY(fill(kMinute, fields[1], out.minutes_));
  XF_TRY(fill(kHour, fields[2], out.hours_));
  XF_TRY(fill(kDay, fields[3], out.days_));
  XF_TRY(fill(kMonth, fields[4], out.months_));
  XF_TRY(fill(kWeekday, fields[5], out.weekdays_));
  out.any_day_ = is_any(kDay, fields[3]);
  out.any_weekday_ = is_any(kWeekday, fields[5]);
  if (!out.next(0)) return fail(Code::kInvalid, "the cron expression names a day that no month has");
  return out;
}

bool Cron::fits_day(int day, int weekday) const {
  const bool by_day = days_.test(static_cast<std::size_t>(day));
  const bool by_weekday = weekdays_.test(static_cast<std::size_t>(weekday));
  if (any_day_ || any_weekday_) return by_day && by_weekday;
  return by_day || by_weekday;
}

std::optional<TimeUs> Cron::next(TimeUs after_us) const {
  using namespace std::chrono;
  const sys_seconds start = floor<seconds>(sys_time<microseconds>(microseconds(after_us))) + seconds(1);
  const sys_days first = floor<days>(start);
  const auto first_second = static_cast<std::size_t>((start - first).count());
  // Nine years hold a 29 February even across a century's missing one.
  for (sys_days day = first; day < first + days(366 * 9); day += days(1)) {
    const year_month_day date{day};
    if (!months_.test(static_cast<unsigned>(date.month()))) continue;
    if (!fits_day(static_cast<int>(static_cast<unsigned>(date.day())),
                  static_cast<int>(weekday{day}.c_encoding())))
      continue;
    const std::size_t from = day == first ? first_second : 0;
    for (std::size_t hour = from / 3600; hour < 24; ++hour) {
      if (!hours_.test(hour)) continue;
      for (std::size_t minute = hour == from / 3600 ? from / 60 % 60 : 0; minute < 60; ++minute) {
        if (!minutes_.test(minute)) continue;
        const bool is_first = hour == from / 3600 && minute == from / 60 % 60;
        for (std::size_t second = is_first ? from % 60 : 0; second < 60; ++second) {
          if (!seconds_.test(second)) continue;
          const auto due = day + hours(static_cast<int>(hour)) + minutes(static_cast<int>(minute)) +
                           seconds(static_cast<int>(second));
          return duration_cast<microseconds>(due.time_since_epoch()).count();
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace xf::plan
