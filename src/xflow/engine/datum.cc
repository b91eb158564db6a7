#include "xflow/engine/datum.h"

namespace xf::engine {

using json::Value;

namespace {

constexpr int kMaskedDepth = 8;  // deeper parts of a secret are masked as a whole

Value masked(const Value& value, int depth) {
  if (value.is_null()) return {};
  if (depth == 0 || !(value.is_object() || value.is_array())) return mask();
  if (value.is_array()) {
    std::vector<Value> elements;
    for (const Value& element : value.elements()) elements.push_back(masked(element, depth - 1));
    return Value::array(std::move(elements));
  }
  Value out = Value::object();
  for (const json::Member& member : value.members())
    out = std::move(out).with(member.key, masked(member.value, depth - 1));
  return out;
}

}  // namespace

Datum Datum::hidden(Value value, Value shown) {
  Datum out(std::move(value));
  if (!(out.value_ == shown)) out.shown_ = std::make_shared<const Value>(std::move(shown));
  return out;
}

const Value& mask() {
  static const Value kMask = Value::string("***");
  return kMask;
}

Value masked(const Value& value) { return masked(value, kMaskedDepth); }

Datum array_of(const std::vector<Datum>& elements) {
  std::vector<Value> values, shown;
  bool is_hidden = false;
  for (const Datum& element : elements) {
    values.push_back(element.value());
    shown.push_back(element.shown());
    is_hidden |= element.is_hidden();
  }
  if (!is_hidden) return Value::array(std::move(values));
  return Datum::hidden(Value::array(std::move(values)), Value::array(std::move(shown)));
}

Datum element_of(const Datum& array, std::size_t index) {
  const Value& value = array.value().elements()[index];
  if (!array.is_hidden()) return value;
  const auto shown = array.shown().elements();
  return Datum::hidden(value, shown.size() == array.value().size() ? shown[index] : mask());
}

Datum with(const Datum& object, std::string_view key, const Datum& member) {
  Value value = Value(object.value()).with(key, member.value());
  if (!object.is_hidden() && !member.is_hidden()) return value;
  return Datum::hidden(std::move(value), Value(object.shown()).with(key, member.shown()));
}

}  // namespace xf::engine
