// See access.h and native.h.
#include "xflow/expression/access.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "xflow/expression/dump.h"
#include "xflow/expression/order.h"
#include "xflow/expression/text.h"

namespace xf::expression {
namespace {

using json::Value;

constexpr std::int64_t kIndexMax = std::numeric_limits<std::int32_t>::max() >> 2;

std::string kind_name(const Value& v) { return std::string(json::to_string(v.kind())); }

// Cut to 32 bits, then towards zero.
std::int64_t cut_index(double d) {
  constexpr double kLow = std::numeric_limits<std::int32_t>::min(),
                   kHigh = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int64_t>(std::clamp(d, kLow, kHigh));
}

std::unexpected<Failure> index_error(const Value& target, const Value& key) {
  return fail_with("Cannot index " + kind_name(target) + " with " + describe(key));
}

Value element(const Value& array, double key) {
  if (std::isnan(key)) return Value::null();
  std::int64_t i = cut_index(key);
  const auto size = static_cast<std::int64_t>(array.size());
  if (i < 0) i += size;
  return i >= 0 && i < size ? array.elements()[static_cast<std::size_t>(i)] : Value::null();
}

Outcome cut(Context& c, const Value& array, Range r) {
  if (r.begin == 0 && r.end == array.size()) return array;
  if (!c.reserve((r.end - r.begin) * sizeof(Value))) return spent();
  return Value::array(array.elements().subspan(r.begin, r.end - r.begin));
}

Outcome cut_text(Context& c, const Value& text, const Value& from, const Value& to) {
  const auto s = text.as_string();
  if (!c.charge(s.size() >> 5)) return spent();
  auto range = slice_range(utf8_count(s), from, to);
  if (!range) return std::unexpected(std::move(range).error());
  const std::size_t begin = utf8_offset(s, range->begin);
  const auto part = s.substr(begin, utf8_offset(s.substr(begin), range->end - range->begin));
  if (part.size() == s.size()) return text;
  if (!c.reserve(part.size())) return spent();
  return Value::string(part);
}

// Where `part` occurs in `array`, as jq's .[[…]] gives it.
Outcome places_of(Context& c, const Value& array, const Value& part) {
  Value places = Value::array();
  if (part.size() == 0) return places;
  for (std::size_t at = 0; at + part.size() <= array.size(); ++at) {
    bool here = true;
    for (std::size_t i = 0; i < part.size() && here; ++i) {
      if (!c.charge(1)) return spent();
      auto same = equal(c, array.elements()[at + i], part.elements()[i]);
      if (!same) return std::unexpected(std::move(same).error());
      here = *same;
    }
    if (here) places = std::move(places).append(Value::number(double(at)));
  }
  return places;
}

Outcome set_element(Context& c, Value array, double key, Value value) {
  if (std::isnan(key)) return fail_with("Cannot set array element at NaN index");
  std::int64_t i = cut_index(key);
  if (i < 0) i += static_cast<std::int64_t>(array.size());
  if (i < 0) return fail_with("Out of bounds negative array index");
  if (i > kIndexMax) return fail_with("Array index too large");
  const auto at = static_cast<std::size_t>(i);
  if (at > array.size()) {
    if (!c.reserve(2 * (at - array.size()) * sizeof(Value)) || !c.charge(at - array.size())) return spent();
    while (array.size() < at) array = std::move(array).append(Value::null());
  }
  if (!c.reserve_change(array, 1)) return spent();
  return std::move(array).with(at, std::move(value));
}

Outcome set_slice(Context& c, const Value& array, const Value& slice, const Value& value) {
  auto range = slice_range(array.size(), slice);
  if (!range) return std::unexpected(std::move(range).error());
  if (!value.is_array()) return fail_with("A slice of an array can only be assigned another array");
  const auto old = array.elements(), put = value.elements();
  const std::size_t size = old.size() - (range->end - range->begin) + put.size();
  if (!c.reserve(2 * size * sizeof(Value)) || !c.charge(size)) return spent();
  std::vector<Value> elements;
  elements.reserve(size);
  const auto begin = static_cast<std::ptrdiff_t>(range->begin), end = static_cast<std::ptrdiff_t>(range->end);
  elements.insert(elements.end(), old.begin(), old.begin() + begin);
  elements.insert(elements.end(), put.begin(), put.end());
  elements.insert(elements.end(), old.begin() + end, old.end());
  return Value::array(std::move(elements));
}

}  // namespace

std::expected<Range, Failure> slice_range(std::size_t size, const Value& from, const Value& to) {
  const bool open_begin = from.is_null(), open_end = to.is_null();
  if ((!open_begin && !from.is_number()) || (!open_end && !to.is_number()))
    return fail_with("Array/string slice indices must be integers");
  const auto length = static_cast<double>(size);
  double begin = open_begin ? 0 : from.as_double();
  if (std::isnan(begin)) begin = 0;
  if (begin < 0) begin += length;
  begin = std::floor(std::clamp(begin, 0.0, length));
  double end = open_end ? length : to.as_double();
  if (std::isnan(end)) end = length;
  if (end < 0) end += length;
  if (end < 0) end = begin;
  end = std::min(std::ceil(std::min(end, length)), length);
  return Range{static_cast<std::size_t>(begin), static_cast<std::size_t>(std::max(begin, end))};
}

std::expected<Range, Failure> slice_range(std::size_t size, const Value& slice) {
  const Value* from = slice.find("start");
  const Value* to = slice.find("end");
  if (from == nullptr || to == nullptr) return fail_with("Array/string slice indices must be integers");
  return slice_range(size, *from, *to);
}

Outcome index(Context& c, const Value& target, const Value& key) {
  if (target.is_object() && key.is_string()) return target.get(key.as_string());
  if (target.is_array() && key.is_number()) return element(target, key.as_double());
  if (target.is_null() && (key.is_string() || key.is_number() || key.is_object())) return Value::null();
  if (target.is_array() && key.is_array()) return places_of(c, target, key);
  if (key.is_object() && (target.is_array() || target.is_string())) {
    const Value* from = key.find("start");
    const Value* to = key.find("end");
    if (from == nullptr || to == nullptr) return fail_with("Array/string slice indices must be integers");
    return slice(c, target, *from, *to);
  }
  return index_error(target, key);
}

Outcome slice(Context& c, const Value& target, const Value& from, const Value& to) {
  if (target.is_string()) return cut_text(c, target, from, to);
  if (target.is_null()) return Value::null();
  if (!target.is_array()) return index_error(target, Value::object({{"start", from}, {"end", to}}));
  auto range = slice_range(target.size(), from, to);
  if (!range) return std::unexpected(std::move(range).error());
  return cut(c, target, *range);
}

Outcome set(Context& c, Value target, const Value& key, Value value) {
  const bool is_new = target.is_null();
  if (key.is_string() && (is_new || target.is_object())) {
    if (is_new) target = Value::object();
    if (!c.reserve_change(target, 1)) return spent();
    return std::move(target).with(key, std::move(value));
  }
  if (key.is_number() && (is_new || target.is_array())) {
    if (is_new) target = Value::array();
    return set_element(c, std::move(target), key.as_double(), std::move(value));
  }
  if (key.is_object() && (is_new || target.is_array())) {
    if (is_new) target = Value::array();
    return set_slice(c, target, key, value);
  }
  if (key.is_object() && target.is_string()) return fail_with("Cannot update string slices");
  return fail_with("Cannot update field at " + kind_name(key) + " index of " + kind_name(target));
}

Outcome has(Context&, const Value& target, const Value& key) {
  if (target.is_null()) return Value::boolean(false);
  if (target.is_object() && key.is_string()) return Value::boolean(target.find(key.as_string()) != nullptr);
  if (target.is_array() && key.is_number()) {
    const double d = std::trunc(key.as_double());
    return Value::boolean(d >= 0 && d < static_cast<double>(target.size()));
  }
  return fail_with("Cannot check whether " + kind_name(target) + " has a " + kind_name(key) + " key");
}

}  // namespace xf::expression
