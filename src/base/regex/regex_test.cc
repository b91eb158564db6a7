// What a pattern finds, and that its limits hold.
#include "base/regex/regex.h"

#include <gtest/gtest.h>

namespace xf {
namespace {

TEST(Regex, FindsGroupsByNumberAndName) {
  auto regex = Regex::compile("(?<year>\\d{4})-(x)?(\\d\\d)");
  ASSERT_TRUE(regex) << regex.error().message;
  std::vector<Regex::Group> groups;
  ASSERT_EQ(regex->search("on 2026-03", 0, &groups), Regex::Found::kYes);
  ASSERT_EQ(groups.size(), 4u);
  EXPECT_EQ(groups[0].begin, 3);
  EXPECT_EQ(groups[1].end, 7);
  EXPECT_EQ(groups[2].begin, -1);
  EXPECT_EQ(groups[3].begin, 8);
  ASSERT_EQ(regex->names().size(), 1u);
  EXPECT_EQ(regex->names()[0], (std::pair<std::string, int>("year", 1)));
  EXPECT_EQ(regex->search("2026-03", 1), Regex::Found::kNo);
}

TEST(Regex, RefusesWhatIsNoPattern) {
  auto regex = Regex::compile("a(b");
  ASSERT_FALSE(regex);
  EXPECT_EQ(regex.error().code, Code::kInvalid);
  EXPECT_EQ(regex.error().message, "end pattern with unmatched parenthesis");
  EXPECT_FALSE(Regex::compile("\xc3("));
}

TEST(Regex, StopsAtTheLimitOfRetries) {
  auto regex = Regex::compile("(a+)+$b");
  ASSERT_TRUE(regex);
  EXPECT_EQ(regex->search(std::string(50'000, 'a'), 0, nullptr, {.retries_max = 10'000}),
            Regex::Found::kLimit);
}

TEST(Regex, StopsAtTheLimitOfItsStack) {
  auto regex = Regex::compile("^(a|b)*c");
  ASSERT_TRUE(regex);
  EXPECT_EQ(regex->search(std::string(1'000'000, 'a') + "c", 0, nullptr, {.stack_max = 1'000}),
            Regex::Found::kLimit);
}

TEST(Regex, OptionsChangeWhatMatches) {
  auto found = [](std::string_view pattern, RegexOptions options, std::string_view text) {
    return Regex::compile(pattern, options)->search(text) == Regex::Found::kYes;
  };
  EXPECT_FALSE(found("abc", {}, "ABC"));
  EXPECT_TRUE(found("abc", {.ignore_case = true}, "ABC"));
  EXPECT_TRUE(found("a b # c", {.extended = true}, "ab"));
  EXPECT_FALSE(found("a.b", {}, "a\nb"));
  EXPECT_TRUE(found("a.b", {.dot_all = true}, "a\nb"));
}

}  // namespace
}  // namespace xf
