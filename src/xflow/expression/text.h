// Text: a string under construction that asks the budget before it grows; and the few UTF-8 facts natives
// need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "xflow/expression/native.h"

namespace xf::expression {

class Text {
 public:
  explicit Text(Context& context) : context_(context) {}

  // False: the budget is spent, and nothing was added.
  [[nodiscard]] bool append(std::string_view more) {
    if (!room_for(more.size())) return false;
    text_.append(more);
    return true;
  }
  [[nodiscard]] bool push(char c) {
    if (!room_for(1)) return false;
    text_.push_back(c);
    return true;
  }
  [[nodiscard]] bool repeat(std::string_view unit, std::uint64_t count);
  // The number or scalar as JSON.
  [[nodiscard]] bool append_number(const json::Value&);
  [[nodiscard]] bool append_quoted(std::string_view);
  // Asks for `more` bytes at once.
  [[nodiscard]] bool room_for(std::uint64_t more) {
    return text_.size() + more <= room_ || grow(text_.size() + more);
  }
  [[nodiscard]] bool append_codepoint(std::uint32_t);

  std::string_view view() const noexcept { return text_; }
  std::size_t size() const noexcept { return text_.size(); }
  json::Value value() const { return json::Value::string(text_); }

 private:
  bool grow(std::uint64_t needed);

  Context& context_;
  std::string text_;
  std::uint64_t room_ = 64;  // what was asked for; the first bytes are free
};

// Bytes of the character that begins with `lead` (valid UTF-8).
inline std::size_t utf8_width(char lead) noexcept {
  const auto c = static_cast<unsigned char>(lead);
  return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}
inline bool utf8_continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }
// The character at text[at], which moves behind it (valid UTF-8).
std::uint32_t utf8_take(std::string_view text, std::size_t& at) noexcept;
// Characters in valid UTF-8.
std::size_t utf8_count(std::string_view) noexcept;
// The byte at which character `n` begins; the size when there are fewer.
std::size_t utf8_offset(std::string_view, std::size_t n) noexcept;
bool utf8_valid(std::string_view) noexcept;
// Bytes from anywhere, each ill-formed sequence replaced by U+FFFD as jq does.
std::string utf8_mend(std::string_view);

}  // namespace xf::expression
