// UTF-8; see utf8.h.
#include "base/utf8.h"

namespace xf {

std::size_t first_invalid_utf8(std::string_view text) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  for (const char* p = begin; p != end;) {
    const unsigned length = utf8_length(p, end);
    if (length == 0) return static_cast<std::size_t>(p - begin);
    p += length;
  }
  return std::string_view::npos;
}

std::string valid_utf8_prefix(std::string_view text) { return std::string(text.substr(0, first_invalid_utf8(text))); }

}  // namespace xf
