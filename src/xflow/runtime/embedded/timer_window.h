// TimerWindow: of all timers that wait, those that are due soon. The rest lies in the store until its time
// comes near, so that a waiting instance costs no memory. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "persistence/store.h"

namespace xf::runtime::embedded {

class TimerWindow {
 public:
  // `group` is the commit that brings the timer into the store.
  void add(const persistence::Timer&, std::uint64_t group);
  void remove(const persistence::Timer&);
  void settled(std::uint64_t group);

  // Looks further ahead when it is time to; then gives what is due. At most `limit`.
  Result<std::vector<persistence::Timer>> due(TimeUs now, std::size_t limit, persistence::Reader&);
  // When due() may have something to give.
  TimeUs next() const;

 private:
  TimeUs look_at() const;  // when the window must be moved on
  Result<void> look_ahead(TimeUs now, persistence::Reader&);

  std::set<persistence::Timer> near_;  // all that wait up to mark_
  persistence::Timer mark_{.due = INT64_MIN};
  std::deque<std::pair<std::uint64_t, persistence::Timer>>
      unsettled_;  // behind mark_, perhaps not yet in the store
};

}  // namespace xf::runtime::embedded
