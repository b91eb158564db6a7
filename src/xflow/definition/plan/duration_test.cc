#include "xflow/definition/plan/duration.h"

#include <gtest/gtest.h>

#include "base/json/parse.h"

namespace xf::plan {
namespace {

std::string parsed(std::string_view json_text) {
  const auto duration = parse_duration(*json::parse(json_text));
  if (!duration) return "refused";
  return std::to_string(duration->months) + "mo " + std::to_string(duration->milliseconds) + "ms";
}

TEST(Duration, ReadsIso8601) {
  EXPECT_EQ(parsed(R"("PT30S")"), "0mo 30000ms");
  EXPECT_EQ(parsed(R"("PT0S")"), "0mo 0ms");
  EXPECT_EQ(parsed(R"("P1Y2M3W4DT5H6M7.089S")"), "14mo 2178367089ms");
  EXPECT_EQ(parsed(R"("P0.5Y")"), "6mo 0ms");
  EXPECT_EQ(parsed(R"("P1.5M")"), "1mo 1296000000ms");
  EXPECT_EQ(parsed(R"("P2W")"), "0mo 1209600000ms");
  EXPECT_EQ(parsed(R"("PT0.3S")"), "0mo 300ms");
  // Never early: what is below a millisecond is rounded up.
  EXPECT_EQ(parsed(R"("PT0.0001S")"), "0mo 1ms");
}

TEST(Duration, ReadsObjects) {
  EXPECT_EQ(parsed(R"({"days":1,"hours":2,"minutes":3,"seconds":4,"milliseconds":5})"), "0mo 93784005ms");
  EXPECT_EQ(parsed(R"({"seconds":0})"), "0mo 0ms");
}

TEST(Duration, RefusesEverythingElse) {
  for (const std::string_view bad : {R"("")",
                                     R"("P")",
                                     R"("PT")",
                                     R"("P1DT")",
                                     R"("T5S")",
                                     R"("P5")",
                                     R"("PT5")",
                                     R"("P1H")",
                                     R"("PT1D")",
                                     R"("PT1S1M")",
                                     R"("P1M1Y")",
                                     R"("P-1D")",
                                     R"("-P1D")",
                                     R"("PT1.S")",
                                     R"("PT.5S")",
                                     R"("pt5s")",
                                     R"(" PT5S")",
                                     R"("P1DT5S ")",
                                     R"("PT1S1S")",
                                     R"("P99999999999Y")",
                                     R"("5s")",
                                     "5",
                                     "null",
                                     "[]",
                                     "{}",
                                     R"({"second":1})",
                                     R"({"seconds":-1})",
                                     R"({"seconds":1.5})",
                                     R"({"seconds":"1"})",
                                     R"({"days":99999999999999})",
                                     R"({"years":1})"}) {
    EXPECT_EQ(parsed(bad), "refused") << bad;
  }
}

std::string after(std::string_view start, std::string_view duration) {
  return to_iso8601(add(*parse_iso8601(start), *parse_duration(json::Value::string(duration))));
}

TEST(Duration, MonthsFollowTheCalendar) {
  EXPECT_EQ(after("2026-01-31T10:20:30Z", "P1M"), "2026-02-28T10:20:30.000Z");
  EXPECT_EQ(after("2028-01-31T10:20:30Z", "P1M"), "2028-02-29T10:20:30.000Z");
  EXPECT_EQ(after("2028-02-29T00:00:00Z", "P1Y"), "2029-02-28T00:00:00.000Z");
  EXPECT_EQ(after("2026-11-30T23:59:59.5Z", "P3MT1S"), "2027-03-01T00:00:00.500Z");
  EXPECT_EQ(after("1969-12-31T23:00:00Z", "P1MT1H"), "1970-02-01T00:00:00.000Z");
}

TEST(Duration, DoesNotOverflowAtTheEndOfTime) {
  const Duration ages = *parse_duration(json::Value::string("P99999Y"));
  EXPECT_GT(add(0, ages), 0);
  EXPECT_EQ(add(add(0, ages), ages), add(0, ages));
  EXPECT_EQ(add(INT64_MAX, ages), add(0, ages));
}

}  // namespace
}  // namespace xf::plan
