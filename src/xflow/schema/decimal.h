// Decimal: a JSON number as its decimal digits say it, for what a double would round: "is 0.3 a multiple of
// 0.1?"
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/json/value.h"

namespace xf::schema {

// digits × 10^exponent. The digits have no zero at either end; none at all is zero.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;

  // The kept digits, or the shortest ones that give the double again. nullopt: not finite.
  static std::optional<Decimal> of(const json::Value& number);

  bool is_zero() const noexcept { return digits.empty(); }
  bool is_integer() const noexcept { return exponent >= 0; }
};

// 1.0, 1e3 and 12345678901234567890123 are integers.
bool is_integer(const json::Value& number);

// What a number may have to be a multiple of: digits that fit a 64-bit integer.
struct Divisor {
  std::uint64_t digits = 1;
  std::int64_t exponent = 0;
  bool is_int64 = false;  // the divisor itself, scaled, fits: the quick way

  // nullopt: not above zero, or more than 18 digits.
  static std::optional<Divisor> of(const json::Value& number);
};
bool is_multiple(const json::Value& number, const Divisor&);

}  // namespace xf::schema
