#include "base/uri_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace xf {

namespace {

std::string expand(std::string_view source) {
  const std::map<std::string, std::string, std::less<>> values = {{"var", "value"}, {"hello", "Hello World!"},
                                                                  {"half", "50%"},  {"path", "/foo/bar"},
                                                                  {"euro", "€"},    {"empty", ""}};
  const auto parsed = UriTemplate::parse(source);
  if (!parsed) return "refused: " + parsed.error().message;
  return parsed->expand([&](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  });
}

}  // namespace

TEST(UriTemplate, Expands) {
  // RFC 6570, sections 1.2 and 3.2.2.
  EXPECT_EQ(expand("{var}"), "value");
  EXPECT_EQ(expand("{hello}"), "Hello%20World%21");
  EXPECT_EQ(expand("{half}"), "50%25");
  EXPECT_EQ(expand("O{empty}X"), "OX");
  EXPECT_EQ(expand("O{undef}X"), "OX");
  EXPECT_EQ(expand("http://h{path}/{euro}?a={var}"), "http://h%2Ffoo%2Fbar/%E2%82%AC?a=value");
  EXPECT_EQ(expand(""), "");
}

TEST(UriTemplate, Refuses) {
  for (const char* source :
       {"{", "a}", "{}", "{+var}", "{#var}", "{var*}", "{var:3}", "{a,b}", "{a{b}}", "{a b}"}) {
    EXPECT_THAT(expand(source), testing::StartsWith("refused: ")) << source;
  }
}

TEST(UriTemplate, Names) {
  EXPECT_THAT(UriTemplate::parse("/{a}/{b}/{a}")->names(), testing::ElementsAre("a", "b", "a"));
}

TEST(Percent, RoundTrip) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_decode("a%2fb%2Fc+"), "a/b/c+");
  for (const char* text : {"%", "a%2", "%zz", "%%41"}) EXPECT_FALSE(percent_decode(text)) << text;
  EXPECT_EQ(percent_decode("%41"), "A");
}

}  // namespace xf
