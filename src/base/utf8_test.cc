// What is UTF-8 and what is not.
#include "base/utf8.h"

#include <gtest/gtest.h>

namespace xf {
namespace {

TEST(Utf8, KnowsWellFormedText) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
}

TEST(Utf8, NamesTheFirstMalformedByte) {
  EXPECT_EQ(first_invalid_utf8("ab\xff"), 2u);
  EXPECT_EQ(first_invalid_utf8("\xc0\x80"), 0u);          // overlong
  EXPECT_EQ(first_invalid_utf8("x\xed\xa0\x80"), 1u);     // a surrogate
  EXPECT_EQ(first_invalid_utf8("x\xf4\x90\x80\x80"), 1u);  // beyond U+10FFFF
  EXPECT_EQ(first_invalid_utf8("xy\xe2\x82"), 2u);         // cut
}

TEST(Utf8, CutsBeforeWhatIsMalformed) { EXPECT_EQ(valid_utf8_prefix("\xc3\xa9\xe2\x82"), "\xc3\xa9"); }

}  // namespace
}  // namespace xf
