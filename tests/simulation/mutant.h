// Mutants: hand-made mistakes that a wrong program would make, to prove that the Auditor has teeth. Each is
// done at run time, at the border between the driver and the world.
#pragma once

#include <cstdint>
#include <string_view>

namespace xf::simulation {

enum class Mutant : std::uint8_t {
  kNone,
  // The host's part of the protocol
  kAnswersBeforeCommit,
  kActsBeforeCommit,
  kAcksFailedCommit,
  kCommitsBehindFailed,  // commits a group that was made on one that failed
  kNewKeyOnResend,
  kForgetsActs,
  kOrdersUndone,     // acknowledges what people order, now and then without doing it
  kIgnoresEventIds,  // takes an event that came twice for two
  // What is written
  kLosesTimers,
  kTimersEarly,
  kKeepsTimers,
  kLosesSubscriptions,
  kLosesMail,
  kKeepsMail,
  kDoublesMail,
  kLosesEvents,
  kLosesKeys,
  kLosesOutbox,
  kLosesJournal,
  kForgetsEnd,
  kWrongData,
  kTornCommit,
  kLyingDisk,  // says that it has synced
  // What is read
  kForgetsTimersAtRecovery,
  kOldSnapshot,
};
inline constexpr unsigned kMutants = static_cast<unsigned>(Mutant::kOldSnapshot);

constexpr std::string_view to_string(Mutant mutant) {
  constexpr std::string_view kNames[] = {"none",
                                         "answers-before-commit",
                                         "acts-before-commit",
                                         "acks-failed-commit",
                                         "commits-behind-failed",
                                         "new-key-on-resend",
                                         "forgets-acts",
                                         "orders-undone",
                                         "ignores-event-ids",
                                         "loses-timers",
                                         "timers-early",
                                         "keeps-timers",
                                         "loses-subscriptions",
                                         "loses-mail",
                                         "keeps-mail",
                                         "doubles-mail",
                                         "loses-events",
                                         "loses-keys",
                                         "loses-outbox",
                                         "loses-journal",
                                         "forgets-end",
                                         "wrong-data",
                                         "torn-commit",
                                         "lying-disk",
                                         "forgets-timers-at-recovery",
                                         "old-snapshot"};
  static_assert(std::size(kNames) == kMutants + 1);
  return kNames[static_cast<std::size_t>(mutant)];
}

}  // namespace xf::simulation
