#include "base/random.h"

#include <gtest/gtest.h>

namespace xf {

TEST(Random, TheExampleOfRfc9562) {
  // Section A.6: unix_ts_ms 0x017F22E279B0, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
  const TimeUs at = 0x017F22E279B0 * kUsPerMs;
  const std::uint64_t rand_a = 0xCC3, rand_b = 0x18C4DC0C0C07398F;
  EXPECT_EQ(uuid_v7(at, {rand_a | (rand_b >> 48 << 50), rand_b & 0xffffffffffff}),
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(Random, IdsSortByTime) {
  const Chance high{~0ull, ~0ull}, low{};
  EXPECT_LT(uuid_v7(1'000, high), uuid_v7(2'000, low));
  EXPECT_LT(uuid_v7(-5, low), uuid_v7(1'000, low));
}

TEST(Random, SameArgumentsSameId) { EXPECT_EQ(uuid_v7(123'456, {1, 2}), uuid_v7(123'456, {1, 2})); }

TEST(Random, DrawsDiffer) {
  EXPECT_NE(random_seed(), random_seed());
  EXPECT_NE(random_chance(), random_chance());
}

TEST(Random, TheSmallGeneratorIsFixedForEver) {
  // Journals hold seeds: another sequence would replay another history.
  std::uint64_t state = 1234567;
  EXPECT_EQ(next_random(state), 6457827717110365317u);
  EXPECT_EQ(next_random(state), 3203168211198807973u);
}

}  // namespace xf
