// Dates, times and durations: RFC 3339, section 5.6 and appendix A.
#include <string_view>

#include "xflow/schema/characters.h"
#include "xflow/schema/format.h"

namespace xf::schema::format {
namespace {

// Reads a text from front to back.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  char peek() const { return text_.empty() ? '\0' : text_[0]; }
  bool take(char c) {
    if (peek() != c || text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take_letter(char lower) { return take(lower) || take(static_cast<char>(lower - 'a' + 'A')); }
  // Exactly `count` digits; -1 when there are fewer.
  int digits(int count) {
    int value = 0;
    for (; count > 0; --count) {
      if (!is_digit(peek())) return -1;
      value = value * 10 + (peek() - '0');
      text_.remove_prefix(1);
    }
    return value;
  }
  // One digit or more.
  bool number() {
    const bool any = is_digit(peek());
    while (is_digit(peek())) text_.remove_prefix(1);
    return any;
  }

 private:
  std::string_view text_;
};

int days_in(int year, int month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool date(Reader& in) {
  const int year = in.digits(4);
  if (year < 0 || !in.take('-')) return false;
  const int month = in.digits(2);
  if (month < 1 || month > 12 || !in.take('-')) return false;
  const int day = in.digits(2);
  return day >= 1 && day <= days_in(year, month);
}

// Minutes east of UTC.
bool offset(Reader& in, int& minutes) {
  minutes = 0;
  if (in.take_letter('z')) return true;
  const int sign = in.take('-') ? -1 : 1;
  if (sign > 0 && !in.take('+')) return false;
  const int hour = in.digits(2);
  if (hour < 0 || hour > 23 || !in.take(':')) return false;
  const int minute = in.digits(2);
  minutes = sign * (hour * 60 + minute);
  return minute >= 0 && minute <= 59;
}

bool time(Reader& in) {
  const int hour = in.digits(2);
  if (hour < 0 || hour > 23 || !in.take(':')) return false;
  const int minute = in.digits(2);
  if (minute < 0 || minute > 59 || !in.take(':')) return false;
  const int second = in.digits(2);
  if (second < 0 || second > 60 || (in.take('.') && !in.number())) return false;
  int east = 0;
  if (!offset(in, east)) return false;
  // A leap second is the last one of a day in UTC.
  constexpr int kDay = 24 * 60;
  return second < 60 || ((hour * 60 + minute - east) % kDay + kDay) % kDay == kDay - 1;
}

// "1Y2M3D" with units in the order of `units`, each at most once and none left out in between.
bool fields(Reader& in, std::string_view units) {
  bool any = false;
  while (is_digit(in.peek())) {
    in.number();
    const std::size_t unit = units.find(in.peek());
    if (in.done() || unit == std::string_view::npos || (any && unit != 0)) return false;
    units.remove_prefix(unit + 1);
    in.take(in.peek());
    any = true;
  }
  return any;
}

}  // namespace

bool is_date(std::string_view text) {
  Reader in(text);
  return date(in) && in.done();
}

bool is_time(std::string_view text) {
  Reader in(text);
  return time(in) && in.done();
}

bool is_date_time(std::string_view text) {
  Reader in(text);
  return date(in) && in.take_letter('t') && time(in) && in.done();
}

bool is_duration(std::string_view text) {
  Reader in(text);
  if (!in.take('P') || in.done()) return false;
  if (text.ends_with('W')) return in.number() && in.take('W') && in.done();
  if (in.peek() != 'T' && !fields(in, "YMD")) return false;
  return !in.take('T') ? in.done() : fields(in, "HMS") && in.done();
}

}  // namespace xf::schema::format
