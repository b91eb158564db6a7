#include "base/seal.h"

#include <gtest/gtest.h>

namespace xf {
namespace {

TEST(Seal, OpensWithItsKeyAtItsPlaceOnly) {
  const SealKey key = random_seal_key();
  for (const std::string& plain : {std::string(), std::string("canary"), std::string(100'000, 'x')}) {
    const std::string sealed = seal(key, plain, "snapshot 7");
    EXPECT_EQ(unseal(key, sealed, "snapshot 7").value(), plain);
    EXPECT_EQ(unseal(key, sealed, "snapshot 8").error().code, Code::kCorrupt);
    EXPECT_EQ(unseal(random_seal_key(), sealed, "snapshot 7").error().code, Code::kCorrupt);
    EXPECT_TRUE(plain.empty() || sealed.find(plain) == std::string::npos);
  }
}

TEST(Seal, RefusesEveryChange) {
  const SealKey key = random_seal_key();
  const std::string sealed = seal(key, "canary", "");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = char(changed[i] ^ 1);
    EXPECT_FALSE(unseal(key, changed, "")) << i;
    EXPECT_FALSE(unseal(key, sealed.substr(0, i), "")) << i;
  }
}

TEST(Seal, NeverLooksTheSameTwice) {
  const SealKey key = random_seal_key();
  EXPECT_NE(seal(key, "canary", ""), seal(key, "canary", ""));
}

}  // namespace
}  // namespace xf
