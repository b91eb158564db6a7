// Embedded's insides: what its threads share. Each member says whose it is; the rest is behind a lock or
// never changes.
#pragma once

#include <atomic>
#include <mutex>

#include "base/thread.h"
#include "xflow/runtime/embedded/embedded.h"
#include "xflow/runtime/embedded/measures.h"
#include "xflow/runtime/embedded/queries.h"
#include "xflow/runtime/embedded/queue.h"

namespace xf::runtime::embedded {

// By far the most frequent request, so it costs no block of its own.
struct Start {
  StartRequest request;
  Callback<InstanceDetail> callback;
};
using Other = std::move_only_function<void(Driver&, TimeUs)>;
using Task = std::variant<Other, Start>;
using Query = std::move_only_function<void(Queries&)>;

inline Error stopping() { return {Code::kUnavailable, "the server is stopping: try again in a moment"}; }
inline Error crowded() {
  return {Code::kUnavailable, "too many requests are waiting: try again in a moment"};
}

// A group and what became of it.
struct Settled {
  Group group;
  Result<void> result;
};

struct Embedded::Impl {
  Impl(std::unique_ptr<persistence::Store> s, std::shared_ptr<functions::Caller> c, Options o)
      : store(std::move(s)),
        caller(std::move(c)),
        options(std::move(o)),
        measures(options.metrics != nullptr ? *options.metrics : own_metrics),
        driver(measured(options.driver), *store) {
    if (options.metrics != nullptr) register_computed(*options.metrics);
  }
  DriverOptions measured(DriverOptions one) {
    one.timer_fired = [this](std::int64_t late_us) { measures.timer_fired(late_us); };
    return one;
  }
  void register_computed(metrics::Registry&);

  // What the driver is asked to do; refused when there is too much of it.
  template <typename T>
  void ask(Callback<T>& callback, Other other, std::size_t requests_max) {
    Task task = std::move(other);
    if (!tasks.push(task, requests_max)) callback(std::unexpected(refused()));
  }
  Result<void> readiness() const;
  Error refused() const { return stopped ? stopping() : crowded(); }
  void tell_driver(Other other) {
    Task task = std::move(other);
    (void)tasks.push(task);  // after the end there is nobody to tell
  }

  // driver thread
  void drive(std::move_only_function<void(Result<void>)> recovered);
  void carry_out(Task&);
  void settle_done();
  void hand_over();
  void wait_for_slot();
  void update_ready();
  void finish();
  // committer thread
  void commit_groups();
  void pass_on(Settled);
  Result<void> commit(const Group&);
  // following thread; of small groups the committer
  void follow_up(Settled&);
  void tell_listener(std::vector<Told>&);
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
  metrics::Registry own_metrics;  // when nobody asks for them
  Measures measures;
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
  // Behind the committer: answers and acts of durable groups, so that the next group need not wait for them.
  Queue<Settled> followed;
  std::atomic<std::size_t> following = 0;  // groups that were passed on and are not yet done with

  mutable std::mutex state_mutex;
  std::optional<Error> not_ready;
  TurnListener listener;
  std::function<bool()> listener_wants;

  std::mutex stop_mutex;
  Thread driving, commits, follows, reading, copying;
};

}  // namespace xf::runtime::embedded
