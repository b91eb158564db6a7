#include "xflow/runtime/embedded/measures.h"

#include "base/clock.h"
#include "xflow/engine/instance.h"

namespace xf::runtime::embedded {

namespace {

using engine::Status;
using metrics::Registry;

constexpr double kSecondsInUs = 1e-6;
constexpr auto kInstances = "Instances that have not ended for good, by status.";
constexpr auto kEnded = "Instances that ended, by how; one that is retried ends again.";
constexpr auto kCalls = "Calls that were sent, by what came of them.";
constexpr auto kCommits = "Groups of turns that were written, by result.";

metrics::Gauge& instances(Registry& r, Status status) {
  return r.gauge("xflow_instances", kInstances, {{"status", std::string(to_string(status))}});
}
metrics::Counter& ended(Registry& r, Status status) {
  return r.counter("xflow_instances_ended_total", kEnded, {{"status", std::string(to_string(status))}});
}
metrics::Counter& calls(Registry& r, const char* outcome) {
  return r.counter("xflow_calls_total", kCalls, {{"outcome", outcome}});
}

}  // namespace

Measures::Measures(Registry& r)
    : started_{r.counter("xflow_instances_started_total", "Instances that were started.")},
      completed_{ended(r, Status::kCompleted)},
      faulted_{ended(r, Status::kFaulted)},
      cancelled_{ended(r, Status::kCancelled)},
      turns_{r.counter("xflow_turns_total", "Inputs that were applied to instances.")},
      transitions_{r.counter("xflow_transitions_total", "Steps of tasks within those turns.")},
      journal_bytes_{
          r.counter("xflow_journal_bytes_total", "Bytes of inputs and traces given to the journal.")},
      timers_fired_{r.counter("xflow_timers_fired_total", "Timers that fired.")},
      events_received_{
          r.counter("xflow_events_received_total", "CloudEvents that were accepted or emitted.")},
      events_matched_{
          r.counter("xflow_events_matched_total", "Instances that those events reached or started.")},
      pending_(instances(r, Status::kPending)),
      running_(instances(r, Status::kRunning)),
      waiting_(instances(r, Status::kWaiting)),
      suspended_(instances(r, Status::kSuspended)),
      failed_(instances(r, Status::kFaulted)),
      hot_(r.gauge("xflow_instances_in_memory", "Instances that are held in memory.")),
      queued_(r.gauge("xflow_inputs_queued", "Inputs that wait for their turn.")),
      calls_in_flight_(r.gauge("xflow_calls_in_flight", "Calls that were sent and not answered.")),
      commits_(r.counter("xflow_commits_total", kCommits, {{"result", "ok"}})),
      commits_failed_(r.counter("xflow_commits_total", kCommits, {{"result", "failed"}})),
      calls_completed_(calls(r, "completed")),
      calls_faulted_(calls(r, "faulted")),
      calls_unknown_(calls(r, "unknown")),
      calls_cancelled_(calls(r, "cancelled")),
      commit_seconds_(r.histogram("xflow_commit_duration_seconds", "Time until a group of turns was durable.",
                                  metrics::latency_bounds())),
      commit_turns_(r.histogram("xflow_commit_turns", "Turns that became durable together.",
                                {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024})),
      call_seconds_(r.histogram("xflow_call_duration_seconds", "Time from sending a call to its outcome.",
                                metrics::latency_bounds())),
      timer_late_seconds_(r.histogram("xflow_timer_lag_seconds", "How long after it was due a timer fired.",
                                      metrics::latency_bounds())) {}

void Measures::publish(const Counts& now, std::size_t hot, std::size_t queued) {
  const auto at = [](const auto& counts, Status status) { return counts[static_cast<std::size_t>(status)]; };
  started_.follow(now.started);
  completed_.follow(at(now.ended, Status::kCompleted));
  faulted_.follow(at(now.ended, Status::kFaulted));
  cancelled_.follow(at(now.ended, Status::kCancelled));
  turns_.follow(now.turns);
  transitions_.follow(now.transitions);
  journal_bytes_.follow(now.journal_bytes);
  timers_fired_.follow(now.timers_fired);
  events_received_.follow(now.events_received);
  events_matched_.follow(now.events_matched);
  pending_.set(at(now.instances, Status::kPending));
  running_.set(at(now.instances, Status::kRunning));
  waiting_.set(at(now.instances, Status::kWaiting));
  suspended_.set(at(now.instances, Status::kSuspended));
  failed_.set(at(now.instances, Status::kFaulted));
  hot_.set(static_cast<std::int64_t>(hot));
  queued_.set(static_cast<std::int64_t>(queued));
}

void Measures::timer_fired(std::int64_t late_us) {
  timer_late_seconds_.observe(static_cast<double>(late_us) * kSecondsInUs);
}

void Measures::committed(bool good, std::size_t turns, std::int64_t took_us) {
  (good ? commits_ : commits_failed_).add();
  commit_seconds_.observe(static_cast<double>(took_us) * kSecondsInUs);
  if (good) commit_turns_.observe(static_cast<double>(turns));
}

// ---- Calls

Measures::Call::Call(Measures& measures) : measures_(&measures), begun_us_(monotonic_us()) {
  measures.calls_in_flight_.add(1);
}

Measures::Call::~Call() {
  if (measures_ != nullptr) end(measures_->calls_cancelled_);
}

void Measures::Call::ended(const functions::Caller::Outcome& outcome) {
  const bool good = std::holds_alternative<json::Value>(outcome.value);
  end(outcome.outcome_unknown ? measures_->calls_unknown_
      : good                  ? measures_->calls_completed_
                              : measures_->calls_faulted_);
}

void Measures::Call::end(metrics::Counter& counter) {
  auto& measures = *std::exchange(measures_, nullptr);
  counter.add();
  measures.calls_in_flight_.add(-1);
  measures.call_seconds_.observe(static_cast<double>(monotonic_us() - begun_us_) * kSecondsInUs);
}

}  // namespace xf::runtime::embedded
