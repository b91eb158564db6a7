// The threads that drive and commit.
#include <algorithm>

#include "base/clock.h"
#include "base/match.h"
#include "xflow/runtime/embedded/embedded_impl.h"
#include "xflow/runtime/embedded/ids.h"

namespace xf::runtime::embedded {

namespace {

using std::chrono::microseconds;

constexpr std::size_t kTurnsAtOnce = 256;  // before new requests are looked at
constexpr microseconds kForever = std::chrono::hours(1);
constexpr std::size_t kFewAnswers = 2;

}  // namespace

// ---- Driving

void Embedded::Impl::drive(std::move_only_function<void(Result<void>)> recovered) {
  auto begun = driver.recover(now_us());
  const bool ok = begun.has_value();
  recovered(std::move(begun));
  if (!ok) return;
  std::vector<Task> batch;
  for (bool open = true; open;) {
    const TimeUs due = driver.next_due();
    const TimeUs now = now_us();
    const auto at_most =
        due <= now
            ? microseconds(0)
            : std::min<microseconds>(kForever, microseconds(due == INT64_MAX ? INT64_MAX / 2 : due - now));
    batch.clear();
    open = tasks.take(batch, at_most);
    settle_done();
    for (auto& task : batch) {
      carry_out(task);
      if (driver.group_turns() >= options.turns_per_group) wait_for_slot();
    }
    const TimeUs later = now_us();
    if (driver.next_due() <= later) driver.tick(later);
    (void)driver.work(later, kTurnsAtOnce);
    if (driver.group_turns() >= options.turns_per_group) wait_for_slot();
    hand_over();
    update_ready();
    measures.publish(driver.counts(), driver.hot_count(), driver.queued_count());
  }
  finish();
}

void Embedded::Impl::carry_out(Task& task) {
  match(
      task, [&](Other& other) { other(driver, now_us()); },
      [&](Start& start) {
        driver.start(std::move(start.request), complete(std::move(start.callback)), now_us());
      });
}

void Embedded::Impl::settle_done() {
  std::vector<std::pair<std::uint64_t, Result<void>>> settled;
  {
    const std::lock_guard lock(mutex);
    settled.swap(done);
  }
  for (const auto& [number, result] : settled) driver.settle(number, result, now_us());
}

void Embedded::Impl::hand_over() {
  {
    const std::lock_guard lock(mutex);
    if (slot || committing) return;
  }
  // Now nothing is under way. Should the last group have failed, then what was made on top of it must not be
  // committed.
  settle_done();
  if (!driver.has_group()) return;
  Group group = driver.seal(now_us());
  {
    const std::lock_guard lock(mutex);
    slot = std::move(group);
  }
  slot_full.notify_one();
}

// The group is as large as it may become: the disk has to catch up.
void Embedded::Impl::wait_for_slot() {
  {
    std::unique_lock lock(mutex);
    slot_free.wait(lock, [this] { return !slot && !committing; });
  }
  settle_done();
  hand_over();
}

void Embedded::Impl::update_ready() {
  const auto* broken = driver.broken();
  const std::lock_guard lock(state_mutex);
  not_ready = broken ? std::optional(*broken) : std::nullopt;
}

// Nothing more comes in. What is in hand is finished and made durable; what is queued waits in the store.
void Embedded::Impl::finish() {
  wait_for_slot();
  driver.prepare_stop();
  hand_over();
  wait_for_slot();
  {
    const std::lock_guard lock(mutex);
    no_more = true;
  }
  slot_full.notify_one();
}

// ---- Committing

void Embedded::Impl::commit_groups() {
  for (;;) {
    Group group;
    {
      std::unique_lock lock(mutex);
      slot_full.wait(lock, [this] { return slot || no_more; });
      if (!slot) return;
      group = *std::exchange(slot, std::nullopt);
      committing = true;
    }
    Settled one{std::move(group), {}};
    one.result = commit(one.group);
    {
      const std::lock_guard lock(mutex);
      done.emplace_back(one.group.number, one.result);
      committing = false;
    }
    slot_free.notify_one();
    tell_driver([](Driver&, TimeUs) {});  // wakes it
    pass_on(std::move(one));
  }
}

// One answer is given soonest by this thread. Many are given by another one, while this one commits the next
// group; never both at once, so that groups are followed up in their order.
void Embedded::Impl::pass_on(Settled one) {
  if (following == 0 && one.group.answers.size() + one.group.acts.size() <= kFewAnswers)
    return follow_up(one);
  ++following;
  (void)followed.push(one);
}

Result<void> Embedded::Impl::commit(const Group& group) {
  if (group.batch.empty()) return {};
  const auto begun = monotonic_us();
  auto result = store->commit(group.batch);
  measures.committed(result.has_value(), group.batch.journal.size(), monotonic_us() - begun);
  return result;
}

void Embedded::Impl::follow_up(Settled& one) {
  auto& [group, result] = one;
  const Error failed = result ? Error{} : Error{Code::kUnavailable, result.error().message};
  for (auto& answer : group.answers) answer(result ? nullptr : &failed);
  if (!result) return;
  if (!group.told.empty()) tell_listener(group.told);
  for (auto& act : group.acts) act_on(act);
}

void Embedded::Impl::tell_listener(std::vector<Told>& turns) {
  TurnListener current;
  std::function<bool()> wanted;
  {
    const std::lock_guard lock(state_mutex);
    current = listener;
    wanted = listener_wants;
  }
  if (!current || (wanted && !wanted())) return;
  for (auto& told : turns)
    current(told.tenant, instance_id(told.instance, told.salt), told.status, std::move(told).entries());
}

void Embedded::Impl::act_on(Act& act) {
  match(
      act,
      [&](act::Call& one) {
        auto answered = [this, instance = one.instance, id = one.work.command,
                         measure = Measures::Call(measures)](functions::Caller::Outcome outcome) mutable {
          measure.ended(outcome);
          tell_driver([instance, id, outcome = std::move(outcome)](Driver& d, TimeUs now) mutable {
            d.call_completed(instance, id, std::move(outcome), now);
          });
        };
        auto values = options.driver.vault->given(*one.plan);
        caller->call(std::move(one.work), std::move(one.plan), std::move(one.call), std::move(values),
                     std::move(one.document), std::move(answered));
      },
      [&](act::Fetch& one) {
        auto answered = [this, instance = one.instance, id = one.work.command](
                            std::variant<functions::Caller::Content, engine::Fault> content) {
          tell_driver([instance, id, content = std::move(content)](Driver& d, TimeUs now) mutable {
            d.fetched(instance, id, std::move(content), now);
          });
        };
        auto values = options.driver.vault->given(*one.plan);
        caller->fetch(std::move(one.work), std::move(one.plan), std::move(one.fetch), std::move(values),
                      std::move(answered));
      },
      [&](act::Cancel& one) { caller->cancel(one.work); });
}

Callback<Answered> Embedded::Impl::complete(Callback<InstanceDetail> callback) {
  return [this, callback = std::move(callback)](Result<Answered> answered) mutable {
    if (!answered) return callback(std::unexpected(std::move(answered).error()));
    if (answered->detail) {
      answered->detail->replayed = answered->replayed;
      return callback(*std::move(answered->detail));
    }
    look_up(std::move(callback), [key = answered->instance, replayed = answered->replayed](Queries& q) {
      auto detail = q.instance(key);
      if (detail) detail->replayed = replayed;
      return detail;
    });
  };
}

}  // namespace xf::runtime::embedded
