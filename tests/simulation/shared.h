// Shared: what all parts of one world have in common: the clock, chance, who watches, and what has happened
// so far.
#pragma once

#include <iostream>
#include <string>

#include "auditor.h"
#include "base/time.h"
#include "chance.h"
#include "xflow/engine/trace.h"

namespace xf::simulation {

// What has been exercised. The test asserts that none of it stays at zero.
struct Stats {
  std::uint64_t transitions = 0;  // of durable turns, counted again from the journals
  std::uint64_t turns = 0, instances = 0, steps = 0;
  std::uint64_t commits = 0, failed_commits = 0, full_disks = 0, failed_reads = 0;
  std::uint64_t crashes = 0, power_cuts = 0, writes_lost = 0, writes_torn = 0, writes_kept = 0,
                checkpoints = 0;
  std::uint64_t jumps_forward = 0, jumps_back = 0;
  std::uint64_t sends = 0, resends = 0, refused = 0, unknown = 0, never = 0, late = 0, twice = 0, stopped = 0;
  std::uint64_t events = 0, events_again = 0, starts_again = 0;
  std::uint64_t cancels = 0, suspends = 0, resumes = 0, retries = 0, resets = 0;
  std::uint64_t scheduled = 0, children = 0, replays = 0, snapshots = 0;

  void add(const Stats&);
  // (name, count), in order.
  std::vector<std::pair<std::string, std::uint64_t>> rows() const;
};

// What happened to a task; empty for what only concerns the workflow.
std::string_view word(engine::Happened);

struct Shared {
  Shared(std::uint64_t seed, const std::vector<Program>& programs) : chance(seed), auditor(programs) {}

  // Told step by step when one seed is looked at.
  void say(const std::string& text) const {
    if (is_told) std::cout << '@' << (now - begin) / kUsPerMs << "ms life " << life << ": " << text << '\n';
  }
  void set_clock(TimeUs to) {
    now = to;
    now_max = std::max(now_max, to);
  }

  Chance chance;
  Auditor auditor;
  Stats stats;
  TimeUs begin = INT64_C(1'700'000'000) * kUsPerSecond;
  TimeUs now = begin, now_max = begin;
  std::uint64_t salt = 0;  // of the tenant's ids
  std::uint64_t life = 0;  // of the process: counts its starts
  bool is_calm = false;    // towards the end nothing goes wrong any more
  bool is_told = false;
};

}  // namespace xf::simulation
