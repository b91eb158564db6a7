// Values: what they hold, how they are edited, and that freeing and comparing know no depth.
#include "base/json/value.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <random>

#include "base/json/number.h"
#include "base/json/print.h"

namespace xf::json {
namespace {

std::string key_of(std::size_t i) { return "key-" + std::to_string(i); }

TEST(Value, KnowsItsKind) {
  EXPECT_TRUE(Value().is_null());
  EXPECT_TRUE(Value::boolean(true).as_bool());
  EXPECT_FALSE(Value::boolean(false).truthy());
  EXPECT_FALSE(Value().truthy());
  EXPECT_TRUE(Value::number(0).truthy());
  EXPECT_TRUE(Value::string("").truthy());
  EXPECT_TRUE(Value::array().truthy());
  EXPECT_EQ(to_string(Value::object().kind()), "object");
}

TEST(Value, HoldsStringsOfEveryLength) {
  std::string text;
  for (std::size_t n = 0; n < 70; ++n) {
    EXPECT_EQ(Value::string(text).as_string(), text);
    EXPECT_EQ(Value::string(text).size(), n);
    Value copy = Value::string(text);
    const Value other = copy;
    EXPECT_EQ(other.as_string(), text);
    EXPECT_EQ(other, copy);
    EXPECT_FALSE(other == Value::string(text + "x"));
    text += char('a' + n % 26);
  }
}

TEST(Value, KeepsDigits) {
  struct Case {
    const char* text;
    const char* printed;
    double number;
  };
  const double inf = std::numeric_limits<double>::infinity();
  for (const Case& c : {
           Case{"1", "1", 1},
           Case{"1.0", "1.0", 1},
           Case{"1.50", "1.50", 1.5},
           Case{"-0", "-0", -0.0},
           Case{"-0.0", "-0.0", -0.0},
           Case{"1e2", "1E+2", 100},
           Case{"1e-5", "0.00001", 1e-5},
           Case{"1e-7", "1E-7", 1e-7},
           Case{"0e5", "0E+5", 0},
           Case{"0.0000000", "0E-7", 0},
           Case{"12345678901234567890e5", "1.2345678901234567890E+24", 12345678901234567890e5},
           Case{"9007199254740993", "9007199254740993", 9007199254740992.0},
           Case{"1e1000", "1E+1000", inf},
           Case{"-1e1000", "-1E+1000", -inf},
           Case{"1e9999999999", "1.7976931348623157e+308", inf},
           Case{"100000000000000000000000e-20", "1000.00000000000000000000", 1000},
           Case{"1e-400", "1E-400", 0},
           Case{"0.1e1", "1", 1},
           Case{"12e-1", "1.2", 1.2},
           Case{"1.e1", "1E+1", 10},
           Case{".5", "0.5", 0.5},
           Case{"00012.50", "12.50", 12.5},
       }) {
    const Value v = Value::literal(c.text);
    EXPECT_EQ(print(v), c.printed) << c.text;
    EXPECT_EQ(v.as_double(), c.number) << c.text;
    EXPECT_TRUE(v.is_literal());
  }
  EXPECT_FALSE(Value::number(1).is_literal());
  EXPECT_EQ(print(Value::integer(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
}

TEST(Value, PrintsDoublesAsJqDoes) {
  struct Case {
    double number;
    const char* printed;
  };
  for (const Case& c : {Case{1e17, "1e+17"},
                        Case{1e15, "1000000000000000"},
                        Case{1e16, "1e+16"},
                        Case{123456789012345678.0, "123456789012345680"},
                        Case{0.0001, "0.0001"},
                        Case{0.00001, "1e-05"},
                        Case{0.000012345, "1.2345e-05"},
                        Case{0.00012345, "0.00012345"},
                        Case{12e20, "1.2e+21"},
                        Case{1234567e15, "1234567000000000000000"},
                        Case{-1.5e-7, "-1.5e-07"},
                        Case{1e300, "1e+300"},
                        Case{5e-324, "5e-324"},
                        Case{0.1 + 0.2, "0.30000000000000004"},
                        Case{-0.0, "-0"},
                        Case{1.5, "1.5"},
                        Case{-1e15, "-1000000000000000"},
                        Case{-10500019007133793e15, "-10500019007133793000000000000000"},
                        Case{std::numeric_limits<double>::infinity(), "1.7976931348623157e+308"},
                        Case{std::numeric_limits<double>::quiet_NaN(), "null"}}) {
    EXPECT_EQ(print(Value::number(c.number)), c.printed);
    EXPECT_LE(print(Value::number(c.number)).size(), kDoubleTextMax);
  }
}

TEST(Value, ShortDecimalsAreTheShortestForm) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 50'000; ++i) {
    const double d =
        double(std::int64_t(random() % 2'000'000'000) - 1'000'000'000) / (i % 2 == 0 ? 1000 : 1e7);
    char shortest[64];
    const auto written = std::to_chars(shortest, shortest + sizeof shortest, d, std::chars_format::fixed);
    if (std::abs(d) < 0.001) continue;
    EXPECT_EQ(print(Value::number(d)), std::string_view(shortest, std::size_t(written.ptr - shortest)));
  }
}

TEST(Value, TellsIntegers) {
  for (const char* yes : {"0", "-0", "1.0", "1e2", "9223372036854775807", "-9223372036854775808", "100e-2",
                          "1.234567890123456789e18", "9007199254740993", "1000.000"}) {
    EXPECT_TRUE(Value::literal(yes).is_int64()) << yes;
  }
  EXPECT_EQ(Value::literal("9223372036854775807").as_int64(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Value::literal("-9223372036854775808").as_int64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(Value::literal("1.234567890123456789e18").as_int64(), 1234567890123456789);
  EXPECT_EQ(Value::literal("1e2").as_int64(), 100);
  EXPECT_EQ(Value::number(-3).as_int64(), -3);
  for (const char* no :
       {"0.5", "9223372036854775808", "1e19", "1.0000000000000000000001", "1e-400", "1e1000"}) {
    EXPECT_FALSE(Value::literal(no).is_int64()) << no;
  }
  EXPECT_FALSE(Value::number(std::nan("")).is_int64());
  EXPECT_FALSE(Value::number(0x1p63).is_int64());
  EXPECT_FALSE(Value::string("1").is_int64());
}

TEST(Value, EditsInPlaceOnlyWhenAlone) {
  Value a = Value::array();
  for (int i = 0; i < 10; ++i) a = std::move(a).append(Value::integer(i));
  const Value before = a;
  a = std::move(a).with(3, Value::string("three")).append(Value());
  EXPECT_EQ(print(before), "[0,1,2,3,4,5,6,7,8,9]");
  EXPECT_EQ(print(a), R"([0,1,2,"three",4,5,6,7,8,9,null])");
  const Value* first = a.elements().data();
  a = std::move(a).with(0, Value());
  EXPECT_EQ(a.elements().data(), first);
}

TEST(Value, BuildsArraysInLinearSpace) {
  const auto before = meter().allocated_bytes;
  Value a = Value::array();
  for (int i = 0; i < 100'000; ++i) a = std::move(a).append(Value::integer(i));
  EXPECT_LT(meter().allocated_bytes - before, 100'000u * 16 * 4);
}

TEST(Value, ObjectsKeepOrderAndLastValue) {
  for (const std::size_t count : {3, 16, 17, 100, 5000}) {
    Value o = Value::object();
    for (std::size_t i = 0; i < count; ++i) o = std::move(o).with(key_of(i), Value::integer(std::int64_t(i)));
    o = std::move(o).with(key_of(1), Value::string("one"));
    ASSERT_EQ(o.size(), count);
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(o.members()[i].key.as_string(), key_of(i));
    EXPECT_EQ(o.get(key_of(1)).as_string(), "one");
    EXPECT_EQ(o.get(key_of(count - 1)).as_int64(), std::int64_t(count - 1));
    EXPECT_EQ(o.find("none"), nullptr);
    EXPECT_TRUE(o.get("none").is_null());

    const Value shared = o;
    Value less = std::move(o).without(key_of(0)).without("none");
    EXPECT_EQ(less.size(), count - 1);
    EXPECT_EQ(less.find(key_of(0)), nullptr);
    EXPECT_EQ(less.get(key_of(2)).as_int64(), 2);
    EXPECT_EQ(shared.size(), count);
    EXPECT_EQ(shared.get(key_of(0)).as_int64(), 0);
  }
}

TEST(Value, ObjectFromMembersMergesRepeatedKeys) {
  for (const std::size_t count : {2, 10, 40, 1000}) {
    std::vector<Member> members;
    const std::string prefix = count % 4 == 0 ? "a rather long prefix of keys " : "k";
    for (std::size_t i = 0; i < count; ++i)
      members.push_back({Value::string(prefix + key_of(i / 2)), Value::integer(std::int64_t(i))});
    const Value o = Value::object(std::move(members));
    ASSERT_EQ(o.size(), count / 2);
    EXPECT_EQ(o.get(prefix + key_of(0)).as_int64(), 1);
    EXPECT_EQ(o.members()[count / 2 - 1].value.as_int64(), std::int64_t(count - 1));
  }
}

TEST(Value, TakeLeavesNull) {
  Value a = Value::array({Value::string("x"), Value::integer(1)});
  EXPECT_EQ(a.take(0).as_string(), "x");
  EXPECT_EQ(print(a), "[null,1]");
  Value o = Value::object({{"k", Value::string("v")}});
  const Value other = o;
  EXPECT_EQ(o.take("k").as_string(), "v");
  EXPECT_EQ(print(o), R"({"k":"v"})");
  EXPECT_TRUE(o.take("none").is_null());
}

TEST(Value, AppendsText) {
  Value v = Value::string("");
  std::string expected;
  const auto before = meter().allocated_bytes;
  for (int i = 0; i < 20'000; ++i) {
    v = std::move(v).append_text("ab");
    expected += "ab";
  }
  EXPECT_EQ(v.as_string(), expected);
  EXPECT_LT(meter().allocated_bytes - before, 40'000u * 6);
  const Value shared = v;
  v = std::move(v).append_text("!");
  EXPECT_EQ(shared.size(), 40'000u);
  EXPECT_EQ(v.size(), 40'001u);
}

TEST(Value, MeterCountsWhatLives) {
  const auto before = meter().live_bytes;
  {
    Value v = Value::array(
        {Value::string("a string of more than fourteen bytes"), Value::literal("1.234567890123456789")});
    for (std::size_t i = 0; i < 100; ++i)
      v = std::move(v).append(Value::object({{key_of(i), Value::array({v})}}));
    EXPECT_GT(meter().live_bytes, before);
  }
  EXPECT_EQ(meter().live_bytes, before);
}

TEST(Value, DepthIsNoDanger) {
  const auto deep = [] {
    Value v = Value::integer(1);
    for (int i = 0; i < 1'000'000; ++i) {
      v = i % 2 == 0 ? Value::array({std::move(v)}) : Value::object().with("k", std::move(v));
    }
    return v;
  };
  const Value a = deep(), b = deep();
  EXPECT_EQ(compare(a, b), 0);
  EXPECT_TRUE(a == b);
  EXPECT_NE(print(a).find("<skipped: too deep>"), std::string::npos);
}

TEST(Compare, FollowsJqsOrder) {
  const std::vector<Value> sorted = {Value(),
                                     Value::boolean(false),
                                     Value::boolean(true),
                                     Value::number(std::nan("")),
                                     Value::literal("-1e1001"),
                                     Value::literal("-1e1000"),
                                     Value::number(-1),
                                     Value::literal("1e-400"),
                                     Value::integer(1),
                                     Value::literal("9007199254740992"),
                                     Value::literal("9007199254740993"),
                                     Value::literal("1e1000"),
                                     Value::literal("1e1001"),
                                     Value::string(""),
                                     Value::string("a"),
                                     Value::string("aa"),
                                     Value::string("b"),
                                     Value::string("\xc3\xa9"),
                                     Value::string("\xf0\x9f\x98\x80"),
                                     Value::array(),
                                     Value::array({Value()}),
                                     Value::array({Value::integer(1)}),
                                     Value::array({Value::integer(1), Value()}),
                                     Value::object(),
                                     Value::object({{"a", Value::integer(2)}}),
                                     Value::object({{"a", Value::integer(1)}, {"b", Value::integer(9)}}),
                                     Value::object({{"b", Value::integer(3)}, {"a", Value::integer(2)}}),
                                     Value::object({{"b", Value()}})};
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      if (i == j && i == 3) continue;
      EXPECT_EQ(compare(sorted[i], sorted[j]), i < j ? -1 : int(i > j))
          << print(sorted[i]) << ' ' << print(sorted[j]);
      EXPECT_EQ(sorted[i] == sorted[j], i == j);
    }
  }
}

TEST(Compare, DigitsCountOnlyBetweenLiterals) {
  const Value literal = Value::literal("9007199254740993");
  EXPECT_EQ(compare(literal, Value::number(9007199254740992.0)), 0);
  EXPECT_EQ(compare(literal, Value::literal("9007199254740992")), 1);
  EXPECT_EQ(compare(Value::literal("0.1"), Value::literal("0.1000000000000000055511151231257827")), -1);
  EXPECT_EQ(compare(Value::literal("1.0"), Value::integer(1)), 0);
  EXPECT_EQ(compare(Value::literal("-0"), Value::literal("0.00")), 0);
  EXPECT_EQ(compare(Value::literal("1e500"), Value::literal("10e499")), 0);
}

TEST(Compare, NanIsBelowItself) {
  const Value nan = Value::number(std::nan(""));
  EXPECT_EQ(compare(nan, nan), -1);
  EXPECT_FALSE(nan == nan);
  EXPECT_EQ(compare(Value::integer(1), nan), 1);
  const Value list = Value::array({nan});
  EXPECT_TRUE(list == list);  // the same block, as in jq
  EXPECT_FALSE(list == Value::array({nan}));
}

TEST(Compare, EqualityIgnoresTheOrderOfMembers) {
  std::mt19937 random(7);
  std::vector<Member> members;
  for (std::size_t i = 0; i < 200; ++i)
    members.push_back({Value::string(key_of(i)), Value::integer(std::int64_t(i))});
  const Value a = Value::object(members);
  std::shuffle(members.begin(), members.end(), random);
  const Value b = Value::object(members);
  EXPECT_TRUE(a == b);
  EXPECT_EQ(compare(a, b), 0);
  EXPECT_FALSE(a == Value(b).with(key_of(9), Value()));
}

TEST(Value, HasNoElementsOrMembersWhenItIsNoCollection) {
  EXPECT_TRUE(Value().elements().empty());
  EXPECT_TRUE(Value::string("ab").members().empty());
  EXPECT_TRUE(Value::array({Value::integer(1)}).members().empty());
  EXPECT_TRUE(Value::object({{"a", Value()}}).elements().empty());
}

}  // namespace
}  // namespace xf::json
