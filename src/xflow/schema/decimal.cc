// Exact decimal arithmetic by remainders: numbers of any length modulo at most 18 digits.
#include "xflow/schema/decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace xf::schema {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::int64_t kExponentMax = 4'000'000'000'000;
constexpr std::size_t kDivisorDigitsMax = 18;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::int64_t read_exponent(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t exponent = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (read.ec == std::errc::result_out_of_range)
    exponent = text.starts_with('-') ? -kExponentMax : kExponentMax;
  return std::clamp(exponent, -kExponentMax, kExponentMax);
}

void normalize(Decimal& number) {
  const std::size_t last = number.digits.find_last_not_of('0');
  const std::size_t kept = last == std::string::npos ? 0 : last + 1;
  number.exponent += static_cast<std::int64_t>(number.digits.size() - kept);
  number.digits.resize(kept);
  number.digits.erase(0, std::min(number.digits.find_first_not_of('0'), number.digits.size()));
  if (number.digits.empty()) number.exponent = 0;
}

Decimal parse(std::string_view text) {
  Decimal number;
  std::size_t i = 0;
  if (text.starts_with('-')) {
    number.negative = true;
    ++i;
  }
  bool after_point = false;
  for (; i < text.size() && (is_digit(text[i]) || text[i] == '.'); ++i) {
    if (text[i] == '.') {
      after_point = true;
      continue;
    }
    number.digits += text[i];
    if (after_point) --number.exponent;
  }
  if (i < text.size()) number.exponent += read_exponent(text.substr(i + 1));
  normalize(number);
  return number;
}

std::uint64_t times_mod(std::uint64_t a, std::uint64_t b, std::uint64_t m) {
  return static_cast<std::uint64_t>(Wide{a} * b % m);
}

std::uint64_t power_of_ten_mod(std::int64_t exponent, std::uint64_t m) {
  std::uint64_t result = 1 % m, base = 10 % m;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = times_mod(result, base, m);
    base = times_mod(base, base, m);
  }
  return result;
}

std::uint64_t digits_mod(std::string_view digits, std::uint64_t m) {
  std::uint64_t rest = 0;
  for (char c : digits)
    rest = static_cast<std::uint64_t>((Wide{rest} * 10 + static_cast<unsigned>(c - '0')) % m);
  return rest;
}

std::uint64_t scaled(const Divisor& divisor) {
  std::uint64_t value = divisor.digits;
  for (std::int64_t i = 0; i < divisor.exponent; ++i) value *= 10;
  return value;
}

}  // namespace

std::optional<Decimal> Decimal::of(const json::Value& number) {
  if (const std::string_view kept = number.literal_text(); !kept.empty()) return parse(kept);
  const double value = number.as_double();
  if (!std::isfinite(value)) return std::nullopt;
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value);
  return parse({text, end.ptr});
}

bool is_integer(const json::Value& number) {
  if (number.literal_text().empty()) {
    const double value = number.as_double();
    return std::isfinite(value) && value == std::trunc(value);
  }
  const auto decimal = Decimal::of(number);
  return decimal && decimal->is_integer();
}

std::optional<Divisor> Divisor::of(const json::Value& number) {
  const auto decimal = Decimal::of(number);
  if (!decimal || decimal->is_zero() || decimal->negative || decimal->digits.size() > kDivisorDigitsMax)
    return std::nullopt;
  Divisor divisor;
  std::from_chars(decimal->digits.data(), decimal->digits.data() + decimal->digits.size(), divisor.digits);
  divisor.exponent = decimal->exponent;
  divisor.is_int64 =
      divisor.exponent >= 0 &&
      decimal->digits.size() + static_cast<std::uint64_t>(divisor.exponent) <= kDivisorDigitsMax;
  return divisor;
}

bool is_multiple(const json::Value& number, const Divisor& divisor) {
  if (divisor.is_int64 && number.is_int64())
    return number.as_int64() % static_cast<std::int64_t>(scaled(divisor)) == 0;
  const auto decimal = Decimal::of(number);
  if (!decimal) return false;
  if (decimal->is_zero()) return true;
  // The number's last digit is not zero, so nothing that ends in zeros divides it.
  if (decimal->exponent < divisor.exponent) return false;
  const std::uint64_t rest = digits_mod(decimal->digits, divisor.digits);
  return times_mod(rest, power_of_ten_mod(decimal->exponent - divisor.exponent, divisor.digits),
                   divisor.digits) == 0;
}

}  // namespace xf::schema
