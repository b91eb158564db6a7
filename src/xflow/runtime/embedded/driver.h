// Driver: the deterministic heart of the embedded engine. It takes what happens (requests, results, the time)
// and gives Groups: batches of rows, and what is to be done once they are durable. It has no thread, no
// clock, no chance of its own and does no I/O but reading its store, so a simulator can be its clock, its
// disk and its network:
//
//   driver.recover(now);                        // once, and it is ready
//   driver.start(request, callback, now);  …    // requests, results of calls: in any order
//   driver.tick(now); driver.work(now, 256);    // due timers and schedules; then what is queued, in turn
//   if (driver.has_group()) {
//     Group group = driver.seal(now);           // from here on the next group is being made
//     auto done = store.commit(group.batch);
//     driver.settle(group.number, done, now);   // in the order of the numbers
//     …on success: group.answers(nullptr), group.told, group.acts; on failure: group.answers(&error)
//   }
//
// Between seal() and settle() the driver may go on: what it makes then belongs to the next group. A group that
// was sealed while another one was open stands on that one: when that one fails, it is not committed, and
// settled as failed too. When a commit fails, everything that it knew is dropped and read again from the store; results of calls that were
// not yet durable are kept and applied again; callers of all open groups are told kUnavailable. One thread,
// with expression::kStackBytes of C stack.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "xflow/runtime/embedded/catalog.h"
#include "xflow/runtime/embedded/counts.h"
#include "xflow/runtime/embedded/event_index.h"
#include "xflow/runtime/embedded/group.h"
#include "xflow/runtime/embedded/loader.h"
#include "xflow/runtime/embedded/scheduler.h"
#include "xflow/runtime/embedded/timer_window.h"
#include "xflow/runtime/embedded/vault.h"

namespace xf::runtime::embedded {

struct DriverOptions {
  std::uint64_t seed = 0;         // all chance comes from it
  std::size_t hot_max = 1024;     // instances kept in memory when they have nothing to do
  std::int64_t retain_us = 0;     // finished instances are deleted after this time; 0: never
  std::int64_t event_ttl_us = 0;  // of events that do not say
  std::shared_ptr<const Vault> vault = {};  // null: there are no secrets
  std::size_t mail_max = 10'000;  // undelivered inputs, of all instances, before events are refused
  std::function<void(std::int64_t late_us)> timer_fired = {};  // told of each; must not block
};

// The answer to a request about one instance: its detail when the driver has it at hand, else to be read by
// its key.
struct Answered {
  persistence::InstanceKey instance = 0;
  bool replayed = false;
  std::optional<InstanceDetail> detail = {};
};

class Driver {
 public:
  Driver(DriverOptions, persistence::Store&);
  ~Driver();

  // Reads what it needs to begin: no more than what is due or owed, whatever the number of waiting instances.
  Result<void> recover(TimeUs now);

  // ---- Requests
  void deploy(const std::string& tenant, plan::PlanPtr, std::string original, Callback<Deployment>,
              TimeUs now);
  void remove_definition(const std::string& tenant, const plan::DefinitionId&, bool retire,
                         Callback<DefinitionSummary>, TimeUs now);
  void start(StartRequest, Callback<Answered>, TimeUs now);
  void command(const std::string& tenant, const std::string& id, engine::InputBody, const Idempotency&,
               Callback<Answered>, TimeUs now);
  void publish(const std::string& tenant, std::vector<json::Value> events, const Idempotency&,
               Callback<std::vector<std::uint32_t>>, TimeUs now);
  void schedule(const std::string& tenant, const plan::DefinitionId&, Runtime::ScheduleAction,
                const Idempotency&, Callback<ScheduleSummary>, TimeUs now);

  // ---- Results of acts
  void call_completed(persistence::InstanceKey, engine::CommandId, functions::Caller::Outcome, TimeUs now);
  void fetched(persistence::InstanceKey, engine::CommandId,
               std::variant<functions::Caller::Content, engine::Fault>, TimeUs now);

  // ---- Time and turns
  void tick(TimeUs now);
  // When tick() has something to do next; INT64_MAX: never.
  TimeUs next_due() const;
  // Up to so many queued turns. True: more are left.
  bool work(TimeUs now, std::size_t turns_max);

