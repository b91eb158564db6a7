#include "base/digest.h"

#include <openssl/evp.h>

#include <array>

#include "base/check.h"

namespace xf {

std::string sha256_digest(std::string_view bytes) {
  std::array<unsigned char, 32> hash{};
  unsigned int size = 0;
  XF_CHECK(
      EVP_Digest(bytes.data(), bytes.size(), hash.data(), &size, EVP_sha256(), nullptr) == 1 && size == 32,
      "SHA-256 of memory cannot fail");
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "sha256:";
  for (const unsigned char byte : hash) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

}  // namespace xf
