// See text_out.h.
#include "base/json/text_out.h"

namespace xf::json {

void TextOut::put_unit(std::uint32_t unit) {
  static constexpr char kHex[] = "0123456789abcdef";
  const char text[] = {'\\',           'u', kHex[unit >> 12 & 15], kHex[unit >> 8 & 15], kHex[unit >> 4 & 15],
                       kHex[unit & 15]};
  put(std::string_view(text, sizeof text));
}

void TextOut::put_escape(unsigned char c) {
  switch (c) {
    case '"': return put("\\\"");
    case '\\': return put("\\\\");
    case '\b': return put("\\b");
    case '\f': return put("\\f");
    case '\n': return put("\\n");
    case '\r': return put("\\r");
    case '\t': return put("\\t");
    default: put_unit(c);
  }
}

// One character beyond ASCII as its escape; returns its end.
const char* TextOut::put_wide(const char* p, const char* end) {
  const unsigned length = utf8_length(p, end);
  if (length == 0) {
    put_unit(0xfffd);
    return p + 1;
  }
  std::uint32_t c = static_cast<unsigned char>(*p) & (0xffu >> (length + 1));
  for (unsigned i = 1; i < length; ++i) c = c << 6 | (static_cast<unsigned char>(p[i]) & 0x3f);
  if (c < 0x10000) {
    put_unit(c);
  } else {
    put_unit(0xd7c0 + (c >> 10));
    put_unit(0xdc00 + (c & 0x3ff));
  }
  return p + length;
}

void TextOut::put_escaped(std::string_view text, bool ascii) {
  put('"');
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    const char* special = ascii ? find_special<0x80>(p, end) : find_special<0x7f>(p, end);
    put(std::string_view(p, std::size_t(special - p)));
    p = special;
    if (p == end) break;
    const auto c = static_cast<unsigned char>(*p);
    if (c >= 0x80) {
      p = put_wide(p, end);
    } else {
      put_escape(c);
      ++p;
    }
  }
  put('"');
}

}  // namespace xf::json
