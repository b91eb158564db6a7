// Reading and writing text.
#include "base/json/parse.h"

#include <gtest/gtest.h>

#include "base/json/print.h"

namespace xf::json {
namespace {

std::string reprint(std::string_view text, const ParseOptions& options = {}) {
  const auto v = parse(text, options);
  return v ? print(*v) : v.error().message;
}

TEST(Parse, ReadsAndPrintsBack) {
  for (const char* text :
       {"null", "true", "false", "0", "-1", "1.5", "\"\"", "[]", "{}", "[1,[2,[3,{}]],[]]",
        R"({"a":1,"b":{"c":[true,false,null]},"":"x"})", R"("a long string, longer than inside")",
        "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 and so on\"", R"("\"\\\b\f\n\r\t\u0001\u007f/")",
        "123456789012345678901234567890.50"}) {
    EXPECT_EQ(reprint(text), text);
    EXPECT_EQ(reprint(" \n\t\r" + std::string(text) + "  "), text);
  }
}

TEST(Parse, Unescapes) {
  EXPECT_EQ(parse(R"("\u0041\u00e9\u20ac\ud83d\ude00\/ and the rest")")->as_string(),
            "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80/ and the rest");
  EXPECT_EQ(parse(R"("\u0000")")->as_string(), std::string_view("\0", 1));
}

TEST(Parse, RepeatedKeysTakeTheLastValueInTheFirstPlace) {
  EXPECT_EQ(reprint(R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})");
}

TEST(Parse, SaysWhereAndWhat) {
  struct Case {
    std::string text;
    std::uint32_t line, column;
    const char* message;
  };
  for (const Case& c : {
           Case{"", 1, 1, "a value is missing"},
           Case{"[1,]", 1, 4, "not a JSON value"},
           Case{"[1 2]", 1, 4, "',' or ']' expected"},
           Case{"{\"a\" 1}", 1, 6, "a colon after the key is missing"},
           Case{"{\"a\":1,}", 1, 8, "a key in double quotes is missing"},
           Case{"{a:1}", 1, 2, "a key in double quotes is missing"},
           Case{"[\n  1,\n  x]", 3, 3, "not a JSON value"},
           Case{"01", 1, 1, "a number begins with a superfluous zero"},
           Case{"1.", 1, 3, "a digit is missing after the point"},
           Case{"1e", 1, 3, "a digit is missing in the exponent"},
           Case{"-", 1, 2, "a digit is missing"},
           Case{"tru", 1, 1, "not a JSON value"},
           Case{"[1", 1, 3, "the array does not end"},
           Case{"{\"a\":1", 1, 7, "the object does not end"},
           Case{"\"abc", 1, 5, "the string does not end"},
           Case{"\"a\nb\"", 1, 3, "a control character in a string must be escaped"},
           Case{"\"\\x\"", 1, 2, "there is no such escape"},
           Case{"\"\\ud800\"", 1, 8, "half of a surrogate pair"},
           Case{"\"\\udc00\"", 1, 8, "half of a surrogate pair"},
           Case{"\"\\u00g0\"", 1, 6, "four hexadecimal digits expected"},
           Case{"\"\xff\"", 1, 2, "a string is not valid UTF-8"},
           Case{"\"\xc0\xaf\"", 1, 2, "a string is not valid UTF-8"},
           Case{"\"\xed\xa0\x80\"", 1, 2, "a string is not valid UTF-8"},
           Case{"1 2", 1, 3, "more text follows the value"},
           Case{"nan", 1, 1, "not a JSON value"},
           Case{"[1}", 1, 3, "',' or ']' expected"},
       }) {
    const auto v = parse_at(c.text);
    ASSERT_FALSE(v) << c.text;
    EXPECT_EQ(v.error().line, c.line) << c.text;
    EXPECT_EQ(v.error().column, c.column) << c.text;
    EXPECT_EQ(v.error().message, c.message) << c.text;
  }
  EXPECT_EQ(reprint("[x]"), "not JSON: line 1, column 2: not a JSON value");
}

TEST(Parse, EveryPrefixIsRefused) {
  const std::string text = R"({"key":[1.5e3,"\u00e9 text",{"deep":[true,null]}],"k2":-0.10})";
  ASSERT_TRUE(parse(text));
  for (std::size_t n = 0; n < text.size(); ++n) {
    const std::string prefix = text.substr(0, n);  // a copy: reading past its end is seen by asan
    EXPECT_FALSE(parse(prefix)) << prefix;
  }
}

TEST(Parse, HasLimits) {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_TRUE(parse(nested(kDepthMax)));
  const auto deeper = parse_at(nested(kDepthMax + 1));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().message, "nested too deep");
  EXPECT_EQ(deeper.error().offset, kDepthMax);
  EXPECT_FALSE(parse(std::string(1'000'000, '[')));
  EXPECT_FALSE(parse("[1,2,3]", {.bytes_max = 6}));
  EXPECT_TRUE(parse("[1,2,3]", {.bytes_max = 7}));
}

TEST(Parse, JqsNumbers) {
  const ParseOptions jq{.jq_extensions = true};
  EXPECT_EQ(reprint("[nan,NaN,-nan,Infinity,-Infinity,null]", jq),
            "[null,null,null,1.7976931348623157e+308,-1.7976931348623157e+308,null]");
  EXPECT_FALSE(parse("[Infinity]"));
  EXPECT_FALSE(parse("na", jq));
}

TEST(Print, Options) {
  const Value v = *parse("{\"b\":[1,{\"c\":[]}],\"a\":\"\xc3\xa9\xf0\x9f\x98\x80\"}");
  EXPECT_EQ(print(v, {.sort_keys = true, .ascii = true}), R"({"a":"\u00e9\ud83d\ude00","b":[1,{"c":[]}]})");
  EXPECT_EQ(
      print(v, {.indent = 2}),
      "{\n  \"b\": [\n    1,\n    {\n      \"c\": []\n    }\n  ],\n  \"a\": \"\xc3\xa9\xf0\x9f\x98\x80\"\n}");
}

TEST(Print, CanonicalFormForgetsHowItWasWritten) {
  EXPECT_EQ(canonical(*parse(R"({"b":1.0,"a":[1e2,0.10]})")), R"({"a":[100,0.1],"b":1})");
}

TEST(Reader, TakesSeveralTextsInTurn) {
  Reader reader(" 1 {\"a\":2}[3]\n", {});
  EXPECT_EQ(print(reader.next()->value()), "1");
  EXPECT_EQ(print(reader.next()->value()), "{\"a\":2}");
  EXPECT_EQ(print(reader.next()->value()), "[3]");
  EXPECT_FALSE(reader.next()->has_value());
}

TEST(Reader, NamesThePlaceOfAnErrorInTheWholeText) {
  Reader reader("1\n 2x", {});
  ASSERT_TRUE(reader.next().has_value());
  ASSERT_TRUE(reader.next().has_value());
  auto broken = reader.next();
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().line, 2u);
  EXPECT_EQ(broken.error().column, 3u);
}

}  // namespace
}  // namespace xf::json
