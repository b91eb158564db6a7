// Scanning text quickly: where the next byte stands that a JSON string cannot hold as it is.
#pragma once

#include <bit>
#include <cstdint>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/utf8.h"

namespace xf::json {

using xf::utf8_length;

// True for the quote, the backslash and the control characters below U+0020.
inline bool is_special(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

#if defined(__SSE2__)
// One bit for each of sixteen bytes: it is special, or one of kOrHigh (0x80: anything beyond ASCII; 0x7f:
// DEL).
template <unsigned char kOrHigh>
inline unsigned special_mask(__m128i v) {
  __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
  hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v));
  if constexpr (kOrHigh == 0x7f) hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
  unsigned mask = unsigned(_mm_movemask_epi8(hit));
  if constexpr (kOrHigh == 0x80) mask |= unsigned(_mm_movemask_epi8(v));
  return mask;
}
#endif

// The first such byte in [p, end), or end.
template <unsigned char kOrHigh>
inline const char* find_special(const char* p, const char* end) {
#if defined(__SSE2__)
  for (; end - p >= 16; p += 16) {
    const unsigned mask = special_mask<kOrHigh>(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    if (mask != 0) return p + std::countr_zero(mask);
  }
#endif
  for (; p != end; ++p) {
    const auto c = static_cast<unsigned char>(*p);
    if (is_special(c) || (kOrHigh == 0x7f ? c == 0x7f : c >= 0x80)) return p;
  }
  return end;
}

// Writes the UTF-8 form of a code point (at most four bytes); returns its end.
inline char* write_utf8(char* out, std::uint32_t c) {
  const auto tail = [&](unsigned shift) { *out++ = char(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) {
    *out++ = char(c);
  } else if (c < 0x800) {
    *out++ = char(0xc0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    *out++ = char(0xe0 | (c >> 12));
    tail(6), tail(0);
  } else {
    *out++ = char(0xf0 | (c >> 18));
    tail(12), tail(6), tail(0);
  }
  return out;
}

}  // namespace xf::json
