#include "xflow/runtime/embedded/ids.h"

#include <gtest/gtest.h>

namespace xf::runtime::embedded {

TEST(Ids, AreReadBackAndKeepTheOrderOfTheStarts) {
  const TimeUs now = 1'774'000'000'000'000;
  const auto first = next_instance_key(0, now), second = next_instance_key(first, now),
             later = next_instance_key(second, now + 1);
  EXPECT_EQ(started_at(first), now);
  EXPECT_EQ(second, first + 1);
  EXPECT_GT(later, second);
  EXPECT_EQ(next_instance_key(later, now - 50), later + 1);  // a clock that goes back
  const auto a = instance_id(first, 7), b = instance_id(second, 7), c = instance_id(later, 7);
  EXPECT_EQ(a.size(), 26u);
  EXPECT_LT(a, b);
  EXPECT_LT(b, c);
  EXPECT_EQ(parse_instance_id(a, 7), first);
  EXPECT_EQ(parse_instance_id(a, 8), std::nullopt);
  EXPECT_EQ(parse_instance_id("", 7), std::nullopt);
  EXPECT_EQ(parse_instance_id(std::string(26, 'u'), 7), std::nullopt);
}

TEST(Ids, APrefixIsARangeOfKeys) {
  const auto key = next_instance_key(0, 1'774'000'000'000'000);
  const auto id = instance_id(key, 7);
  for (std::size_t size = 1; size <= id.size(); ++size) {
    const auto range = id_prefix_range(id.substr(0, size)).value();
    EXPECT_LE(range.first, key);
    EXPECT_GE(range.second, key);
  }
  EXPECT_EQ(id_prefix_range(id)->first, key);
  EXPECT_EQ(id_prefix_range("order"), std::nullopt);
  EXPECT_EQ(id_prefix_range(""), std::nullopt);
}

}  // namespace xf::runtime::embedded
