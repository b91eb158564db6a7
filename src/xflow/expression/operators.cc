// The operators + - * / % and unary minus on values: jq 1.8's meaning and texts.
#include <cmath>
#include <limits>

#include "xflow/expression/dump.h"
#include "xflow/expression/literals.h"
#include "xflow/expression/native.h"
#include "xflow/expression/order.h"
#include "xflow/expression/strings.h"

namespace xf::expression {
namespace {

using json::Value;

constexpr std::uint64_t kRepeatBytesMax = 2'147'483'639;  // jq's longest string

Outcome concatenate(Context& c, Value a, const Value& b) {
  if (a.size() == 0) return b;
  if (!c.charge(1 + b.size()) || !c.reserve_change(a, b.size())) return spent();
  for (const Value& element : b.elements()) a = std::move(a).append(element);
  return a;
}

Outcome merge(Context& c, Value a, const Value& b) {
  if (a.size() == 0) return b;
  if (!c.charge(1 + b.size()) || !c.reserve_change(a, b.size())) return spent();
  for (const json::Member& m : b.members()) a = std::move(a).with(m.key, m.value);
  return a;
}

// One level of a recursive merge: `into` takes the members of `from`, from `next` on; `key` is where it goes
// back to.
struct Level {
  Value into;
  const Value* from;
  std::size_t next = 0;
};

class DeepMerge {
  static constexpr std::uint64_t kMemberWork = 3;  // found, taken out, put back

 public:
  explicit DeepMerge(Context& c) : context_(c) {}

  Outcome run(Value a, const Value& b) {
    levels_.push_back({std::move(a), &b});
    for (;;) {
      if (!context_.charge(kMemberWork)) return spent();
      Level& top = levels_.back();
      if (top.next < top.from->size()) {
        if (!step(top)) return fail_with("Object merge too deep");
        continue;
      }
      Value merged = std::move(top.into);
      levels_.pop_back();
      if (levels_.empty()) return merged;
      Level& parent = levels_.back();
      parent.into = std::move(parent.into).with(parent.from->members()[parent.next++].key, std::move(merged));
    }
  }

 private:
  // False: too deep.
  bool step(Level& top) {
    const json::Member& m = top.from->members()[top.next];
    const Value* mine = top.into.find(m.key.as_string());
    if (mine == nullptr || !mine->is_object() || !m.value.is_object()) {
      top.into = std::move(top.into).with(m.key, m.value);
      top.next++;
      return true;
    }
    if (levels_.size() > json::kDepthMax) return false;
    Value part = top.into.take(m.key.as_string());
    levels_.push_back({std::move(part), &m.value});
    return true;
  }

  Context& context_;
  std::vector<Level> levels_;
};

Outcome repeat(Context& c, const Value& text, double times) {
  if (times < 0 || std::isnan(times)) return Value::null();
  const double cut = std::min(times, double(std::numeric_limits<std::int32_t>::max()));
  const auto count = static_cast<std::uint64_t>(cut);
  if (count * text.size() >= kRepeatBytesMax) return fail_with("Repeat string result too long");
  Text out(c);
  if (!out.repeat(text.as_string(), count)) return spent();
  return out.value();
}

Outcome without_elements(Context& c, const Value& a, const Value& b) {
  Value kept = Value::array();
  for (const Value& element : a.elements()) {
    bool found = false;
    for (std::size_t i = 0; i < b.size() && !found; ++i) {
      if (!c.charge(1)) return spent();
      auto same = equal(c, element, b.elements()[i]);
      if (!same) return std::unexpected(std::move(same).error());
      found = *same;
    }
    if (!c.charge(1)) return spent();
    if (!found) kept = std::move(kept).append(element);
  }
  return kept;
}

// As jq cuts a double for %: towards zero, and to the range of 64 bits.
std::int64_t whole(double d) {
  constexpr auto kLow = std::numeric_limits<std::int64_t>::min();
  constexpr auto kHigh = std::numeric_limits<std::int64_t>::max();
  if (d < static_cast<double>(kLow)) return kLow;
  if (-d <= static_cast<double>(kLow)) return kHigh;
  return static_cast<std::int64_t>(d);
}

}  // namespace

Outcome add(Context& c, Value a, Value b) {
  if (a.is_number() && b.is_number()) return Value::number(a.as_double() + b.as_double());
  if (a.is_null()) return b;
  if (b.is_null()) return a;
  if (a.is_string() && b.is_string()) {
    if (!c.reserve_change(a, b.size())) return spent();
    return std::move(a).append_text(b.as_string());
  }
  if (a.is_array() && b.is_array()) return concatenate(c, std::move(a), b);
  if (a.is_object() && b.is_object()) return merge(c, std::move(a), b);
  return type_error(a, b, "cannot be added");
}

Outcome subtract(Context& c, Value a, Value b) {
  if (a.is_number() && b.is_number()) return Value::number(a.as_double() - b.as_double());
  if (a.is_array() && b.is_array()) return without_elements(c, a, b);
  return type_error(a, b, "cannot be subtracted");
}

Outcome multiply(Context& c, Value a, Value b) {
  if (a.is_number() && b.is_number()) return Value::number(a.as_double() * b.as_double());
  if (a.is_string() && b.is_number()) return repeat(c, a, b.as_double());
  if (a.is_number() && b.is_string()) return repeat(c, b, a.as_double());
  if (a.is_object() && b.is_object()) return DeepMerge(c).run(std::move(a), b);
  return type_error(a, b, "cannot be multiplied");
}

Outcome divide(Context& c, Value a, Value b) {
  if (a.is_number() && b.is_number()) {
    if (b.as_double() == 0) return type_error(a, b, "cannot be divided because the divisor is zero");
    return Value::number(a.as_double() / b.as_double());
  }
  if (a.is_string() && b.is_string()) return split(c, a.as_string(), b.as_string());
  return type_error(a, b, "cannot be divided");
}

Outcome modulo(Context&, Value a, Value b) {
  if (!a.is_number() || !b.is_number()) return type_error(a, b, "cannot be divided (remainder)");
  const double x = a.as_double(), y = b.as_double();
  if (std::isnan(x) || std::isnan(y)) return Value::number(std::nan(""));
  const std::int64_t divisor = whole(y);
  if (divisor == 0) return type_error(a, b, "cannot be divided (remainder) because the divisor is zero");
  return Value::number(divisor == -1 ? 0.0 : static_cast<double>(whole(x) % divisor));
}

Outcome negate(Context&, Value a) {
  if (!a.is_number()) return type_error(a, "cannot be negated");
  if (!a.is_literal()) return Value::number(-a.as_double());
  return negated_literal(a);
}

}  // namespace xf::expression
