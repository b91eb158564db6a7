// Counts: what the driver has done since it began, and how many instances stand where. Plain numbers of the
// driver's thread: whoever shows them to others copies them (measures.h).
#pragma once

#include <array>
#include <cstdint>

#include "persistence/store.h"

namespace xf::runtime::embedded {

struct Counts {
  std::uint64_t started = 0;
  std::array<std::uint64_t, persistence::kStatuses> ended = {};  // by final status; again after each retry
  std::uint64_t turns = 0, transitions = 0, journal_bytes = 0;
  std::uint64_t timers_fired = 0;
  std::uint64_t events_received = 0, events_matched = 0;
  // Now, by status; of completed and cancelled ones only what has ended since the driver began.
  std::array<std::int64_t, persistence::kStatuses> instances = {};
};

}  // namespace xf::runtime::embedded
