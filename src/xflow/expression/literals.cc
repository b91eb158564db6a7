// See literals.h.
#include "xflow/expression/literals.h"

#include <cmath>
#include <limits>
#include <string>

#include "base/json/print.h"

namespace xf::expression {
namespace {

using json::Value;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t n = 0;
  while (at + n < text.size() && is_digit(text[at + n])) ++n;
  return n;
}

// digits[.digits][e[+-]digits], .digits, digits.
bool is_decimal(std::string_view text) {
  std::size_t at = digits_at(text, 0);
  std::size_t count = at;
  if (at < text.size() && text[at] == '.') {
    const std::size_t tail = digits_at(text, at + 1);
    count += tail;
    at += 1 + tail;
  }
  if (count == 0) return false;
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  ++at;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  const std::size_t exponent = digits_at(text, at);
  return exponent > 0 && at + exponent == text.size();
}

bool same_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

// "nan" and "snan", which may be followed by zeros only.
bool is_nan_word(std::string_view text) {
  const std::size_t last = text.find_last_not_of('0');
  if (last == std::string_view::npos) return false;
  text = text.substr(0, last + 1);
  return same_word(text, "nan") || same_word(text, "snan");
}

bool has_digit_above_zero(std::string_view text) {
  for (const char c : text) {
    if (c == 'e' || c == 'E') return false;
    if (c >= '1' && c <= '9') return true;
  }
  return false;
}

std::string digits_of(const Value& number) {
  const auto kept = number.literal_text();
  return kept.empty() ? json::print(number) : std::string(kept);
}

Value with_sign(const Value& number, bool negative) {
  const double d = number.as_double();
  // Beyond the exponents that are kept there are no digits.
  if (std::isnan(d) || (std::isinf(d) && number.literal_text().empty()))
    return Value::number(negative ? -std::abs(d) : std::abs(d));
  std::string text = digits_of(number);
  if (text[0] == '-') text.erase(0, 1);
  if (negative && has_digit_above_zero(text)) text.insert(0, 1, '-');
  return Value::literal(text);
}

}  // namespace

Value negated_literal(const Value& number) { return with_sign(number, digits_of(number)[0] != '-'); }

Value absolute(const Value& number) {
  if (!number.is_literal()) return Value::number(std::fabs(number.as_double()));
  return with_sign(number, false);
}

std::optional<Value> read_number(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  const auto body = !text.empty() && (text[0] == '-' || text[0] == '+') ? text.substr(1) : text;
  if (is_decimal(body)) return Value::literal(text);
  if (is_nan_word(body)) return Value::number(std::numeric_limits<double>::quiet_NaN());
  if (same_word(body, "inf") || same_word(body, "infinity")) {
    const double infinite = std::numeric_limits<double>::infinity();
    return Value::number(negative ? -infinite : infinite);
  }
  return std::nullopt;
}

}  // namespace xf::expression
