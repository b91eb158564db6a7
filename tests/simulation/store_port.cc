#include "store_port.h"

#include "persistence/testing/faulty_reader.h"

namespace xf::simulation {

using namespace persistence;

// What a wrong program would read.
class SpoiltReader final : public testing::FaultyReader {
 public:
  SpoiltReader(std::unique_ptr<Reader> disk, Fails fails, Mutant mutant, Chance& chance)
      : FaultyReader(std::move(disk), std::move(fails)), mutant_(mutant), chance_(chance) {}

  Result<std::optional<StoredInstance>> load(InstanceKey key) override {
    auto loaded = FaultyReader::load(key);
    if (mutant_ == Mutant::kOldSnapshot && loaded && *loaded && (*loaded)->tail.size() > 1 &&
        chance_.percent(20))
      (*loaded)->tail.pop_back();
    return loaded;
  }
  Result<std::vector<Timer>> timers(const Timer& after, std::uint32_t limit) override {
    auto found = FaultyReader::timers(after, limit);
    if (mutant_ == Mutant::kForgetsTimersAtRecovery && found)
      std::erase_if(*found, [&](const auto&) { return chance_.percent(30); });
    return found;
  }

 private:
  const Mutant mutant_;
  Chance& chance_;
};

bool StorePort::read_fails() {
  if (failing_per_mille_ == 0 || !chance_.per_mille(failing_per_mille_)) return false;
  ++failed_reads_;
  return true;
}

Result<std::unique_ptr<Reader>> StorePort::reader() {
  XF_TRY_ASSIGN(auto inner, disk_.reader());
  return std::make_unique<SpoiltReader>(
      std::move(inner), [this](std::string_view) { return read_fails(); }, mutant_, chance_);
}

Result<void> StorePort::commit(const Batch& batch) {
  if (mutant_ == Mutant::kNone) return disk_.commit(batch);
  Batch spoilt = batch;
  spoil(spoilt);
  return disk_.commit(spoilt);
}

void StorePort::spoil(Batch& batch) {
  const auto lose_some = [&](auto& rows) {
    std::erase_if(rows, [&](const auto&) { return chance_.percent(30); });
  };
  switch (mutant_) {
    case Mutant::kLosesTimers: return lose_some(batch.timers);
    case Mutant::kTimersEarly:
      for (auto* timers : {&batch.timers, &batch.timers_gone})
        for (Timer& timer : *timers) timer.due -= kUsPerSecond;
      return;
    case Mutant::kKeepsTimers: return batch.timers_gone.clear();
    case Mutant::kLosesSubscriptions: return lose_some(batch.subscriptions);
    case Mutant::kLosesMail: return lose_some(batch.mail);
    case Mutant::kKeepsMail: return batch.mail_gone.clear();
    case Mutant::kDoublesMail:
      for (std::size_t i = 0, n = batch.mail.size(); i < n; ++i) {
        if (batch.mail[i].definition == 0) continue;
        batch.mail.push_back(batch.mail[i]);
        batch.mail.back().key += 1'000'000'000;
        batch.mail.back().instance += 1;
      }
      return;
    case Mutant::kLosesEvents: return lose_some(batch.events);
    case Mutant::kLosesKeys: return batch.idempotency.clear();
    case Mutant::kLosesOutbox:
      for (auto* rows : {&batch.started, &batch.changed})
        for (Instance& row : *rows) row.owed = false;
      return;
    case Mutant::kLosesJournal:
      if (!batch.journal.empty() && chance_.percent(10)) batch.journal.pop_back();
      return;
    case Mutant::kForgetsEnd: return lose_some(batch.changed);
    case Mutant::kWrongData:
      for (JournalRow& row : batch.journal)
        if (row.input.size() > 8 && chance_.percent(2)) row.input[row.input.size() / 2] ^= 1;
      return;
    case Mutant::kTornCommit:
      if (!chance_.percent(5)) return;
      batch.timers.clear();
      batch.changed.clear();
      batch.snapshots.clear();
      return;
    default: return;
  }
}

}  // namespace xf::simulation
