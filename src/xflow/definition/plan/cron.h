// Cron: a schedule in five fields (minute hour day-of-month month day-of-week), or six with seconds first.
// Pure; UTC.
//
// Fields take *, lists, ranges, steps (*/15, 1-30/5, 10/20) and English names of months and days in three
// letters; Sunday is 0 or 7; ? stands for * in the two day fields. @yearly, @monthly, @weekly, @daily,
// @hourly are known. When both day fields are restricted, a day that fits either counts (as in Vixie cron).
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace xf::plan {

class Cron {
 public:
  // Code::kInvalid names the field.
  static Result<Cron> parse(std::string_view text);

  // The first due time after `after_us`; nothing when there is none within nine years (30 February).
  std::optional<TimeUs> next(TimeUs after_us) const;

 private:
  bool fits_day(int day, int weekday) const;

  std::bitset<60> seconds_, minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;     // 1-31
  std::bitset<13> months_;   // 1-12
  std::bitset<7> weekdays_;  // 0 = Sunday
  bool any_day_ = false, any_weekday_ = false;
};

}  // namespace xf::plan
