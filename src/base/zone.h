// Zone: a time zone of the system's table (tzdata): how far local time is ahead of UTC at a moment. Immutable.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace xf {

class Zone {
 public:
  // By its name in the table: "Europe/Berlin". kNotFound: the system does not have it.
  static Result<Zone> load(std::string_view name);
  // A compiled table (RFC 8536). After its last transition that one's offset stays. kCorrupt.
  static Result<Zone> parse(std::string_view bytes);

  TimeUs offset_at(TimeUs utc) const;
  // A local time that comes twice is the first one; one that is left out comes as much later as was left out.
  TimeUs to_utc(TimeUs local) const;

 private:
  TimeUs first_offset_ = 0;
  std::vector<std::pair<TimeUs, TimeUs>> transitions_;  // from when on, the offset; in order
};

}  // namespace xf
