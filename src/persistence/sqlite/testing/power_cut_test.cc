// The real store on a disk whose power is cut: what it acknowledged is there, and of the rest all or nothing.
#include "persistence/sqlite/testing/power_cut.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "persistence/sqlite/store.h"

namespace xf::persistence::sqlite::testing {

namespace {

constexpr int kRowsInBatch = 20;

// Instance `number` and its rows, which belong together.
Batch batch_of(InstanceKey number) {
  Batch batch;
  batch.started = {{.key = number, .tenant = 1}};
  for (int i = 0; i < kRowsInBatch; ++i) {
    batch.journal.push_back({.instance = number,
                             .tenant = 1,
                             .seq = static_cast<std::uint64_t>(i) + 1,
                             .input = std::string(static_cast<std::size_t>(number * 37 % 900), 'x')});
    batch.timers.push_back({number * 100 + i, number, static_cast<std::uint64_t>(i), 1});
  }
  return batch;
}

class PowerCutTest : public ::testing::Test {
 protected:
  // Commits until the power goes off; how many were acknowledged in all.
  InstanceKey commit_until_cut(Store& store, InstanceKey from) {
    for (InstanceKey number = from;; ++number) {
      if (next_random(chance_) % 7 == 0) disk_.checkpoint();
      if (!store.commit(batch_of(number))) return number - 1;
    }
  }
  // The highest batch that is there; every batch up to it must be whole.
  InstanceKey last_whole(Store& store) {
    const auto reader = store.reader().value();
    const InstanceKey last = reader->counters()->instance;
    std::size_t timers = 0;
    for (InstanceKey number = 1; number <= last; ++number) {
      const auto found = reader->load(number).value();
      EXPECT_TRUE(found && found->tail.size() == kRowsInBatch)
          << "batch " << number << " of " << last << " is torn";
      timers += kRowsInBatch;
    }
    EXPECT_EQ(reader->timers({.due = INT64_MIN}, 1'000'000)->size(), timers);
    return last;
  }

  std::uint64_t chance_ = 11;
  PowerCut disk_{[this](std::uint64_t n) { return next_random(chance_) % n; }};
};

TEST_F(PowerCutTest, WhatWasAcknowledgedIsThereAndTheRestIsAllOrNothing) {
  InstanceKey acknowledged = 0;
  std::uint64_t more = 0;
  for (int round = 0; round < 60; ++round) {
    disk_.cut_after(next_random(chance_) % 400);
    InstanceKey committed = acknowledged;
    if (auto store = Store::open(disk_.folder())) committed = commit_until_cut(**store, acknowledged + 1);
    ASSERT_TRUE(disk_.is_off());
    disk_.restore();
    const auto again = Store::open(disk_.folder());
    ASSERT_TRUE(again) << again.error().message;
    const InstanceKey last = last_whole(**again);
    ASSERT_GE(last, committed) << "round " << round << ": an acknowledged commit is gone";
    ASSERT_LE(last, committed + 1);
    more += last > committed ? 1 : 0;
    acknowledged = last;
  }
  EXPECT_GT(acknowledged, 200);
  EXPECT_GT(more, 0u);  // durable, though nobody was told
  EXPECT_GT(disk_.counts().lost, 100u);
  EXPECT_GT(disk_.counts().torn, 100u);
}

TEST_F(PowerCutTest, ADiskThatLiesAboutItsSyncsIsFoundOut) {
  disk_.set_ignore_syncs(true);
  bool found = false;
  for (int round = 0; round < 20 && !found; ++round) {
    disk_.cut_after(500 + next_random(chance_) % 400);
    InstanceKey committed = 0;
    if (auto store = Store::open(disk_.folder())) committed = commit_until_cut(**store, 1 + round * 10'000);
    disk_.restore();
    const auto again = Store::open(disk_.folder());
    found = !again || (*again)->reader().value()->counters()->instance < committed;
  }
  EXPECT_TRUE(found);
}

TEST_F(PowerCutTest, AFullDiskRefusesAndTakesWritesAgain) {
  const auto store = Store::open(disk_.folder()).value();
  ASSERT_TRUE(store->commit(batch_of(1)));
  disk_.set_full(true);
  EXPECT_EQ(store->commit(batch_of(2)).error().code, Code::kExhausted);
  EXPECT_EQ(last_whole(*store), 1);
  disk_.set_full(false);
  ASSERT_TRUE(store->commit(batch_of(2)));
  EXPECT_EQ(last_whole(*store), 2);
}

using PowerCutDeathTest = PowerCutTest;
TEST_F(PowerCutDeathTest, AFailedSyncEndsTheProcess) {
  const auto store = Store::open(disk_.folder()).value();
  EXPECT_EXIT(
      {
        disk_.set_fail_sync(true);
        (void)store->commit(batch_of(1));
      },
      ::testing::ExitedWithCode(74), "did not confirm");
}

}  // namespace
}  // namespace xf::persistence::sqlite::testing
