// SHA-256, for digests of content. Not for passwords.
#pragma once

#include <string>
#include <string_view>

namespace xf {

// "sha256:" and 64 lower-case hexadecimal digits.
std::string sha256_digest(std::string_view bytes);

}  // namespace xf
