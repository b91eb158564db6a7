// The store as a wrong program would use it; see mutant_store.h.
#include "mutant_store.h"

namespace xf::simulation {
namespace {

template <typename Rows>
void lose_half(Rows& rows, Chance& chance) {
  std::erase_if(rows, [&](const auto&) { return chance.percent(50); });
}

}  // namespace

Result<void> MutantStore::commit(const persistence::Batch& batch) {
  return mutant_ == Mutant::kNone ? inner_.commit(batch) : inner_.commit(spoiled(batch));
}

persistence::Batch MutantStore::spoiled(persistence::Batch batch) {
  switch (mutant_) {
    case Mutant::kLosesTimers: lose_half(batch.timers, chance_); break;
    case Mutant::kTimersEarly:
      for (persistence::Timer& timer : batch.timers) timer.due -= kUsPerSecond;
      for (persistence::Timer& timer : batch.timers_gone) timer.due -= kUsPerSecond;
      break;
    case Mutant::kLosesSubscriptions: lose_half(batch.subscriptions, chance_); break;
    case Mutant::kLosesMail: lose_half(batch.mail, chance_); break;
    case Mutant::kLosesKeys: batch.idempotency.clear(); break;
    case Mutant::kLosesOutbox:
      for (persistence::Instance& row : batch.started) row.owed = false;
      for (persistence::Instance& row : batch.changed) row.owed = false;
      break;
    case Mutant::kTornCommit:
      if (chance_.percent(5)) {
        batch.timers.clear();
        batch.changed.clear();
        batch.snapshots.clear();
      }
      break;
    case Mutant::kLosesJournal:
      if (!batch.journal.empty() && chance_.percent(10)) batch.journal.pop_back();
      break;
    case Mutant::kForgetsEnd: lose_half(batch.changed, chance_); break;
    case Mutant::kDoublesTimers:
      batch.timers_gone.clear();
      break;
    case Mutant::kWrongData:
      for (persistence::JournalRow& row : batch.journal)
        if (row.input.size() > 8 && chance_.percent(2)) row.input[row.input.size() / 2] ^= 1;
      break;
    case Mutant::kNone:
    case Mutant::kAnswersBeforeCommit:
    case Mutant::kActsBeforeCommit:
    case Mutant::kNewKeyOnResend:
    case Mutant::kAcksFailedCommit: break;
  }
  return batch;
}

}  // namespace xf::simulation