  bool has_group() const;
  Group seal(TimeUs now);
  void settle(std::uint64_t number, const Result<void>&, TimeUs now);
  // For a graceful stop: everything that is in memory gets a snapshot in the group being made, and callers
  // that wait for an end are answered with what there is.
  void prepare_stop();

  // Why nothing can be written at present; null: all is well.
  const Error* broken() const { return broken_ ? &*broken_ : nullptr; }
  const Catalog& catalog() const { return catalog_; }
  // How many turns the group being made has so far.
  std::size_t group_turns() const { return group_.batch.journal.size(); }
  std::size_t hot_count() const { return hot_.size(); }
  // How often an expression was evaluated over an event, outside of instances.
  std::size_t evaluations() const { return evaluations_; }
  std::size_t kept_evaluations() const;  // over the events that are kept, since it began
  std::size_t queued_count() const { return queue_.size(); }
  const Counts& counts() const { return counts_; }

 private:
  // An instance in memory.
  struct Hot {
    persistence::Instance row;
    plan::PlanPtr plan;
    engine::Instance instance;
    OpenWork open;
    std::uint64_t seq = 0;
    TimeUs at = 0;
    std::size_t tail_bytes = 0, snapshot_bytes = 0;
    std::uint64_t group = 0;   // the last group that it is part of
    std::size_t row_slot = 0;  // its row in that group's batch
    bool row_is_new = false;
    bool is_counted = false;   // row.status is among the counts
    std::list<persistence::InstanceKey>::iterator used = {};
  };
  // An input that waits for its turn.
  struct Work {
    persistence::InstanceKey instance = 0;
    engine::InputBody body;
    persistence::TenantKey tenant = 0;
    persistence::DefinitionKey definition = 0;  // Started: what to start
    persistence::Instance row = {};             // Started: parent and business key
    TimeUs due = 0;                             // TimerFired: part of the timer's key
    std::int64_t mail = 0;                      // its durable row, when it has one
  };
  struct WaitingCaller {
    persistence::InstanceKey instance = 0;
    std::uint64_t group = 0;  // of the start
    TimeUs until = 0;
    json::Value input;
    Callback<Answered> callback;
  };
  // Stands on the stack of each public method. A turn that gives up in its midst runs to its end on what it has in
  // hand; only then is all of that dropped.
  class Undo {
   public:
    Undo(Driver& driver, TimeUs now) : driver_(driver), now_(now) {}
    Undo(const Undo&) = delete;
    ~Undo() {
      if (driver_.gave_up_) driver_.begin_again(now_);
    }

   private:
    Driver& driver_;
    TimeUs now_;
  };
  // What the driver must remember of a group until it is settled.
  struct Unsettled {
    std::uint64_t number = 0;
    std::vector<persistence::InstanceKey> touched;
    std::vector<Work> results;  // came from outside, and would be lost with the group
    std::vector<std::pair<persistence::InstanceKey, engine::CommandId>> sent, answered;
    std::vector<std::string> keys;
  };
  struct PendingKey {
    std::uint64_t body = 0;
    std::string answer;
  };

  // driver.cc
  void reset();
  void give_up(const Error&);
  void begin_again(TimeUs now);
  void settle_broken(const Result<void>&, TimeUs now);
  void forget_finished(const Unsettled&);
  void fail_waiting();
  void recover_owed(TimeUs now);
  void delete_old(TimeUs now);
  void resend(Hot&);
  void evict();
  void answer(Answer);
  std::uint64_t random() { return next_random_(); }
  std::uint64_t next_random_();
  persistence::TenantKey tenant_for_writing(const std::string& name);

  // driver_turns.cc
  Result<Hot*> hot(persistence::InstanceKey, TimeUs now);
  void park(const persistence::Instance&, const Error&, TimeUs now);
  void apply(Work&, TimeUs now);
  Hot& begin(Work&, TimeUs now);
  void take(Hot&, engine::InputBody, TimeUs now);
  void touch(Hot&);
  void write_row(Hot&);
  void obey(Hot&, engine::Command, TimeUs now);
  void finish(Hot&);
  void remove_timer(const Hot&, engine::CommandId, TimeUs due);
  void remove_subscription(Hot&, const engine::command::Subscribe&);
  void send(Hot&, const engine::command::StartCall&);
  void send(Hot&, const engine::command::Fetch&);
  void stop_sending(const Hot&, engine::CommandId);
  void start_child(Hot&, engine::command::StartChild, TimeUs now);
  void cancel_child(Hot&, engine::CommandId, const OpenWork::Child&);
  void keep_mail(Work&);
  void snapshot(Hot&);
  Sources sources_of(persistence::TenantKey);
  void keep_content(persistence::TenantKey, const engine::input::Fetched&);
  functions::WorkId work_id(const Hot&, engine::CommandId) const;
  std::string text_id(persistence::TenantKey, persistence::InstanceKey) const;

