// See number.h.
#include "base/json/number.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace xf::json {
namespace {

constexpr std::int64_t kExponentMax = 999'999'999;

char* write_text(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* write_zeros(char* out, std::int64_t count) {
  std::memset(out, '0', std::size_t(count));
  return out + count;
}

// `point`: how many digits stand before the point (negative: zeros that follow it).
char* write_plain(char* out, std::string_view digits, int point) {
  const int count = int(digits.size());
  if (point <= 0) return write_text(write_zeros(write_text(out, "0."), -point), digits);
  if (point >= count) return write_zeros(write_text(out, digits), point - count);
  out = write_text(out, digits.substr(0, std::size_t(point)));
  *out++ = '.';
  return write_text(out, digits.substr(std::size_t(point)));
}

char* write_scientific(char* out, std::string_view digits, int exponent) {
  *out++ = digits[0];
  if (digits.size() > 1) {
    *out++ = '.';
    out = write_text(out, digits.substr(1));
  }
  *out++ = 'e';
  *out++ = exponent < 0 ? '-' : '+';
  if (std::abs(exponent) < 10) *out++ = '0';
  return std::to_chars(out, out + 4, std::abs(exponent)).ptr;
}

char* write_finite(char* out, double d) {
  char text[kDoubleTextMax];
  const char* end = std::to_chars(text, text + sizeof text, d, std::chars_format::scientific).ptr;
  const char* p = text;
  if (*p == '-') *out++ = *p++;
  char digits[20];
  std::size_t count = 0;
  for (; *p != 'e'; ++p) {
    if (*p != '.') digits[count++] = *p;
  }
  int exponent = 0;
  std::from_chars(p + (p[1] == '+' ? 2 : 1), end, exponent);
  const int point = exponent + 1;
  const bool scientific = point <= -4 || point > int(count) + 15;
  return scientific ? write_scientific(out, {digits, count}, exponent)
                    : write_plain(out, {digits, count}, point);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  const auto digits = text.substr(0, n);
  text.remove_prefix(n);
  return digits;
}

// False when this is no exponent; huge ones are cut to a value that is out of range anyway.
bool take_exponent(std::string_view& text, std::int64_t& exponent) {
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  const auto digits = take_digits(text);
  if (digits.empty() || !text.empty()) return false;
  for (const char c : digits) exponent = std::min<std::int64_t>(exponent * 10 + (c - '0'), 100'000'000'000);
  if (negative) exponent = -exponent;
  return true;
}

std::string_view without_leading_zeros(std::string_view digits) {
  const auto first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? std::string_view{} : digits.substr(first);
}

char digit_at(const Decimal& d, std::size_t i) {
  if (i < d.head.size()) return d.head[i];
  i -= d.head.size();
  return i < d.tail.size() ? d.tail[i] : '0';
}

int compare_magnitudes(const Decimal& a, const Decimal& b) {
  if (a.is_zero() || b.is_zero()) return int(b.is_zero()) - int(a.is_zero());
  if (a.top != b.top) return a.top < b.top ? -1 : 1;
  const std::size_t count = std::max(a.head.size() + a.tail.size(), b.head.size() + b.tail.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (digit_at(a, i) != digit_at(b, i)) return digit_at(a, i) < digit_at(b, i) ? -1 : 1;
  }
  return 0;
}

// The General Decimal Arithmetic form of a number: every digit that was written.
std::string canonical_digits(const Decimal& d) {
  std::string digits;
  digits.append(d.head).append(d.tail);
  if (digits.empty()) digits = "0";
  const std::int64_t first = d.bottom + std::int64_t(digits.size()) - 1;
  std::string out = d.negative ? "-" : "";
  if (d.bottom > 0 || first < -6) {
    out += digits[0];
    if (digits.size() > 1) out.append(".").append(digits, 1);
    return out.append(first < 0 ? "E" : "E+").append(std::to_string(first));
  }
  if (d.bottom == 0) return out.append(digits);
  if (first < 0) return out.append("0.").append(std::size_t(-first - 1), '0').append(digits);
  return out.append(digits, 0, std::size_t(first) + 1).append(".").append(digits, std::size_t(first) + 1);
}

// Most numbers that people write have few decimals. At most fifteen digits that read back as `d` are its
// shortest form: no two such decimals share a double. Returns 0 when `d` is none of these.
std::size_t write_short_decimal(char* out, double d) {
  const double magnitude = std::abs(d);
  if (!(magnitude < 1e11) || magnitude < 0.001) return 0;
  std::uint64_t scale = 1;
  for (int decimals = 1; decimals <= 3; ++decimals) {
    scale *= 10;
    const auto digits = std::uint64_t(magnitude * double(scale) + 0.5);
    if (double(digits) / double(scale) != magnitude) continue;
    char* p = out;
    if (d < 0) *p++ = '-';
    p = std::to_chars(p, p + 16, digits / scale).ptr;
    *p++ = '.';
    std::uint64_t rest = digits % scale;
    for (int i = decimals - 1; i >= 0; --i, rest /= 10) p[i] = char('0' + rest % 10);
    return std::size_t(p + decimals - out);
  }
  return 0;
}

double nearest_double(const Decimal& d, std::string_view text) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  double number = 0;
  // A leading or trailing point is beyond from_chars only in the sign; it reads both forms.
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) {
    number = d.top > 0 ? std::numeric_limits<double>::infinity() : 0.0;
    return d.negative ? -number : number;
  }
  return number;
}

}  // namespace

