#include "xflow/runtime/embedded/embedded.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>

#include "base/clock.h"
#include "base/match.h"
#include "base/thread.h"
#include "xflow/expression/program.h"
#include "xflow/runtime/embedded/describe.h"
#include "xflow/runtime/embedded/queries.h"
#include "xflow/runtime/embedded/queue.h"

namespace xf::runtime::embedded {

namespace {

using Task = std::move_only_function<void(Driver&, TimeUs)>;
using Query = std::move_only_function<void(Queries&)>;
using std::chrono::microseconds;

constexpr std::size_t kTurnsAtOnce = 256;  // before new requests are looked at
constexpr microseconds kForever = std::chrono::hours(1);
constexpr std::size_t kSmallStack = 1u << 20;

Error stopping() { return {Code::kUnavailable, "the server is stopping: try again in a moment"}; }
Error crowded() { return {Code::kUnavailable, "too many requests are waiting: try again in a moment"}; }

std::string backup_name() {
  std::string name = "xflow-" + to_iso8601(now_us()) + ".db";
  std::ranges::replace(name, ':', '-');
  return name;
}

}  // namespace

struct Embedded::Impl {
  Impl(std::unique_ptr<persistence::Store> s, std::shared_ptr<functions::Caller> c, Options o)
      : store(std::move(s)), caller(std::move(c)), options(std::move(o)), driver(options.driver, *store) {}

  // What the driver is asked to do; refused when there is too much of it.
  template <typename T>
  void ask(Callback<T>& callback, Task task, std::size_t requests_max) {
    if (!tasks.push(task, requests_max)) callback(std::unexpected(stopped ? stopping() : crowded()));
  }
  void tell_driver(Task task) { (void)tasks.push(task); }  // after the end there is nobody to tell

  // driver thread
  void drive(std::move_only_function<void(Result<void>)> recovered);
  void settle_done();
  void hand_over();
  void wait_for_slot();
  void update_ready();
  void finish();
  // committer thread
  void commit_groups();
  void follow_up(Group&, const Result<void>&);
  void act_on(Act&);

  // Answers what the driver could not: reads it.
  Callback<Answered> complete(Callback<InstanceDetail>);
  template <typename T, typename F>
  void look_up(Callback<T> callback, F query) {
    auto shared = std::make_shared<Callback<T>>(std::move(callback));
    Query one = [shared, query = std::move(query)](Queries& q) mutable { (*shared)(query(q)); };
    if (!queries.push(one)) (*shared)(std::unexpected(stopping()));
  }

  std::unique_ptr<persistence::Store> store;
  std::shared_ptr<functions::Caller> caller;
  Options options;
  Driver driver;

  Queue<Task> tasks;
  Queue<Query> queries;
  Queue<Callback<Backup>> backups;
  std::atomic<bool> stopped = false;

  // The slot between driver and committer.
  std::mutex mutex;
  std::condition_variable slot_free, slot_full;
  std::optional<Group> slot;
  bool committing = false;  // a group is out of the slot and not settled
  bool no_more = false;     // groups
  std::vector<std::pair<std::uint64_t, Result<void>>> done;

  mutable std::mutex state_mutex;
  std::optional<Error> not_ready;
  TurnListener listener;

  std::mutex stop_mutex;
  Thread driving, commits, reading, copying;
};

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
      task(driver, now_us());
      if (driver.group_turns() >= options.turns_per_group) wait_for_slot();
    }
    const TimeUs later = now_us();
    if (driver.next_due() <= later) driver.tick(later);
    (void)driver.work(later, kTurnsAtOnce);
    if (driver.group_turns() >= options.turns_per_group) wait_for_slot();
    hand_over();
    update_ready();
  }
  finish();
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
  // Now nothing is under way. Should the last group have failed, then what was made on top of it must not be committed.
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
    const Result<void> result = group.batch.empty() ? Result<void>() : store->commit(group.batch);
    {
      const std::lock_guard lock(mutex);
      done.emplace_back(group.number, result);
      committing = false;
    }
    slot_free.notify_one();
    tell_driver([](Driver&, TimeUs) {});  // wakes it
    follow_up(group, result);
  }
}

