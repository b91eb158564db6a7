#include "base/time.h"

#include <gtest/gtest.h>

#include <limits>

namespace xf {

TEST(Time, Writes) {
  EXPECT_EQ(to_iso8601(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_iso8601(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_iso8601(1'772'366'400'123'999), "2026-03-01T12:00:00.123Z");
  EXPECT_EQ(to_iso8601(std::numeric_limits<TimeUs>::max()), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(to_iso8601(std::numeric_limits<TimeUs>::min()), "0000-01-01T00:00:00.000Z");
}

TEST(Time, Reads) {
  EXPECT_EQ(parse_iso8601("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_iso8601("2026-03-01T12:00:00.123Z"), 1'772'366'400'123'000);
  EXPECT_EQ(parse_iso8601("2026-03-01T12:00:00.123456789Z"), 1'772'366'400'123'456);
  EXPECT_EQ(parse_iso8601("2026-03-01t13:30:00+01:30"), 1'772'366'400'000'000);
  EXPECT_EQ(parse_iso8601("2026-03-01 07:00:00-05:00"), 1'772'366'400'000'000);
  EXPECT_EQ(parse_iso8601("2024-02-29T23:59:60Z"), parse_iso8601("2024-03-01T00:00:00Z").value());
}

TEST(Time, Refuses) {
  for (const char* text : {"", "2026", "2026-03-01", "2026-03-01T12:00:00", "2026-02-29T12:00:00Z",
                           "2026-13-01T12:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z",
                           "2026-03-01T12:00:61Z", "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00.1234567890Z",
                           "2026-03-01T12:00:00+24:00", "2026-03-01T12:00:00Zx", " 2026-03-01T12:00:00Z"}) {
    EXPECT_FALSE(parse_iso8601(text)) << text;
  }
}

}  // namespace xf
