#include "xflow/runtime/embedded/semver.h"

#include <gtest/gtest.h>

namespace xf::runtime::embedded {

TEST(Semver, OrdersByPrecedence) {
  const char* order[] = {"1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
                         "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",       "1.0.0",
                         "1.2.0",        "1.10.0",        "2.0.0-1",          "2.0.0"};
  for (std::size_t i = 0; i < std::size(order); ++i)
    for (std::size_t k = 0; k < std::size(order); ++k) {
      const int expected = i < k ? -1 : i > k ? 1 : 0;
      EXPECT_EQ(compare_versions(order[i], order[k]), expected) << order[i] << " and " << order[k];
    }
  EXPECT_EQ(compare_versions("1.0.0+a", "1.0.0+b"), 0);
  EXPECT_TRUE(is_prerelease("1.0.0-rc"));
  EXPECT_FALSE(is_prerelease("1.0.0+x-y"));
}

}  // namespace xf::runtime::embedded
