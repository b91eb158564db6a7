// TextOut: appends to a string through a buffer of its own, so that small pieces cost no call.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "base/json/block.h"
#include "base/json/number.h"
#include "base/json/text.h"

namespace xf::json {

class TextOut {
 public:
  explicit TextOut(std::string& out) : out_(out) {}
  TextOut(const TextOut&) = delete;
  TextOut& operator=(const TextOut&) = delete;
  ~TextOut() { flush(); }

  void put(char c) {
    reserve(1);
    *p_++ = c;
  }
  void put(std::string_view text) {
    if (text.size() > kRoom) {
      flush();
      out_.append(text);
      return;
    }
    reserve(text.size());
    std::memcpy(p_, text.data(), text.size());
    p_ += text.size();
  }
  void put(double d) {
    reserve(kDoubleTextMax);
    p_ += write_double(p_, d);
  }
  void spaces(std::size_t count) {
    for (; count != 0; --count) put(' ');
  }
  // In quotes, escaped; beyond ASCII as it is unless `ascii`.
  void put_string(const Value& string, bool ascii) {
    if (!Access::is_heap(string) && !ascii && put_inline(string)) return;
    put_escaped(string.as_string(), ascii);
  }
  void put_string(std::string_view text) { put_escaped(text, false); }

 private:
  static constexpr std::size_t kRoom = 1024;

  void flush() {
    out_.append(buffer_, p_);
    p_ = buffer_;
  }
  void reserve(std::size_t n) {
    if (std::size_t(buffer_ + kRoom - p_) < n) flush();
  }
  bool put_inline(const Value& string);
  void put_escaped(std::string_view text, bool ascii);
  void put_escape(unsigned char c);
  void put_unit(std::uint32_t unit);
  const char* put_wide(const char* p, const char* end);

  std::string& out_;
  char buffer_[kRoom];
  char* p_ = buffer_;
};

// The whole Value is its text: sixteen bytes are looked at and copied at once. False when one needs an
// escape.
inline bool TextOut::put_inline([[maybe_unused]] const Value& string) {
#if defined(__SSE2__)
  const unsigned size = Access::inline_size(string);
  const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(&string));
  if ((special_mask<0x7f>(v) & ((1u << size) - 1)) != 0) return false;
  reserve(18);
  *p_ = '"';
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p_ + 1), v);
  p_[size + 1] = '"';
  p_ += size + 2;
  return true;
#else
  return false;
#endif
}

}  // namespace xf::json
