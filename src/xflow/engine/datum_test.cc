#include "xflow/engine/datum.h"

#include <gtest/gtest.h>

#include "base/json/parse.h"
#include "base/json/print.h"

namespace xf::engine {
namespace {

using json::Value;

Value of(std::string_view text) { return json::parse(text).value(); }
std::string shown(const Datum& datum) { return json::print(datum.shown()); }
std::string value(const Datum& datum) { return json::print(datum.value()); }

TEST(Datum, WhatLooksTheSameIsNotHidden) {
  EXPECT_FALSE(Datum(of("1")).is_hidden());
  EXPECT_FALSE(Datum::hidden(of(R"({"a":[1]})"), of(R"({"a":[1]})")).is_hidden());
  EXPECT_TRUE(Datum::hidden(of("1"), of("2")).is_hidden());
}

TEST(Datum, MasksEveryScalarAndKeepsTheNames) {
  EXPECT_EQ(json::print(masked(of(R"({"user":"ann","pin":[1,true,null],"deep":{"a":{}}})"))),
            R"({"user":"***","pin":["***","***",null],"deep":{"a":{}}})");
  EXPECT_EQ(json::print(masked(of(R"([[[[[[[[["x"]]]]]]]]])"))), R"([[[[[[[["***"]]]]]]]])");
}

TEST(Datum, ACollectionHidesWhatItsPartsHide) {
  const Datum secret = Datum::hidden(of("\"s\""), mask());
  EXPECT_FALSE(array_of({of("1"), of("2")}).is_hidden());
  const Datum array = array_of({of("1"), secret});
  EXPECT_EQ(value(array), R"([1,"s"])");
  EXPECT_EQ(shown(array), R"([1,"***"])");
  EXPECT_FALSE(element_of(array, 0).is_hidden());
  EXPECT_EQ(shown(element_of(array, 1)), R"("***")");
  EXPECT_EQ(shown(with(of("{}"), "a", array)), R"({"a":[1,"***"]})");
  EXPECT_FALSE(with(of("{}"), "a", of("1")).is_hidden());
}

TEST(Datum, AnElementThatPeopleDoNotHaveIsMasked) {
  const Datum other = Datum::hidden(of("[1,2,3]"), of("[1]"));
  EXPECT_EQ(value(element_of(other, 0)), "1");
  EXPECT_EQ(shown(element_of(other, 0)), R"("***")");
}

}  // namespace
}  // namespace xf::engine
