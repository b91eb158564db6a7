#include "shared.h"

namespace xf::simulation {

namespace {

struct Row {
  const char* name;
  std::uint64_t Stats::* count;
};
constexpr Row kRows[] = {{"transitions", &Stats::transitions},
                         {"turns", &Stats::turns},
                         {"instances", &Stats::instances},
                         {"steps of the world", &Stats::steps},
                         {"commits", &Stats::commits},
                         {"failed commits", &Stats::failed_commits},
                         {"full disks", &Stats::full_disks},
                         {"failed reads", &Stats::failed_reads},
                         {"crashes between steps", &Stats::crashes},
                         {"power cuts within a commit", &Stats::power_cuts},
                         {"unsynced writes lost", &Stats::writes_lost},
                         {"unsynced writes torn", &Stats::writes_torn},
                         {"unsynced writes kept", &Stats::writes_kept},
                         {"checkpoints", &Stats::checkpoints},
                         {"clock jumps forward", &Stats::jumps_forward},
                         {"clock jumps back", &Stats::jumps_back},
                         {"calls sent", &Stats::sends},
                         {"calls sent again", &Stats::resends},
                         {"calls refused", &Stats::refused},
                         {"calls of unknown outcome", &Stats::unknown},
                         {"calls never answered", &Stats::never},
                         {"late results", &Stats::late},
                         {"results twice", &Stats::twice},
                         {"calls stopped", &Stats::stopped},
                         {"events", &Stats::events},
                         {"events again", &Stats::events_again},
                         {"starts again", &Stats::starts_again},
                         {"cancels", &Stats::cancels},
                         {"suspends", &Stats::suspends},
                         {"resumes", &Stats::resumes},
                         {"retries", &Stats::retries},
                         {"resets", &Stats::resets},
                         {"scheduled runs", &Stats::scheduled},
                         {"children", &Stats::children},
                         {"snapshots", &Stats::snapshots},
                         {"replays", &Stats::replays}};

}  // namespace

std::string_view word(engine::Happened what) {
  static constexpr std::string_view kWords[] = {"workflow started",
                                                "workflow suspended",
                                                "workflow resumed",
                                                "correlation started",
                                                "correlation completed",
                                                "workflow cancelled",
                                                "workflow faulted",
                                                "workflow completed",
                                                "created",
                                                "started",
                                                "suspended",
                                                "resumed",
                                                "retried",
                                                "cancelled",
                                                "faulted",
                                                "completed",
                                                "skipped"};
  return kWords[static_cast<std::size_t>(what)];
}

void Stats::add(const Stats& other) {
  for (const Row& row : kRows) this->*row.count += other.*row.count;
}

std::vector<std::pair<std::string, std::uint64_t>> Stats::rows() const {
  std::vector<std::pair<std::string, std::uint64_t>> out;
  for (const Row& row : kRows) out.emplace_back(row.name, this->*row.count);
  return out;
}

}  // namespace xf::simulation
