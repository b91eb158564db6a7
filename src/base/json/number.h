// Numbers as text: what a double prints, and the digits that a literal keeps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace xf::json {

// The longest: a sign, 17 digits, 15 zeros.
inline constexpr std::size_t kDoubleTextMax = 33;

// The shortest digits that read back as `d`, written as jq writes them ("1e-05", "1e+17", "100000", "-0"); an
// infinite number becomes the largest finite one, NaN becomes null. Returns the number of bytes written (<=
// kDoubleTextMax).
std::size_t write_double(char* out, double d);

// A decimal number taken apart; the digits stay in the text it came from.
struct Decimal {
  bool negative = false;
  std::string_view head, tail;  // significant digits before and after the point; both empty: zero
  std::int64_t top = 0;         // the power of ten of the first significant digit
  std::int64_t bottom = 0;      // the power of ten of the last written digit (significant or not)

  // [+-]digits[.digits][e[+-]digits], or .digits, or digits.: what jq accepts.
  static bool parse(std::string_view text, Decimal&);
  bool is_zero() const { return head.empty() && tail.empty(); }
};

// By value: 1.0 equals 1, whatever the number of digits.
int compare(const Decimal&, const Decimal&);

enum class LiteralForm { kInvalid, kPlain, kKept };
// Reads a literal: its nearest double (infinite beyond the range), and, for kKept, its digits in canonical
// form (all that were written, 1E+2 for 1e2), which differ from what the double prints.
LiteralForm read_literal(std::string_view text, double& number, std::string& digits);

}  // namespace xf::json
