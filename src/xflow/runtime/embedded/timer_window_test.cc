#include "xflow/runtime/embedded/timer_window.h"

#include <gtest/gtest.h>

#include "persistence/memory/store.h"

namespace xf::runtime::embedded {

namespace {

using persistence::Timer;

class TimerWindowTest : public ::testing::Test {
 protected:
  void commit(std::vector<Timer> timers) {
    persistence::Batch batch;
    batch.timers = std::move(timers);
    ASSERT_TRUE(store_.commit(batch));
  }
  std::vector<persistence::InstanceKey> due(TimeUs now, std::size_t limit = 100) {
    std::vector<persistence::InstanceKey> out;
    const auto found = window_.due(now, limit, *reader_).value();
    for (const auto& timer : found) out.push_back(timer.instance);
    return out;
  }
  using Keys = std::vector<persistence::InstanceKey>;

  persistence::memory::Store store_;
  std::unique_ptr<persistence::Reader> reader_ = store_.reader().value();
  TimerWindow window_;
};

constexpr TimeUs kSecond = kUsPerSecond;

}  // namespace

TEST_F(TimerWindowTest, GivesWhatIsDueInOrderAndNothingEarly) {
  commit({{3 * kSecond, 3, 1, 1}, {1 * kSecond, 1, 1, 1}, {2 * kSecond, 2, 1, 1}});
  EXPECT_EQ(due(kSecond - 1), Keys{});
  EXPECT_EQ(window_.next(), kSecond);
  EXPECT_EQ(due(2 * kSecond, 1), Keys{1});
  EXPECT_EQ(due(2 * kSecond), Keys{2});
  EXPECT_EQ(due(3 * kSecond), Keys{3});
  EXPECT_EQ(due(300 * kSecond), Keys{});
}

TEST_F(TimerWindowTest, FarTimersStayInTheStoreUntilTheyAreNear) {
  commit({{1 * kSecond, 1, 1, 1}, {60 * kSecond, 2, 1, 1}});
  EXPECT_EQ(due(kSecond), Keys{1});
  for (TimeUs now = kSecond; now < 60 * kSecond; now += kSecond / 2) EXPECT_EQ(due(now), Keys{}) << now;
  EXPECT_EQ(due(60 * kSecond), Keys{2});
}

TEST_F(TimerWindowTest, ATimerThatIsNotYetCommittedIsNotMissed) {
  EXPECT_EQ(due(0), Keys{});
  window_.add({5 * kSecond, 5, 1, 1}, 1);    // near
  window_.add({20 * kSecond, 20, 1, 1}, 2);  // far, and its commit never settles
  EXPECT_EQ(due(6 * kSecond), Keys{5});
  EXPECT_EQ(due(14 * kSecond), Keys{});
  EXPECT_EQ(due(21 * kSecond), Keys{20});
}

TEST_F(TimerWindowTest, RemovedTimersDoNotFire) {
  EXPECT_EQ(due(0), Keys{});
  window_.add({5 * kSecond, 5, 1, 1}, 1);
  window_.add({20 * kSecond, 20, 1, 1}, 1);
  window_.remove({5 * kSecond, 5, 1, 1});
  window_.remove({20 * kSecond, 20, 1, 1});
  EXPECT_EQ(due(30 * kSecond), Keys{});
}

TEST_F(TimerWindowTest, ManyTimersAtOnceComeInPortions) {
  std::vector<Timer> timers;
  for (persistence::InstanceKey key = 1; key <= 50'000; ++key) timers.push_back({kSecond, key, 1, 1});
  commit(timers);
  std::size_t seen = 0;
  for (int round = 0; round < 10'000 && seen < timers.size(); ++round) seen += due(kSecond, 1000).size();
  EXPECT_EQ(seen, timers.size());
}

}  // namespace xf::runtime::embedded