std::size_t write_double(char* out, double d) {
  char* p = out;
  if (std::isnan(d)) {
    p = write_text(p, "null");
  } else if (std::isinf(d)) {
    p = write_finite(p, d < 0 ? std::numeric_limits<double>::lowest() : std::numeric_limits<double>::max());
  } else if (d == 0) {
    p = write_text(p, std::signbit(d) ? "-0" : "0");
  } else if (const auto whole = std::int64_t(std::abs(d) < 1e15 ? d : 0.5); double(whole) == d) {
    p = std::to_chars(p, p + kDoubleTextMax, whole).ptr;
  } else if (const std::size_t size = write_short_decimal(p, d); size != 0) {
    return size;
  } else {
    p = write_finite(p, d);
  }
  return std::size_t(p - out);
}

bool Decimal::parse(std::string_view text, Decimal& out) {
  out = {};
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    out.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  out.head = take_digits(text);
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    out.tail = take_digits(text);
  }
  if (out.head.empty() && out.tail.empty()) return false;
  std::int64_t exponent = 0;
  if (!take_exponent(text, exponent)) return false;
  out.bottom = exponent - std::int64_t(out.tail.size());
  out.head = without_leading_zeros(out.head);
  if (!out.head.empty()) {
    out.top = exponent + std::int64_t(out.head.size()) - 1;
    return true;
  }
  const std::size_t written = out.tail.size();
  out.tail = without_leading_zeros(out.tail);
  out.top = exponent - std::int64_t(written - out.tail.size()) - 1;
  return true;
}

int compare(const Decimal& a, const Decimal& b) {
  const bool a_below = a.negative && !a.is_zero(), b_below = b.negative && !b.is_zero();
  if (a_below != b_below) return a_below ? -1 : 1;
  const int order = compare_magnitudes(a, b);
  return a_below ? -order : order;
}

LiteralForm read_literal(std::string_view text, double& number, std::string& digits) {
  Decimal d;
  if (!Decimal::parse(text, d)) return LiteralForm::kInvalid;
  number = nearest_double(d, text);
  if (!d.is_zero() && (d.top > kExponentMax || d.top < -kExponentMax)) return LiteralForm::kPlain;
  digits = canonical_digits(d);
  char printed[kDoubleTextMax];
  const std::size_t size = write_double(printed, number);
  const bool same = digits == std::string_view(printed, size) && !std::isinf(number);
  return same ? LiteralForm::kPlain : LiteralForm::kKept;
}

}  // namespace xf::json
