// See text.h.
#include "xflow/expression/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/json/print.h"

namespace xf::expression {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

std::size_t encode(std::uint32_t c, char* out) {
  if (c < 0x80) {
    out[0] = static_cast<char>(c);
    return 1;
  }
  const std::size_t width = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (std::size_t i = width - 1; i > 0; --i, c >>= 6) out[i] = static_cast<char>(0x80 | (c & 0x3f));
  static constexpr unsigned char kLead[] = {0, 0, 0xc0, 0xe0, 0xf0};
  out[0] = static_cast<char>(kLead[width] | c);
  return width;
}

// Reads one character of untrusted bytes; false when it is ill-formed, having moved behind its longest valid
// beginning.
bool take_checked(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return true;
  if (lead < 0xc2 || lead > 0xf4) return false;
  const std::size_t width = utf8_width(static_cast<char>(lead));
  if (text.size() - at < width - 1) {
    at = text.size();  // cut short: whatever is left is one mistake
    return false;
  }
  std::uint32_t c = lead & (0x7fu >> width);
  for (std::size_t i = 1; i < width; ++i) {
    if (!utf8_continues(text[at])) return false;
    c = c << 6 | (static_cast<unsigned char>(text[at++]) & 0x3f);
  }
  static constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  return c >= kLeast[width] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

}  // namespace

bool Text::grow(std::uint64_t needed) {
  const std::uint64_t room = std::max<std::uint64_t>({needed, room_ * 2, 256});
  // Twice: the buffer, and the value that it becomes.
  if (!context_.reserve(room * 2)) return false;
  room_ = room;
  text_.reserve(room);
  return true;
}

bool Text::repeat(std::string_view unit, std::uint64_t count) {
  if (unit.empty()) return true;
  if (count > context_.limits().bytes_max / unit.size() + 1) return context_.refuse();
  if (!room_for(unit.size() * count)) return false;
  if (unit.size() == 1) {
    text_.append(count, unit[0]);
    return true;
  }
  for (; count > 0; --count) text_.append(unit);
  return true;
}

bool Text::append_number(const json::Value& number) {
  const double d = number.as_double();
  if (number.literal_text().empty() && std::abs(d) < 1e15 && d == std::trunc(d) &&
      (d != 0 || !std::signbit(d))) {
    char digits[24];
    const char* end = std::to_chars(digits, digits + sizeof digits, static_cast<std::int64_t>(d)).ptr;
    return append({digits, static_cast<std::size_t>(end - digits)});
  }
  if (!room_for(number.literal_text().size() + 32)) return false;
  json::print_to(text_, number);
  return true;
}

bool Text::append_quoted(std::string_view text) {
  // At worst each byte becomes six; asking for that would refuse what fits, so the pieces are asked for one
  // by one.
  constexpr std::size_t kPiece = 4096;
  if (!push('"')) return false;
  std::string piece;
  while (!text.empty()) {
    std::size_t size = std::min(kPiece, text.size());
    while (size < text.size() && utf8_continues(text[size])) ++size;
    piece.clear();
    json::print_to(piece, json::Value::string(text.substr(0, size)));
    if (!append(std::string_view(piece).substr(1, piece.size() - 2))) return false;
    text.remove_prefix(size);
  }
  return push('"');
}

bool Text::append_codepoint(std::uint32_t c) {
  char bytes[4];
  return append({bytes, encode(c, bytes)});
}

std::uint32_t utf8_take(std::string_view text, std::size_t& at) noexcept {
  const std::size_t width = utf8_width(text[at]);
  auto c = static_cast<unsigned char>(text[at++]) & (width == 1 ? 0x7fu : 0x7fu >> width);
  for (std::size_t i = 1; i < width && at < text.size(); ++i)
    c = c << 6 | (static_cast<unsigned char>(text[at++]) & 0x3fu);
  return c;
}

std::size_t utf8_count(std::string_view text) noexcept {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), utf8_continues));
}

std::size_t utf8_offset(std::string_view text, std::size_t n) noexcept {
  std::size_t at = 0;
  for (; n > 0 && at < text.size(); --n) at += utf8_width(text[at]);
  return std::min(at, text.size());
}

bool utf8_valid(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    if (!take_checked(text, at)) return false;
  }
  return true;
}

std::string utf8_mend(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    if (take_checked(text, at)) {
      out.append(text.substr(begin, at - begin));
    } else {
      char bytes[4];
      out.append(bytes, encode(kReplacement, bytes));
    }
  }
  return out;
}

}  // namespace xf::expression
