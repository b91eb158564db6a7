// The @formats on one value.
#include <array>
#include <cmath>

#include "xflow/expression/dump.h"
#include "xflow/expression/native.h"

namespace xf::expression {
namespace {

using json::Kind;
using json::Value;

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kHex = "0123456789ABCDEF";

// A replacement for each character that has one.
struct Escape {
  char character;
  std::string_view text;
};

[[nodiscard]] bool append_escaped(Text& out, std::string_view text, std::span<const Escape> escapes) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const Escape& e : escapes) {
      if (e.character != text[at]) continue;
      if (!out.append(text.substr(begin, at - begin)) || !out.append(e.text)) return false;
      begin = at + 1;
    }
  }
  return out.append(text.substr(begin));
}

// How a row's cells are written.
struct RowStyle {
  std::string_view separator, quote;
  std::span<const Escape> escapes;
  std::string_view refusal;
  bool shell = false;  // null and nan are written
};

Outcome row(Context& c, const Value& cells, const RowStyle& style) {
  Text out(c);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Value& cell = cells.elements()[i];
    if (!c.charge(1 + (cell.size() >> 3)) || (i != 0 && !out.append(style.separator))) return spent();
    if (cell.is_array() || cell.is_object()) return type_error(cell, style.refusal);
    const bool blank = !style.shell && (cell.is_null() || (cell.is_number() && std::isnan(cell.as_double())));
    if (blank) continue;
    const bool written = !cell.is_string() ? dump(c, out, cell)
                                           : out.append(style.quote) &&
                                                 append_escaped(out, cell.as_string(), style.escapes) &&
                                                 out.append(style.quote);
    if (!written) return spent();
  }
  return out.value();
}

Outcome csv(Context& c, const Value& in) {
  static constexpr Escape kEscapes[] = {{'"', "\"\""}, {'\0', "\\0"}};
  if (!in.is_array()) return type_error(in, "cannot be csv-formatted, only array");
  return row(c, in, {",", "\"", kEscapes, "is not valid in a csv row"});
}

Outcome tsv(Context& c, const Value& in) {
  static constexpr Escape kEscapes[] = {
      {'\t', "\\t"}, {'\r', "\\r"}, {'\n', "\\n"}, {'\\', "\\\\"}, {'\0', "\\0"}};
  if (!in.is_array()) return type_error(in, "cannot be tsv-formatted, only array");
  return row(c, in, {"\t", "", kEscapes, "is not valid in a csv row"});
}

Outcome shell(Context& c, const Value& in) {
  static constexpr Escape kEscapes[] = {{'\'', "'\\''"}, {'\0', "\\0"}};
  return row(c, in.is_array() ? in : Value::array({in}),
             {" ", "'", kEscapes, "can not be escaped for shell", true});
}

Outcome html(Context& c, const Value& in) {
  static constexpr Escape kEscapes[] = {{'&', "&amp;"},   {'<', "&lt;"},   {'>', "&gt;"},
                                        {'\'', "&apos;"}, {'"', "&quot;"}, {'\0', "\\0"}};
  auto text = to_text(c, in);
  if (!text || !c.charge(text->size() >> 3)) return text ? spent() : text;
  Text out(c);
  if (!append_escaped(out, text->as_string(), kEscapes)) return spent();
  return out.value();
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

Outcome uri(Context& c, const Value& in) {
  auto text = to_text(c, in);
  if (!text || !c.charge(text->size() >> 3)) return text ? spent() : text;
  Text out(c);
  for (const char byte : text->as_string()) {
    const auto b = static_cast<unsigned char>(byte);
    const char escaped[] = {'%', kHex[b >> 4], kHex[b & 15]};
    if (!(is_unreserved(byte) ? out.push(byte) : out.append({escaped, 3}))) return spent();
  }
  return out.value();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

Outcome uri_decoded(Context& c, const Value& in) {
  auto text = to_text(c, in);
  if (!text || !c.charge(text->size() >> 3)) return text ? spent() : text;
  const auto s = text->as_string();
  Text out(c);
  for (std::size_t at = 0; at < s.size(); ++at) {
    char byte = s[at];
    if (byte == '%') {
      const int high = at + 1 < s.size() ? hex_digit(s[at + 1]) : -1;
      const int low = at + 2 < s.size() ? hex_digit(s[at + 2]) : -1;
      if (high < 0 || low < 0) return type_error(*text, "is not a valid uri encoding");
      byte = static_cast<char>(high << 4 | low);
      at += 2;
    }
    if (!out.push(byte)) return spent();
  }
  if (!utf8_valid(out.view())) return type_error(*text, "is not a valid uri encoding");
  return out.value();
}

Outcome base64(Context& c, const Value& in) {
  auto text = to_text(c, in);
  if (!text || !c.charge(text->size() >> 3)) return text ? spent() : text;
  const auto s = text->as_string();
  Text out(c);
  for (std::size_t at = 0; at < s.size(); at += 3) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (at + i < s.size() ? static_cast<unsigned char>(s[at + i]) : 0u);
    char quad[4];
    for (unsigned i = 0; i < 4; ++i) quad[i] = kBase64[bits >> (18 - 6 * i) & 63];
    if (at + 1 >= s.size()) quad[2] = '=';
    if (at + 2 >= s.size()) quad[3] = '=';
    if (!out.append({quad, 4})) return spent();
  }
  return out.value();
}

std::array<signed char, 256> base64_values() {
  std::array<signed char, 256> values;
  values.fill(-1);
  for (std::size_t i = 0; i < kBase64.size(); ++i)
    values[static_cast<unsigned char>(kBase64[i])] = static_cast<signed char>(i);
  return values;
}

Outcome base64_decoded(Context& c, const Value& in) {
  static const std::array<signed char, 256> kValues = base64_values();
  auto text = to_text(c, in);
  if (!text || !c.reserve(3 * text->size())) return text ? spent() : text;
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;  // characters in `bits`
  for (const char letter : text->as_string()) {
    if (letter == '=') break;
    const int value = kValues[static_cast<unsigned char>(letter)];
    if (value < 0) return type_error(*text, "is not valid base64 data");
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if (++held < 4) continue;
    for (const int shift : {16, 8, 0}) bytes += static_cast<char>(bits >> shift & 255);
    bits = 0;
    held = 0;
  }
  if (held == 1) return type_error(*text, "trailing base64 byte found");
  if (held == 3) bytes += static_cast<char>(bits >> 10 & 255);
  if (held >= 2) bytes += static_cast<char>(bits >> (held == 3 ? 2 : 4) & 255);
  return Value::string(utf8_valid(bytes) ? bytes : utf8_mend(bytes));
}

struct Format {
  std::string_view name;
  Outcome (*apply)(Context&, const Value&);
};
constexpr Format kFormats[] = {
    {"base64", base64}, {"base64d", base64_decoded}, {"csv", csv}, {"html", html}, {"json", to_json},
    {"sh", shell},      {"text", to_text},           {"tsv", tsv}, {"uri", uri},   {"urid", uri_decoded}};

}  // namespace

Outcome format(Context& c, std::string_view name, const Value& v) {
  for (const Format& f : kFormats) {
    if (f.name == name) return f.apply(c, v);
  }
  return fail_with(std::string(name) + " is not a valid format");
}

}  // namespace xf::expression
