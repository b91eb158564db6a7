// Numbers: what jq takes from the C library's mathematics, and the tests for nan, infinite and normal.
#include <math.h>
#include <cmath>
#include <limits>

#include "xflow/expression/dump.h"
#include "xflow/expression/tables.h"

namespace xf::expression {
namespace {

using json::Value;
using Args = std::span<const Value>;

constexpr std::string_view kNeedsNumber = "number required";

template <double (*function)(double)>
Outcome of_input(Context&, const Value& in, Args) {
  if (!in.is_number()) return type_error(in, kNeedsNumber);
  return Value::number(function(in.as_double()));
}

template <double (*function)(double, double)>
Outcome of_two(Context&, const Value&, Args args) {
  for (const Value& a : args) {
    if (!a.is_number()) return type_error(a, kNeedsNumber);
  }
  return Value::number(function(args[0].as_double(), args[1].as_double()));
}

Outcome multiply_add(Context&, const Value&, Args args) {
  for (const Value& a : args) {
    if (!a.is_number()) return type_error(a, kNeedsNumber);
  }
  return Value::number(::fma(args[0].as_double(), args[1].as_double(), args[2].as_double()));
}

Outcome two_numbers(double a, double b) { return Value::array({Value::number(a), Value::number(b)}); }

Outcome mantissa_exponent(Context&, const Value& in, Args) {
  if (!in.is_number()) return type_error(in, kNeedsNumber);
  int exponent = 0;
  const double mantissa = ::frexp(in.as_double(), &exponent);
  return two_numbers(mantissa, exponent);
}

Outcome fraction_whole(Context&, const Value& in, Args) {
  if (!in.is_number()) return type_error(in, kNeedsNumber);
  double whole = 0;
  const double fraction = ::modf(in.as_double(), &whole);
  return two_numbers(fraction, whole);
}

Outcome log_gamma_sign(Context&, const Value& in, Args) {
  if (!in.is_number()) return type_error(in, kNeedsNumber);
  int sign = 0;
  const double value = ::lgamma_r(in.as_double(), &sign);
  return two_numbers(value, sign);
}

// lgamma() would write the global `signgam`.
double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

// As the processor cuts a double to an int: what does not fit becomes the lowest one.
int to_int(double d) {
  constexpr double kLow = std::numeric_limits<int>::min(), kHigh = std::numeric_limits<int>::max();
  return d > kLow - 1 && d < kHigh + 1 ? static_cast<int>(d) : std::numeric_limits<int>::min();
}
long to_long(double d) {
  return d >= -0x1p63 && d < 0x1p63 ? static_cast<long>(d) : std::numeric_limits<long>::min();
}

double load_exponent(double x, double e) { return ::ldexp(x, to_int(e)); }
double scale_by_long(double x, double e) { return ::scalbln(x, to_long(e)); }
double next_towards(double x, double y) { return ::nexttoward(x, static_cast<long double>(y)); }
// These loop as often as their order says.
constexpr int kOrderMax = 1'000'000;
double bessel_first(double n, double x) { return std::abs(n) <= kOrderMax ? ::jn(to_int(n), x) : 0; }
double bessel_second(double n, double x) {
  return std::abs(n) <= kOrderMax ? ::yn(to_int(n), x) : -std::numeric_limits<double>::infinity();
}

template <double (*function)(double, double), std::uint64_t work>
Outcome of_order(Context& c, const Value& in, Args args) {
  if (!c.charge(work +
                (args[0].is_number() ? std::uint64_t(std::min(std::abs(args[0].as_double()), 1e6)) : 0)))
    return spent();
  return of_two<function>(c, in, args);
}

Outcome is_infinite(Context&, const Value& in, Args) {
  return Value::boolean(in.is_number() && std::isinf(in.as_double()));
}
Outcome is_nan(Context&, const Value& in, Args) {
  return Value::boolean(in.is_number() && std::isnan(in.as_double()));
}
Outcome is_finite(Context&, const Value& in, Args) {
  return Value::boolean(in.is_number() && !std::isinf(in.as_double()));
}
Outcome is_normal(Context&, const Value& in, Args) {
  return Value::boolean(in.is_number() && std::isnormal(in.as_double()));
}
Outcome infinite(Context&, const Value&, Args) {
  return Value::number(std::numeric_limits<double>::infinity());
}
Outcome not_a_number(Context&, const Value&, Args) {
  return Value::number(std::numeric_limits<double>::quiet_NaN());
}

constexpr Native kNatives[] = {
    {"acos", 0, of_input<::acos>},
    {"acosh", 0, of_input<::acosh>},
    {"asin", 0, of_input<::asin>},
    {"asinh", 0, of_input<::asinh>},
    {"atan", 0, of_input<::atan>},
    {"atan2", 2, of_two<::atan2>},
    {"atanh", 0, of_input<::atanh>},
    {"cbrt", 0, of_input<::cbrt>},
    {"ceil", 0, of_input<::ceil>},
    {"copysign", 2, of_two<::copysign>},
    {"cos", 0, of_input<::cos>},
    {"cosh", 0, of_input<::cosh>},
    {"drem", 2, of_two<::remainder>},
    {"erf", 0, of_input<::erf>},
    {"erfc", 0, of_input<::erfc>},
    {"exp", 0, of_input<::exp>},
    {"exp10", 0, of_input<::exp10>},
    {"exp2", 0, of_input<::exp2>},
    {"expm1", 0, of_input<::expm1>},
    {"fabs", 0, of_input<::fabs>},
    {"fdim", 2, of_two<::fdim>},
    {"floor", 0, of_input<::floor>},
    {"fma", 3, multiply_add},
    {"fmax", 2, of_two<::fmax>},
    {"fmin", 2, of_two<::fmin>},
    {"fmod", 2, of_two<::fmod>},
    {"frexp", 0, mantissa_exponent},
    {"gamma", 0, of_input<log_gamma>},
    {"hypot", 2, of_two<::hypot>},
    {"infinite", 0, infinite},
    {"isfinite", 0, is_finite},
    {"isinfinite", 0, is_infinite},
    {"isnan", 0, is_nan},
    {"isnormal", 0, is_normal},
    {"j0", 0, of_input<::j0>},
    {"j1", 0, of_input<::j1>},
    {"jn", 2, of_order<bessel_first, 1>},
    {"ldexp", 2, of_two<load_exponent>},
    {"lgamma", 0, of_input<log_gamma>},
    {"lgamma_r", 0, log_gamma_sign},
    {"log", 0, of_input<::log>},
    {"log10", 0, of_input<::log10>},
    {"log1p", 0, of_input<::log1p>},
    {"log2", 0, of_input<::log2>},
    {"logb", 0, of_input<::logb>},
    {"modf", 0, fraction_whole},
    {"nan", 0, not_a_number},
    {"nearbyint", 0, of_input<::nearbyint>},
    {"nextafter", 2, of_two<::nextafter>},
    {"nexttoward", 2, of_two<next_towards>},
    {"pow", 2, of_two<::pow>},
    {"remainder", 2, of_two<::remainder>},
    {"rint", 0, of_input<::rint>},
    {"round", 0, of_input<::round>},
    {"scalb", 2, of_two<::scalb>},
    {"scalbln", 2, of_two<scale_by_long>},
    {"significand", 0, of_input<::significand>},
    {"sin", 0, of_input<::sin>},
    {"sinh", 0, of_input<::sinh>},
    {"sqrt", 0, of_input<::sqrt>},
    {"tan", 0, of_input<::tan>},
    {"tanh", 0, of_input<::tanh>},
    {"tgamma", 0, of_input<::tgamma>},
    {"trunc", 0, of_input<::trunc>},
    {"y0", 0, of_input<::y0>},
    {"y1", 0, of_input<::y1>},
    {"yn", 2, of_order<bessel_second, 1>},
};

}  // namespace

std::span<const Native> math_natives() { return kNatives; }

}  // namespace xf::expression
