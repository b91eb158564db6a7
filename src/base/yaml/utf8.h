// Whether a text is UTF-8, and if not, where it stops being so.
#pragma once

#include <cstddef>
#include <string_view>

namespace xf::yaml {

// The offset of the first byte that is not part of well-formed UTF-8 (RFC 3629); npos when there is none.
std::size_t first_invalid_utf8(std::string_view text);

}  // namespace xf::yaml
