// See strings.h. Offsets count characters, never bytes.
#include "xflow/expression/strings.h"

#include <cmath>
#include <cstring>

#include "xflow/expression/dump.h"
#include "xflow/expression/tables.h"
#include "xflow/expression/text.h"

namespace xf::expression {
namespace {

using json::Value;
using Args = std::span<const Value>;

std::size_t find_part(std::string_view text, std::string_view part, std::size_t from) {
  const void* at = memmem(text.data() + from, text.size() - from, part.data(), part.size());
  return at == nullptr ? std::string_view::npos
                       : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

// Building one element for each character costs a slot and a unit of work.
bool charge_characters(Context& c, std::string_view text) { return c.charge(1 + text.size()); }

Outcome characters(Context& c, std::string_view text) {
  if (!charge_characters(c, text) || !c.reserve(2 * text.size() * sizeof(Value))) return spent();
  std::vector<Value> parts;
  parts.reserve(utf8_count(text));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t width = utf8_width(text[at]);
    parts.push_back(Value::string(text.substr(at, width)));
    at += width;
  }
  return Value::array(std::move(parts));
}

Outcome utf8_byte_length(Context&, const Value& in, Args) {
  if (!in.is_string()) return type_error(in, "only strings have UTF-8 byte length");
  return Value::number(static_cast<double>(in.size()));
}

Outcome starts_with(Context&, const Value& in, Args args) {
  if (!in.is_string() || !args[0].is_string()) return fail_with("startswith() requires string inputs");
  return Value::boolean(in.as_string().starts_with(args[0].as_string()));
}

Outcome ends_with(Context&, const Value& in, Args args) {
  if (!in.is_string() || !args[0].is_string()) return fail_with("endswith() requires string inputs");
  return Value::boolean(in.as_string().ends_with(args[0].as_string()));
}

Outcome part(Context& c, const Value& whole, std::string_view kept) {
  if (kept.size() == whole.size()) return whole;
  if (!c.reserve(kept.size())) return spent();
  return Value::string(kept);
}

Outcome trim_prefix(Context& c, const Value& in, Args args) {
  auto starts = starts_with(c, in, args);
  if (!starts || !starts->as_bool()) return starts ? Outcome(in) : starts;
  return part(c, in, in.as_string().substr(args[0].size()));
}

Outcome trim_suffix(Context& c, const Value& in, Args args) {
  auto ends = ends_with(c, in, args);
  if (!ends || !ends->as_bool()) return ends ? Outcome(in) : ends;
  return part(c, in, in.as_string().substr(0, in.size() - args[0].size()));
}

Outcome trim_both(Context& c, const Value& in, Args args) {
  auto left = trim_prefix(c, in, args);
  return left ? trim_suffix(c, *left, args) : left;
}

bool is_space(std::uint32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

std::string_view without_leading_space(std::string_view s) {
  for (std::size_t at = 0; at < s.size();) {
    const std::size_t begin = at;
    if (!is_space(utf8_take(s, at))) return s.substr(begin);
  }
  return {};
}

std::string_view without_trailing_space(std::string_view s) {
  while (!s.empty()) {
    std::size_t begin = s.size() - 1;
    while (begin > 0 && utf8_continues(s[begin])) --begin;
    std::size_t at = begin;
    if (!is_space(utf8_take(s, at))) break;
    s = s.substr(0, begin);
  }
  return s;
}

template <bool left, bool right>
Outcome trim(Context& c, const Value& in, Args) {
  if (!in.is_string()) return fail_with("trim input must be a string");
  if (!c.charge(in.size() >> 5)) return spent();
  auto kept = in.as_string();
  if (left) kept = without_leading_space(kept);
  if (right) kept = without_trailing_space(kept);
  return part(c, in, kept);
}

Outcome explode(Context& c, const Value& in, Args) {
  if (!in.is_string()) return fail_with("explode input must be a string");
  const auto text = in.as_string();
  if (!charge_characters(c, text) || !c.reserve(2 * text.size() * sizeof(Value))) return spent();
  std::vector<Value> points;
  points.reserve(utf8_count(text));
  for (std::size_t at = 0; at < text.size();) points.push_back(Value::number(utf8_take(text, at)));
  return Value::array(std::move(points));
}

// U+FFFD for what is no character.
std::uint32_t code_point(double d) {
  if (d <= -1 || d >= 0x110000) return 0xfffd;
  const auto point = static_cast<std::uint32_t>(std::max(d, 0.0));
  return point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
}

Outcome implode(Context& c, const Value& in, Args) {
  if (!in.is_array()) return fail_with("implode input must be an array");
  if (!c.charge(1 + in.size())) return spent();
  Text out(c);
  for (const Value& point : in.elements()) {
    if (!point.is_number() || std::isnan(point.as_double()))
      return type_error(point, "can't be imploded, unicode codepoint needs to be numeric");
    if (!out.append_codepoint(code_point(point.as_double()))) return spent();
  }
  return out.value();
}

template <char first, char last, int shift>
Outcome change_case(Context& c, const Value& in, Args) {
  if (!in.is_string()) return fail_with("explode input must be a string");
  if (!c.reserve(2 * in.size())) return spent();
  std::string text(in.as_string());
  for (char& letter : text) {
    if (letter >= first && letter <= last) letter = static_cast<char>(letter + shift);
  }
  return Value::string(text);
}

Outcome split_at(Context& c, const Value& in, Args args) {
  if (!in.is_string() || !args[0].is_string()) return fail_with("split input and separator must be strings");
  return split(c, in.as_string(), args[0].as_string());
}

// One element of `join`: what it adds to the text so far.
std::expected<bool, Failure> join_one(Context& c, Text& out, const Value& element) {
  switch (element.kind()) {
    case json::Kind::kNull: return true;
    case json::Kind::kBool:
    case json::Kind::kNumber: return dump(c, out, element);
    case json::Kind::kString: return out.append(element.as_string());
    default: return std::unexpected(type_error(out.value(), element, "cannot be added").error());
  }
}

Outcome join_all(Context& c, const Value& separator, const auto& each) {
  Text out(c);
  bool first = true;
  for (const auto& item : each) {
    const Value* element;
    if constexpr (requires { item.value; })
      element = &item.value;
    else
      element = &item;
    if (!c.charge(1)) return spent();
    if (!first && !separator.is_null()) {
      if (!separator.is_string()) return type_error(out.value(), separator, "cannot be added");
      if (!out.append(separator.as_string())) return spent();
    }
    first = false;
    auto joined = join_one(c, out, *element);
    if (!joined) return std::unexpected(std::move(joined).error());
    if (!*joined) return spent();
  }
  return out.value();
}

Outcome join(Context& c, const Value& in, Args args) {
  if (in.is_array()) return join_all(c, args[0], in.elements());
  if (in.is_object()) return join_all(c, args[0], in.members());
  return iterate_error(in);
}

// Where `part` occurs in the text, overlapping ones too.
Outcome places_in_text(Context& c, std::string_view text, std::string_view part_) {
  Value places = Value::array();
  if (part_.empty() || !c.charge(1 + (text.size() >> 3))) return part_.empty() ? Outcome(places) : spent();
  std::size_t counted = 0, characters_before = 0;
  for (std::size_t at = find_part(text, part_, 0); at != std::string_view::npos;
       at = find_part(text, part_, at + 1)) {
    // Each search looks at the whole part first.
    if (!c.charge(1 + (part_.size() >> 2))) return spent();
    characters_before += utf8_count(text.substr(counted, at - counted));
    counted = at;
    places = std::move(places).append(Value::number(static_cast<double>(characters_before)));
  }
  return places;
}

Outcome indices(Context& c, const Value& in, Args args) {
  if (in.is_string() && args[0].is_string()) return places_in_text(c, in.as_string(), args[0].as_string());
  if (in.is_array() && !args[0].is_array()) return index(c, in, Value::array({args[0]}));
  return index(c, in, args[0]);
}

Outcome index_of(Context& c, const Value& in, Args args) {
  auto all = indices(c, in, args);
  return all ? index(c, *all, Value::number(0)) : all;
}

Outcome last_index_of(Context& c, const Value& in, Args args) {
  auto all = indices(c, in, args);
  if (!all) return all;
  auto last = slice(c, *all, Value::number(-1), Value::null());
  return last ? index(c, *last, Value::number(0)) : last;
}

constexpr Native kNatives[] = {
    {"ascii_downcase", 0, change_case<'A', 'Z', 32>},
    {"ascii_upcase", 0, change_case<'a', 'z', -32>},
    {"endswith", 1, ends_with},
    {"explode", 0, explode},
    {"implode", 0, implode},
    {"index", 1, index_of},
    {"indices", 1, indices},
    {"join", 1, join},
    {"ltrim", 0, trim<true, false>},
    {"ltrimstr", 1, trim_prefix},
    {"rindex", 1, last_index_of},
    {"rtrim", 0, trim<false, true>},
    {"rtrimstr", 1, trim_suffix},
    {"split", 1, split_at},
    {"startswith", 1, starts_with},
    {"trim", 0, trim<true, true>},
    {"trimstr", 1, trim_both},
    {"utf8bytelength", 0, utf8_byte_length},
};

}  // namespace

Outcome split(Context& c, std::string_view text, std::string_view separator) {
  if (separator.empty()) return characters(c, text);
  Value parts = Value::array();
  if (!c.charge(1 + (text.size() >> 3))) return spent();
  for (std::size_t from = 0; from < text.size();) {
    if (!c.charge(1)) return spent();
    const std::size_t at = find_part(text, separator, from);
    if (at == std::string_view::npos) return std::move(parts).append(Value::string(text.substr(from)));
    parts = std::move(parts).append(Value::string(text.substr(from, at - from)));
    from = at + separator.size();
    if (from == text.size()) parts = std::move(parts).append(Value::string(""));
  }
  return parts;
}

std::span<const Native> string_natives() { return kNatives; }

}  // namespace xf::expression
