// UTF-8 (RFC 3629): what is well-formed, and where a text stops being so.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xf {

// The length of the UTF-8 sequence that begins at p (one that is well-formed: no overlong forms, no
// surrogates, at most U+10FFFF), or 0.
inline unsigned utf8_length(const char* p, const char* end) {
  const auto at = [&](int i) { return static_cast<unsigned char>(p[i]); };
  const auto follows = [&](int i) { return (at(i) & 0xc0) == 0x80; };
  const auto left = end - p;
  const unsigned char c = at(0);
  if (c < 0x80) return 1;
  if (c < 0xc2) return 0;
  if (c < 0xe0) return left >= 2 && follows(1) ? 2 : 0;
  if (c < 0xf0) {
    if (left < 3 || !follows(1) || !follows(2)) return 0;
    if ((c == 0xe0 && at(1) < 0xa0) || (c == 0xed && at(1) >= 0xa0)) return 0;
    return 3;
  }
  if (c > 0xf4 || left < 4 || !follows(1) || !follows(2) || !follows(3)) return 0;
  if ((c == 0xf0 && at(1) < 0x90) || (c == 0xf4 && at(1) >= 0x90)) return 0;
  return 4;
}

// The offset of the first byte that is not part of well-formed UTF-8; npos when there is none.
std::size_t first_invalid_utf8(std::string_view text);
inline bool is_utf8(std::string_view text) { return first_invalid_utf8(text) == std::string_view::npos; }
// The text up to its first malformed byte: for a text that was cut somewhere.
std::string valid_utf8_prefix(std::string_view text);

}  // namespace xf
