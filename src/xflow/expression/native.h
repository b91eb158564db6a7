// Natives: the part of the language that works on values alone. The evaluator owns closures, generators and
// syntax; what takes values and gives one value is a Native, found by name and arity when compiling.
//
// Rules for a native: no clock but Context::now, no hash order, no C recursion that follows a value's depth.
// Work that grows with the input is charged (about one unit for 32 bytes or one element touched) before it is
// done, and whatever may grow large is reserved before it is built. A native that is refused returns spent()
// at once.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/json/value.h"
#include "base/time.h"
#include "xflow/expression/program.h"

namespace xf::expression {

class RegexCache;

// The budget and the environment of one evaluation. One thread.
class Context {
 public:
  Context(const Limits& limits, TimeUs at) noexcept
      : now(at),
        limits_(limits),
        meter_(json::meter()),
        live_max_(meter_.live_bytes + static_cast<std::int64_t>(limits.bytes_max)),
        allocated_start_(meter_.allocated_bytes) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const TimeUs now;
  std::shared_ptr<RegexCache> regexes;  // made when the first regular expression is met

  // False: the budget is spent. It stays spent, and the evaluation ends with over_budget.
  [[nodiscard]] bool charge(std::uint64_t work) noexcept {
    work_ += work;
    return (work_ + ((meter_.allocated_bytes - allocated_start_) >> 5) <= limits_.work_max &&
            meter_.live_bytes <= live_max_ && !spent_)
               ? true
               : refuse();
  }
  // Asks for room before `bytes` are built, and charges for touching them.
  [[nodiscard]] bool reserve(std::uint64_t bytes) noexcept {
    if (bytes > limits_.bytes_max || meter_.live_bytes + static_cast<std::int64_t>(bytes) > live_max_)
      return refuse();
    return charge(bytes >> 5);
  }
  // Before `target` grows by `more` parts: asks for room for all of it when somebody else holds it, too.
  [[nodiscard]] bool reserve_change(const json::Value& target, std::uint64_t more) noexcept {
    const std::uint64_t part = target.is_string()  ? 1
                               : target.is_array() ? sizeof(json::Value)
                                                   : sizeof(json::Member);
    return reserve((more + (target.is_shared() ? target.size() : 0)) * part);
  }
  bool refuse() noexcept {
    spent_ = true;
    return false;
  }
  bool spent() const noexcept { return spent_; }
  std::uint64_t allocated_bytes() const noexcept { return meter_.allocated_bytes - allocated_start_; }
  const Limits& limits() const noexcept { return limits_; }

 private:
  const Limits& limits_;
  json::Meter& meter_;
  const std::int64_t live_max_;
  const std::uint64_t allocated_start_;
  std::uint64_t work_ = 0;
  bool spent_ = false;
};

// Why an evaluation ended: the value that `catch` sees, or the budget.
struct Failure {
  json::Value value;
  bool over_budget = false;
};
using Outcome = std::expected<json::Value, Failure>;

// fail_with("Cannot iterate over null"): a failure that `catch` sees as this text.
inline std::unexpected<Failure> fail_with(std::string_view text) {
  return std::unexpected(Failure{json::Value::string(text), false});
}
inline std::unexpected<Failure> spent() { return std::unexpected(Failure{json::Value{}, true}); }

using NativeFn = Outcome (*)(Context&, const json::Value& input, std::span<const json::Value> args);
struct Native {
  std::string_view name;
  std::uint8_t arity;
  NativeFn call;
};
// Sorted by (name, arity). Names that begin with `_` are for the evaluator only and hidden from programs:
//   _sort_by/1 _group_by/1 _unique_by/1 _min_by/1 _max_by/1   input array, arg = array of keys, one for each
//   element _match/3   input string; args: pattern, flags (string or null), test only (boolean).
//              Gives true/false, or the array of match objects, as `match` gives them
std::span<const Native> natives();

// Operators, used by the evaluator's fast paths too. By value: edited in place when unique. Errors are
// jq 1.8's texts.
Outcome add(Context&, json::Value a, json::Value b);
Outcome subtract(Context&, json::Value a, json::Value b);
Outcome multiply(Context&, json::Value a, json::Value b);
Outcome divide(Context&, json::Value a, json::Value b);
Outcome modulo(Context&, json::Value a, json::Value b);
Outcome negate(Context&, json::Value a);

// jq's order under the budget: below, at or above zero; NaN is below every number, itself included. Values
// may share parts so that comparing them never ends: json::compare() and == are for values of known size
// only.
std::expected<int, Failure> compare(Context&, const json::Value& a, const json::Value& b);
std::expected<bool, Failure> equal(Context&, const json::Value& a, const json::Value& b);

// target[key]: a member, an element, a slice ({start, end}), or the places where a sub-array occurs.
Outcome index(Context&, const json::Value& target, const json::Value& key);
// target[from:to]; null is an open end.
Outcome slice(Context&, const json::Value& target, const json::Value& from, const json::Value& to);

Outcome get_path(Context&, const json::Value& target, const json::Value& path);
Outcome set_path(Context&, json::Value target, const json::Value& path, json::Value value);
Outcome delete_paths(Context&, json::Value target, const json::Value& paths);

// @base64 and its kin on one value; the name comes without the @. An unknown name fails.
Outcome format(Context&, std::string_view name, const json::Value&);

// The value as error texts quote it: `number (12)`, `string ("abcdefg...)`, cut as jq 1.8 cuts.
std::string describe(const json::Value&);
// The text alone, cut to fewer than `bytes_max` bytes: `"abcdefg...`.
std::string excerpt(const json::Value&, std::size_t bytes_max);

}  // namespace xf::expression
