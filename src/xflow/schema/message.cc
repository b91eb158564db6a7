// See message.h. Texts stay short whatever the value is.
#include "xflow/schema/message.h"

#include "base/json/print.h"

namespace xf::schema::message {
namespace {

using json::Kind;
using json::Value;

constexpr std::size_t kTextMax = 60;
constexpr std::size_t kListMax = 10;

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string quoted(std::string_view text) {
  if (text.size() <= kTextMax) return json::print(Value::string(text));
  std::size_t cut = kTextMax;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
  std::string out = json::print(Value::string(text.substr(0, cut)));
  out.insert(out.size() - 1, "…");
  return out;
}

std::string number(const Value& value) {
  std::string text = json::print(value);
  if (text.size() > kTextMax) text = text.substr(0, kTextMax) + "…";
  return text;
}

std::string kind_of(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return "null";
    case Kind::kBool: return "a boolean";
    case Kind::kNumber: return "a number";
    case Kind::kString: return "a string";
    case Kind::kArray: return "an array";
    case Kind::kObject: return "an object";
  }
  return "";
}

// "a", "a or b", "a, b or c"
std::string join_or(const std::vector<std::string>& texts) {
  std::string out;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += i + 1 == texts.size() ? " or " : ", ";
    out += texts[i];
  }
  return out;
}

}  // namespace

std::string excerpt(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return "null";
    case Kind::kBool: return value.as_bool() ? "true" : "false";
    case Kind::kNumber: return number(value);
    case Kind::kString: return quoted(value.as_string());
    case Kind::kArray: return "an array of " + counted(value.size(), "element", "elements");
    case Kind::kObject: return "an object of " + counted(value.size(), "property", "properties");
  }
  return "";
}

std::string_view keyword_of(keyword::Bound bound) {
  switch (bound) {
    case keyword::Bound::kMinimum: return "/minimum";
    case keyword::Bound::kMaximum: return "/maximum";
    case keyword::Bound::kExclusiveMinimum: return "/exclusiveMinimum";
    case keyword::Bound::kExclusiveMaximum: return "/exclusiveMaximum";
  }
  return "";
}

std::string_view keyword_of(const keyword::Count& count) {
  switch (count.what) {
    case keyword::Counted::kCharacters: return count.is_maximum ? "/maxLength" : "/minLength";
    case keyword::Counted::kItems: return count.is_maximum ? "/maxItems" : "/minItems";
    case keyword::Counted::kProperties: return count.is_maximum ? "/maxProperties" : "/minProperties";
  }
  return "";
}

std::string wrong_type(std::uint8_t mask, const Value& value) {
  std::vector<std::string> allowed;
  if (mask & kStringBit) allowed.emplace_back("a string");
  if (mask & kNumberBit)
    allowed.emplace_back("a number");
  else if (mask & kIntegerBit)
    allowed.emplace_back("an integer");
  if (mask & kBooleanBit) allowed.emplace_back("a boolean");
  if (mask & kObjectBit) allowed.emplace_back("an object");
  if (mask & kArrayBit) allowed.emplace_back("an array");
  if (mask & kNullBit) allowed.emplace_back("null");
  const bool fraction = value.is_number() && (mask & kIntegerBit);
  return "must be " + join_or(allowed) + ", is " + (fraction ? excerpt(value) : kind_of(value));
}

std::string not_one_of(std::span<const Value> allowed, const Value& value) {
  std::vector<std::string> texts;
  for (const Value& one : allowed.first(std::min(allowed.size(), kListMax))) texts.push_back(excerpt(one));
  if (allowed.size() > kListMax) texts.push_back(std::to_string(allowed.size() - kListMax) + " more");
  if (texts.empty()) return "is not allowed: nothing is";
  const bool same_kind =
      allowed.size() == 1 && (value.is_array() || value.is_object()) && allowed[0].kind() == value.kind();
  if (same_kind) return "must be the one " + std::string(to_string(value.kind())) + " that the schema gives";
  return "must be " + join_or(texts) + ", is " + excerpt(value);
}

std::string outside(const keyword::Limit& limit, const Value& value) {
  std::string rule;
  switch (limit.bound) {
    case keyword::Bound::kMinimum: rule = "at least "; break;
    case keyword::Bound::kMaximum: rule = "at most "; break;
    case keyword::Bound::kExclusiveMinimum: rule = "above "; break;
    case keyword::Bound::kExclusiveMaximum: rule = "below "; break;
  }
  return "must be " + rule + excerpt(limit.value) + ", is " + excerpt(value);
}

std::string wrong_count(const keyword::Count& count, std::uint64_t size) {
  std::string text = count.is_maximum ? "must have at most " : "must have at least ";
  switch (count.what) {
    case keyword::Counted::kCharacters: text += counted(count.limit, "character", "characters"); break;
    case keyword::Counted::kItems: text += counted(count.limit, "element", "elements"); break;
    case keyword::Counted::kProperties: text += counted(count.limit, "property", "properties"); break;
  }
  return text + ", has " + std::to_string(size);
}

std::string wrong_contains(std::string_view at_least_or_most, std::uint64_t limit, std::uint64_t count) {
  return "must have " + std::string(at_least_or_most) + " " + counted(limit, "element", "elements") +
         " that fit `contains`, has " + std::to_string(count);
}

std::string unknown_property(const keyword::Properties& properties) {
  const auto& names = properties.names.names();
  if (names.empty() || !properties.patterns.empty()) return "is not a known property here";
  std::string text = "is not a known property here; known are ";
  for (std::size_t i = 0; i < names.size() && i < kListMax; ++i)
    text += (i == 0 ? "" : ", ") + std::string(names[i].as_string().substr(0, kTextMax));
  if (names.size() > kListMax) text += " and " + std::to_string(names.size() - kListMax) + " more";
  return text;
}

}  // namespace xf::schema::message