  // driver_counts.cc
  Result<void> count_instances();
  void count_status(Hot&);
  void tell(const Hot&, const engine::Input&, engine::Trace);

  // driver_requests.cc
  struct Reserved {
    bool replay = false;
    std::string answer = {};
  };
  Result<Reserved> reserve(persistence::TenantKey, const std::string& operation, const Idempotency&,
                           TimeUs now);
  void remember(persistence::TenantKey, const std::string& operation, const Idempotency&, std::string answer,
                TimeUs now);
  Result<Work> prepare_start(persistence::TenantKey, const plan::DefinitionId&, json::Value input,
                             std::string key, TimeUs now);
  InstanceDetail describe(const Hot&, const json::Value& input) const;
  // The callback gets the value once the group is durable, else the group's error.
  template <typename T>
  void reply(Callback<T> callback, T value) {
    answer([callback = std::move(callback), value = std::move(value)](const Error* error) mutable {
      if (error != nullptr) {
        callback(std::unexpected(*error));
      } else {
        callback(std::move(value));
      }
    });
  }
  void answer_waiting(Hot&);
  void expire_waiting(TimeUs now);
  void apply_result(Work, TimeUs now);

  // driver_events.cc
  static json::Value parse_content(const std::string&);
  std::uint32_t deliver(persistence::TenantKey, const json::Value& event, TimeUs now);
  static Work received(persistence::InstanceKey, persistence::TenantKey, const Hot&,
                       const engine::command::Subscribe&, std::uint32_t filter, engine::events::Probe&);
  std::uint32_t trigger_schedules(persistence::TenantKey, engine::events::Probe&, TimeUs now);
  void deliver_kept(Hot&, const engine::command::Subscribe&, TimeUs now);
  persistence::InstanceKey start_scheduled(Scheduler::Due, TimeUs now);
  void instance_ended(const persistence::Instance&, TimeUs at);
  void update_schedule(persistence::TenantKey, const plan::DefinitionId&, TimeUs now);

  const DriverOptions options_;
  persistence::Store& store_;
  std::unique_ptr<persistence::Reader> reader_;
  std::uint64_t chance_;

  Catalog catalog_;
  TimerWindow timers_;
  EventIndex events_;
  Scheduler scheduler_;
  persistence::Counters counters_;
  std::unordered_map<persistence::InstanceKey, std::unique_ptr<Hot>> hot_;
  std::list<persistence::InstanceKey> used_;  // the most recent first
  std::unordered_set<persistence::InstanceKey> parked_;
  std::deque<Work> queue_;
  std::map<persistence::InstanceKey, std::vector<WaitingCaller>> waiting_;
  std::multimap<TimeUs, persistence::InstanceKey> waiting_until_;
  std::map<std::string, PendingKey> pending_keys_;
  std::set<std::pair<persistence::InstanceKey, engine::CommandId>> in_flight_;
  std::unordered_map<std::string, json::Value> contents_;  // fetched in groups that are not settled

  std::size_t evaluations_ = 0;
  Counts counts_;
  Group group_;
  Unsettled open_;
  std::deque<Unsettled> unsettled_;
  std::uint64_t settled_ = 0;  // the last group that became durable
  std::optional<Error> broken_;
  bool gave_up_ = false;  // and what it had in hand is not dropped yet
  std::deque<Work> saved_results_;  // while broken
  TimeUs retry_at_ = 0;
  bool probe_due_ = false, probing_ = false;
  persistence::InstanceKey owed_after_ = 0;
  bool owed_left_ = false;
  TimeUs housekeeping_at_ = 0;
  persistence::InstanceKey delete_after_ = 0;
};

}  // namespace xf::runtime::embedded
