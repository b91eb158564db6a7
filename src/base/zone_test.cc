#include "base/zone.h"

#include <gtest/gtest.h>

namespace xf {
namespace {

TimeUs at(const char* text) { return *parse_iso8601(text); }

TEST(Zone, KnowsWhenTheClocksChange) {
  const auto berlin = Zone::load("Europe/Berlin");
  ASSERT_TRUE(berlin) << berlin.error().message;
  EXPECT_EQ(berlin->offset_at(at("2026-01-15T00:00:00Z")), 3600 * kUsPerSecond);
  EXPECT_EQ(berlin->offset_at(at("2026-07-15T00:00:00Z")), 7200 * kUsPerSecond);
  EXPECT_EQ(berlin->offset_at(at("2026-03-29T00:59:59Z")), 3600 * kUsPerSecond);
  EXPECT_EQ(berlin->offset_at(at("2026-03-29T01:00:00Z")), 7200 * kUsPerSecond);
  EXPECT_EQ(Zone::load("UTC")->offset_at(0), 0);
}

TEST(Zone, TurnsLocalTimeIntoOneMoment) {
  const auto berlin = Zone::load("Europe/Berlin");
  ASSERT_TRUE(berlin);
  const auto utc = [&](const char* local) { return to_iso8601(berlin->to_utc(at(local))); };
  EXPECT_EQ(utc("2026-01-15T08:00:00Z"), "2026-01-15T07:00:00.000Z");
  EXPECT_EQ(utc("2026-07-15T08:00:00Z"), "2026-07-15T06:00:00.000Z");
  EXPECT_EQ(utc("2026-03-29T02:30:00Z"), "2026-03-29T01:30:00.000Z");  // left out: 03:30
  EXPECT_EQ(utc("2026-03-29T03:30:00Z"), "2026-03-29T01:30:00.000Z");
  EXPECT_EQ(utc("2026-10-25T02:30:00Z"), "2026-10-25T00:30:00.000Z");  // comes twice: the first
  EXPECT_EQ(utc("2026-10-25T03:00:00Z"), "2026-10-25T02:00:00.000Z");
}

TEST(Zone, RefusesWhatIsNone) {
  for (const char* name : {"", "Berlin", "/etc/passwd", "../passwd", "Europe", "Europe/Berlin "})
    EXPECT_FALSE(Zone::load(name)) << name;
  EXPECT_FALSE(Zone::parse("TZif"));
  EXPECT_FALSE(Zone::parse(std::string(100, '\xff')));
}

}  // namespace
}  // namespace xf
