#include "base/seal.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

#include "base/check.h"

namespace xf {
namespace {

constexpr std::size_t kNonce = 12, kTag = 16;
using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Context make_context() {
  Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  XF_CHECK(context != nullptr, "a cipher's context needs only memory");
  return context;
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void fill_with_chance(unsigned char* out, std::size_t size) {
  XF_CHECK(RAND_bytes(out, static_cast<int>(size)) == 1, "the operating system has no chance to give");
}

}  // namespace

SealKey random_seal_key() {
  SealKey key;
  fill_with_chance(key.data(), key.size());
  return key;
}

std::string seal(const SealKey& key, std::string_view plain, std::string_view place) {
  std::string out(kNonce + kTag + plain.size(), '\0');
  fill_with_chance(bytes(out), kNonce);
  const Context context = make_context();
  int size = 0;
  const bool ok = EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes(out)) == 1 &&
                  EVP_EncryptUpdate(context.get(), nullptr, &size, bytes(place), int(place.size())) == 1 &&
                  EVP_EncryptUpdate(context.get(), bytes(out) + kNonce + kTag, &size, bytes(plain),
                                    int(plain.size())) == 1 &&
                  EVP_EncryptFinal_ex(context.get(), bytes(out) + out.size(), &size) == 1 &&
                  EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTag, bytes(out) + kNonce) == 1;
  XF_CHECK(ok, "encrypting memory cannot fail");
  return out;
}

Result<std::string> unseal(const SealKey& key, std::string_view sealed, std::string_view place) {
  if (sealed.size() < kNonce + kTag) return fail(Code::kCorrupt, "what was sealed is cut off");
  std::string tag(sealed.substr(kNonce, kTag));
  const std::string_view body = sealed.substr(kNonce + kTag);
  std::string out(body.size(), '\0');
  const Context context = make_context();
  int size = 0;
  const bool ok =
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes(sealed)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &size, bytes(place), int(place.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), bytes(out), &size, bytes(body), int(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), bytes(out) + out.size(), &size) == 1;
  if (!ok) return fail(Code::kCorrupt, "what was sealed cannot be opened with this key");
  return out;
}

}  // namespace xf
