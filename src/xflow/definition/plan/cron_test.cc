#include "xflow/definition/plan/cron.h"

#include <gtest/gtest.h>

namespace xf::plan {
namespace {

std::string next(std::string_view cron, std::string_view after) {
  const auto parsed = Cron::parse(cron);
  if (!parsed) return "refused: " + parsed.error().message;
  const auto due = parsed->next(*parse_iso8601(after));
  return due ? to_iso8601(*due) : "never";
}

struct Case {
  std::string_view cron, after, due;
};

TEST(Cron, FindsTheNextDueTime) {
  constexpr std::string_view kMonday = "2026-03-02T10:07:30Z";
  for (const Case& c : {
           Case{"* * * * *", kMonday, "2026-03-02T10:08:00.000Z"},
           Case{"* * * * *", "2026-03-02T10:08:00Z", "2026-03-02T10:09:00.000Z"},
           Case{"* * * * *", "2026-03-02T10:07:59.999999Z", "2026-03-02T10:08:00.000Z"},
           Case{"*/15 * * * *", kMonday, "2026-03-02T10:15:00.000Z"},
           Case{"0 0 * * *", kMonday, "2026-03-03T00:00:00.000Z"},
           Case{"0 0 1 1 *", kMonday, "2027-01-01T00:00:00.000Z"},
           Case{"30 9 * * 1-5", "2026-03-06T09:30:00Z", "2026-03-09T09:30:00.000Z"},
           Case{"30 9 * * MON-fri", "2026-03-06T09:30:00Z", "2026-03-09T09:30:00.000Z"},
           Case{"0 0 * * 0", kMonday, "2026-03-08T00:00:00.000Z"},
           Case{"0 0 * * 7", kMonday, "2026-03-08T00:00:00.000Z"},
           Case{"0 0 * * 5-7", "2026-03-07T00:00:00Z", "2026-03-08T00:00:00.000Z"},
           // Both day fields restricted: either counts.
           Case{"0 0 13 * 5", kMonday, "2026-03-06T00:00:00.000Z"},
           Case{"0 0 13 * ?", kMonday, "2026-03-13T00:00:00.000Z"},
           Case{"0 0 31 * *", "2026-03-31T00:00:00Z", "2026-05-31T00:00:00.000Z"},
           Case{"0 0 29 2 *", kMonday, "2028-02-29T00:00:00.000Z"},
           Case{"0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00.000Z"},
           Case{"5,10-12,50/5 8 * jan,Dec *", "2026-01-31T08:12:00Z", "2026-01-31T08:50:00.000Z"},
           Case{"5,10-12,50/5 8 * jan,Dec *", "2026-01-31T08:55:00Z", "2026-12-01T08:05:00.000Z"},
           Case{"0 1-7/3 * * *", "2026-03-02T01:00:00Z", "2026-03-02T04:00:00.000Z"},
           Case{"*/20 * * * * *", kMonday, "2026-03-02T10:07:40.000Z"},
           Case{"5 * * * * *", kMonday, "2026-03-02T10:08:05.000Z"},
           Case{"0 30 10 * * *", kMonday, "2026-03-02T10:30:00.000Z"},
           Case{"@hourly", kMonday, "2026-03-02T11:00:00.000Z"},
           Case{"@daily", kMonday, "2026-03-03T00:00:00.000Z"},
           Case{"@weekly", kMonday, "2026-03-08T00:00:00.000Z"},
           Case{"@monthly", kMonday, "2026-04-01T00:00:00.000Z"},
           Case{"@yearly", kMonday, "2027-01-01T00:00:00.000Z"},
           Case{"  0\t0  * * * ", kMonday, "2026-03-03T00:00:00.000Z"},
           Case{"0 0 * * *", "1969-12-30T12:00:00Z", "1969-12-31T00:00:00.000Z"},
       }) {
    EXPECT_EQ(next(c.cron, c.after), c.due) << c.cron << " after " << c.after;
  }
}

// Walks minute by minute with the plain meaning of the fields, and compares.
TEST(Cron, AgreesWithCountingMinutes) {
  const auto every = Cron::parse("7,37 */5 10-20/3 * 2");
  ASSERT_TRUE(every);
  TimeUs at = *parse_iso8601("2026-01-01T00:00:00Z");
  const TimeUs end = *parse_iso8601("2026-04-01T00:00:00Z");
  TimeUs due = *every->next(at);
  int found = 0;
  for (at += 60 * kUsPerSecond; at < end; at += 60 * kUsPerSecond) {
    const std::string text = to_iso8601(at);
    const int day = std::stoi(text.substr(8, 2)), hour = std::stoi(text.substr(11, 2)),
              minute = std::stoi(text.substr(14, 2));
    const auto days_since_thursday = (at / kUsPerSecond / 86'400) % 7;
    const bool fits_day = (day >= 10 && day <= 20 && (day - 10) % 3 == 0) || days_since_thursday == 5;
    if (!fits_day || hour % 5 != 0 || minute % 30 != 7) continue;
    EXPECT_EQ(to_iso8601(due), text);
    due = *every->next(due);
    ++found;
  }
  EXPECT_GT(found, 100);
}

TEST(Cron, RefusesWhatNeverFitsOrIsNoCron) {
  for (const std::string_view bad :
       {"",           "* * * *",      "* * * * * * *", "60 * * * *",          "* 24 * * *",
        "* * 0 * *",  "* * 32 * *",   "* * * 0 * ",    "* * * 13 *",          "* * * * 8",
        "a * * * *",  "*/0 * * * *",  "*/x * * * *",   "5-1 * * * *",         "1- * * * *",
        "-1 * * * *", "1,,2 * * * *", ", * * * *",     "* * * mond *",        "? * * * *",
        "* * 30 2 *", "@reboot",      "1/ * * * *",    "99999999999 * * * *", "* * * * fri-mon"}) {
    EXPECT_TRUE(next(bad, "2026-01-01T00:00:00Z").starts_with("refused")) << bad;
  }
  EXPECT_EQ(next("60 * * * *", "2026-01-01T00:00:00Z"),
            "refused: the minute '60' of the cron expression is not possible: it takes 0-59, *, lists, "
            "ranges and steps");
}

}  // namespace
}  // namespace xf::plan
