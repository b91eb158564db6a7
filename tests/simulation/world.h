// World: everything around one Driver, in virtual time on one thread: clients, a service, events, a disk that fails, a
// process that dies between any two steps. All chance comes from one seed; the Auditor watches from outside.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "auditor.h"
#include "persistence/memory/store.h"
#include "xflow/runtime/embedded/driver.h"

namespace xf::simulation {

// A hand-made mistake, to prove that the Auditor has teeth. Each is what a wrong program would do.
enum class Mutant : std::uint8_t {
  kNone,
  kAnswersBeforeCommit,  // acknowledges what is not yet durable
  kActsBeforeCommit,     // sends what is not yet durable
  kAcksFailedCommit,     // takes a failed commit for done
  kTornCommit,           // now and then half of a batch is missing
  kLosesTimers,          // half of the timers are not written
  kTimersEarly,          // timers are written a second too early
  kDoublesTimers,        // timers that fired are not taken out
  kLosesSubscriptions,
  kLosesMail,            // inputs between instances are not written
  kLosesKeys,            // idempotency keys are not written
  kLosesOutbox,          // does not know after a crash what it has sent
  kNewKeyOnResend,       // a call sent again gets a new idempotency key
  kLosesJournal,         // now and then the last input of a batch is not written
  kForgetsEnd,           // the instance's row does not learn what became of it
  kWrongData,            // a bit of an input is turned
};
inline constexpr unsigned kMutants = static_cast<unsigned>(Mutant::kWrongData);
std::string_view to_string(Mutant);

struct Options {
  std::uint64_t seed = 1;
  unsigned programs = 4, instances = 30;
  unsigned crash_percent = 3;         // of the steps
  unsigned commit_failure_percent = 2;
  Mutant mutant = Mutant::kNone;
};

struct Outcome {
  std::vector<std::string> problems;  // empty: right
  std::uint64_t transitions = 0, crashes = 0, commits = 0, failed_commits = 0, sends = 0, resends = 0;
};

// One simulation, from the first start to the end of the last instance.
Outcome simulate(const Options&);

}  // namespace xf::simulation