void Embedded::Impl::follow_up(Group& group, const Result<void>& result) {
  const Error failed = result ? Error{} : Error{Code::kUnavailable, result.error().message};
  for (auto& answer : group.answers) answer(result ? nullptr : &failed);
  if (!result) return;
  if (!group.told.empty()) {
    TurnListener current;
    {
      const std::lock_guard lock(state_mutex);
      current = listener;
    }
    if (current)
      for (const auto& told : group.told) current(told.tenant, told.instance, told.status, told.entries);
  }
  for (auto& act : group.acts) act_on(act);
}

void Embedded::Impl::act_on(Act& act) {
  const auto secrets = [&](const plan::Plan& plan) {
    return options.secrets ? options.secrets(plan) : json::Value::object();
  };
  match(
      act,
      [&](act::Call& one) {
        auto answered = [this, instance = one.instance,
                         id = one.work.command](functions::Caller::Outcome outcome) {
          tell_driver([instance, id, outcome = std::move(outcome)](Driver& d, TimeUs now) mutable {
            d.call_completed(instance, id, std::move(outcome), now);
          });
        };
        auto values = secrets(*one.plan);
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
        auto values = secrets(*one.plan);
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

// ---- The port

Result<std::unique_ptr<Embedded>> Embedded::open(std::unique_ptr<persistence::Store> store,
                                                 std::shared_ptr<functions::Caller> caller, Options options) {
  XF_TRY_ASSIGN(auto reader, store->reader());
  auto impl = std::make_unique<Impl>(std::move(store), std::move(caller), std::move(options));
  Impl& in = *impl;
  std::mutex mutex;
  std::condition_variable wake;
  std::optional<Result<void>> recovered;
  in.driving = Thread("xf-driver", expression::kStackBytes, [&in, &mutex, &wake, &recovered] {
    in.drive([&](Result<void> result) {
      const std::lock_guard lock(mutex);
      recovered = std::move(result);
      wake.notify_one();
    });
  });
  {
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return recovered.has_value(); });
  }
  if (!*recovered) return std::unexpected(std::move(*recovered).error());
  in.commits = Thread("xf-committer", kSmallStack, [&in] { in.commit_groups(); });
  in.reading = Thread("xf-queries", expression::kStackBytes, [&in, own = std::move(reader)]() mutable {
    Queries queries(std::move(own));
    for (std::vector<Query> batch; in.queries.take(batch, kForever); batch.clear())
      for (auto& query : batch) query(queries);
  });
  in.copying = Thread("xf-backup", kSmallStack, [&in] {
    for (std::vector<Callback<Backup>> batch; in.backups.take(batch, kForever); batch.clear())
      for (auto& callback : batch) {
        const std::string file = in.options.backup_directory + "/" + backup_name();
        const auto bytes = in.store->backup(file);
        callback(bytes ? Result<Backup>(Backup{file, *bytes}) : std::unexpected(bytes.error()));
      }
  });
  return std::unique_ptr<Embedded>(new Embedded(std::move(impl)));
}

Embedded::Embedded(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Embedded::~Embedded() { stop(); }

void Embedded::stop() {
  const std::lock_guard lock(impl_->stop_mutex);
  impl_->stopped = true;
  impl_->tasks.close();
  impl_->driving.join();
  impl_->commits.join();
  impl_->queries.close();
  impl_->reading.join();
  impl_->backups.close();
  impl_->copying.join();
}

void Embedded::deploy(std::string tenant, plan::PlanPtr plan, std::string original,
                      Callback<Deployment> callback) {
  auto shared = std::make_shared<Callback<Deployment>>(std::move(callback));
  impl_->ask(
      *shared,
      [shared, tenant = std::move(tenant), plan = std::move(plan), original = std::move(original)](
          Driver& d, TimeUs now) mutable {
        d.deploy(tenant, std::move(plan), std::move(original), std::move(*shared), now);
      },
      impl_->options.requests_max);
}

void Embedded::remove_definition(std::string tenant, plan::DefinitionId id, bool retire,
                                 Callback<DefinitionSummary> callback) {
  auto shared = std::make_shared<Callback<DefinitionSummary>>(std::move(callback));
  impl_->ask(
      *shared,
      [shared, tenant = std::move(tenant), id = std::move(id), retire](Driver& d, TimeUs now) {
        d.remove_definition(tenant, id, retire, std::move(*shared), now);
      },
      impl_->options.requests_max);
}

void Embedded::start(StartRequest request, Callback<InstanceDetail> callback) {
  auto shared = std::make_shared<Callback<InstanceDetail>>(std::move(callback));
  impl_->ask(
      *shared,
      [impl = impl_.get(), shared, request = std::move(request)](Driver& d, TimeUs now) mutable {
        d.start(std::move(request), impl->complete(std::move(*shared)), now);
      },
      impl_->options.requests_max);
}

void Embedded::command(std::string tenant, std::string id, engine::InputBody body, Idempotency idempotency,
                       Callback<InstanceDetail> callback) {
  auto shared = std::make_shared<Callback<InstanceDetail>>(std::move(callback));
  impl_->ask(
      *shared,
      [impl = impl_.get(), shared, tenant = std::move(tenant), id = std::move(id), body = std::move(body),
       idempotency = std::move(idempotency)](Driver& d, TimeUs now) mutable {
        d.command(tenant, id, std::move(body), idempotency, impl->complete(std::move(*shared)), now);
      },
      impl_->options.requests_max);
}

void Embedded::publish(std::string tenant, std::vector<json::Value> events, Idempotency idempotency,
                       Callback<std::vector<std::uint32_t>> callback) {
  auto shared = std::make_shared<Callback<std::vector<std::uint32_t>>>(std::move(callback));
  impl_->ask(
      *shared,
      [shared, tenant = std::move(tenant), events = std::move(events), idempotency = std::move(idempotency)](
          Driver& d, TimeUs now) mutable {
        d.publish(tenant, std::move(events), idempotency, std::move(*shared), now);
      },
      impl_->options.requests_max);
}

void Embedded::schedule(std::string tenant, plan::DefinitionId id, ScheduleAction action,
                        Idempotency idempotency, Callback<ScheduleSummary> callback) {
  auto shared = std::make_shared<Callback<ScheduleSummary>>(std::move(callback));
  impl_->ask(
      *shared,
      [shared, tenant = std::move(tenant), id = std::move(id), action,
       idempotency = std::move(idempotency)](Driver& d, TimeUs now) {
        d.schedule(tenant, id, action, idempotency, std::move(*shared), now);
      },
      impl_->options.requests_max);
}

void Embedded::definitions(std::string tenant, std::string cursor, std::uint32_t limit,
                           Callback<Page<DefinitionSummary>> callback) {
  impl_->look_up(std::move(callback), [tenant = std::move(tenant), cursor = std::move(cursor),
                                       limit](Queries& q) { return q.definitions(tenant, cursor, limit); });
}

void Embedded::definition(std::string tenant, plan::DefinitionId id, Callback<DefinitionDetail> callback) {
  impl_->look_up(std::move(callback), [tenant = std::move(tenant), id = std::move(id)](Queries& q) {
    return q.definition(tenant, id);
  });
}

void Embedded::instances(InstanceQuery query, Callback<Page<InstanceSummary>> callback) {
  impl_->look_up(std::move(callback), [query = std::move(query)](Queries& q) { return q.instances(query); });
}

void Embedded::instance(std::string tenant, std::string id, Callback<InstanceDetail> callback) {
  impl_->look_up(std::move(callback), [tenant = std::move(tenant), id = std::move(id)](Queries& q) {
    return q.instance(tenant, id);
  });
}

void Embedded::history(HistoryQuery query, Callback<Page<HistoryEntry>> callback) {
  impl_->look_up(std::move(callback), [query = std::move(query)](Queries& q) { return q.history(query); });
}

void Embedded::schedules(std::string tenant, Callback<std::vector<ScheduleSummary>> callback) {
  impl_->look_up(std::move(callback),
                 [tenant = std::move(tenant)](Queries& q) { return q.schedules(tenant); });
}

void Embedded::listen(TurnListener listener) {
  const std::lock_guard lock(impl_->state_mutex);
  impl_->listener = std::move(listener);
}

Result<void> Embedded::ready() const {
  if (impl_->stopped) return std::unexpected(stopping());
  const std::lock_guard lock(impl_->state_mutex);
  if (impl_->not_ready) return std::unexpected(*impl_->not_ready);
  return {};
}

void Embedded::backup(Callback<Backup> callback) {
  if (impl_->options.backup_directory.empty())
    return callback(fail(Code::kInvalid, "there is no data directory, so there is nothing to back up"));
  ::mkdir(impl_->options.backup_directory.c_str(), 0700);  // when it is there already, so much the better
  if (!impl_->backups.push(callback)) callback(std::unexpected(stopping()));
}

}  // namespace xf::runtime::embedded
