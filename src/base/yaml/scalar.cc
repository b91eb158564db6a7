#include "base/yaml/scalar.h"

#include <cmath>
#include <limits>
#include <string>

namespace xf::yaml {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

std::string_view take_digits(std::string_view& rest) {
  std::size_t n = 0;
  while (n < rest.size() && is_digit(rest[n])) ++n;
  const std::string_view digits = rest.substr(0, n);
  rest.remove_prefix(n);
  return digits;
}

std::string_view without_leading_zeros(std::string_view digits) {
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

// The number in JSON's grammar; empty when it is none.
std::string as_decimal(std::string_view text) {
  std::string_view rest = text;
  std::string out;
  if (rest.starts_with('-')) out = "-";
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  const std::string_view whole = take_digits(rest);
  std::string_view fraction;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
  }
  if (whole.empty() && fraction.empty()) return {};
  out += whole.empty() ? "0" : without_leading_zeros(whole);
  if (!fraction.empty()) out.append(".").append(fraction);
  if (rest.empty()) return out;
  if (rest.front() != 'e' && rest.front() != 'E') return {};
  rest.remove_prefix(1);
  out += 'e';
  if (rest.starts_with('-') || rest.starts_with('+')) {
    out += rest.front();
    rest.remove_prefix(1);
  }
  const std::string_view exponent = take_digits(rest);
  if (exponent.empty() || !rest.empty()) return {};
  return out.append(exponent);
}

int digit_of(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// 0x… and 0o…; false when the text is neither.
bool as_radix(std::string_view text, json::Value& out) {
  if (text.size() < 3 || text[0] != '0' || (text[1] != 'x' && text[1] != 'o')) return false;
  const int radix = text[1] == 'x' ? 16 : 8;
  double rounded = 0;
  std::uint64_t exact = 0;
  for (const char c : text.substr(2)) {
    const int digit = digit_of(c);
    if (digit >= radix) return false;
    rounded = rounded * radix + digit;
    exact = exact * static_cast<std::uint64_t>(radix) + static_cast<std::uint64_t>(digit);
  }
  out = rounded < 0x1p64 ? json::Value::literal(std::to_string(exact)) : json::Value::number(rounded);
  return true;
}

}  // namespace

json::Value resolve_plain(std::string_view text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return {};
  if (is_one_of(text, {"true", "True", "TRUE"})) return json::Value::boolean(true);
  if (is_one_of(text, {"false", "False", "FALSE"})) return json::Value::boolean(false);
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return {};
  std::string_view unsigned_text = text;
  if (text.starts_with('+') || text.starts_with('-')) unsigned_text.remove_prefix(1);
  if (is_one_of(unsigned_text, {".inf", ".Inf", ".INF"})) {
    constexpr double kLargest = std::numeric_limits<double>::max();
    return json::Value::number(text.starts_with('-') ? -kLargest : kLargest);
  }
  json::Value radix;
  if (as_radix(text, radix)) return radix;
  const std::string decimal = as_decimal(text);
  return decimal.empty() ? json::Value::string(text) : json::Value::literal(decimal);
}

bool is_out_of_range(const json::Value& value) {
  return value.is_number() && std::isinf(value.as_double()) && value.literal_text().empty();
}

}  // namespace xf::yaml
