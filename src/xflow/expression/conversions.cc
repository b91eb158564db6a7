// What a value is, and one kind made from another: type, length, tostring, tonumber, toboolean, tojson,
// @formats.
#include <cmath>
#include <limits>

#include "xflow/expression/dump.h"
#include "xflow/expression/from_json.h"
#include "xflow/expression/literals.h"
#include "xflow/expression/tables.h"

namespace xf::expression {
namespace {

using json::Kind;
using json::Value;
using Args = std::span<const Value>;

Outcome type(Context&, const Value& in, Args) { return Value::string(json::to_string(in.kind())); }

Outcome logical_not(Context&, const Value& in, Args) { return Value::boolean(!in.truthy()); }

Outcome length(Context& c, const Value& in, Args) {
  switch (in.kind()) {
    case Kind::kNull: return Value::number(0);
    case Kind::kBool: return type_error(in, "has no length");
    case Kind::kNumber: return absolute(in);
    case Kind::kString:
      if (!c.charge(in.size() >> 5)) return spent();
      return Value::number(static_cast<double>(utf8_count(in.as_string())));
    case Kind::kArray:
    case Kind::kObject: return Value::number(static_cast<double>(in.size()));
  }
  return Value::null();
}

Outcome to_string(Context& c, const Value& in, Args) { return to_text(c, in); }
Outcome to_json_text(Context& c, const Value& in, Args) { return to_json(c, in); }

Outcome to_number(Context& c, const Value& in, Args) {
  if (in.is_number()) return in;
  if (in.is_string()) {
    if (!c.reserve(in.size())) return spent();
    if (auto number = read_number(in.as_string())) return *std::move(number);
  }
  return type_error(in, "cannot be parsed as a number");
}

Outcome to_boolean(Context&, const Value& in, Args) {
  if (in.is_bool()) return in;
  if (in.is_string() && in.as_string() == "true") return Value::boolean(true);
  if (in.is_string() && in.as_string() == "false") return Value::boolean(false);
  return type_error(in, "cannot be parsed as a boolean");
}

Outcome from_json_text(Context& c, const Value& in, Args) {
  if (!in.is_string()) return type_error(in, "only strings can be parsed");
  return from_json(c, in.as_string());
}

Outcome format_by_name(Context& c, const Value& in, Args args) {
  if (!args[0].is_string()) return type_error(args[0], "is not a valid format");
  return format(c, args[0].as_string(), in);
}

// -. for what is below 0 in the order of values: everything below numbers fails to be negated.
Outcome abs(Context& c, const Value& in, Args) {
  if (in.is_number() && json::compare(in, Value::literal("0")) >= 0) return in;
  if (in.is_string() || in.is_array() || in.is_object()) return in;
  return negate(c, in);
}

Outcome always_true(Context&, const Value&, Args) { return Value::boolean(true); }

Outcome now(Context& c, const Value&, Args) { return Value::number(static_cast<double>(c.now) / 1e6); }

constexpr Native kNatives[] = {
    {"abs", 0, abs},
    {"format", 1, format_by_name},
    {"fromjson", 0, from_json_text},
    {"have_decnum", 0, always_true},
    {"have_literal_numbers", 0, always_true},
    {"length", 0, length},
    {"not", 0, logical_not},
    {"now", 0, now},
    {"toboolean", 0, to_boolean},
    {"tojson", 0, to_json_text},
    {"tonumber", 0, to_number},
    {"tostring", 0, to_string},
    {"type", 0, type},
};

}  // namespace

std::span<const Native> conversion_natives() { return kNatives; }

}  // namespace xf::expression
