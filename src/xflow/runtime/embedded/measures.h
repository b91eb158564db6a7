// Measures: the embedded runtime's metrics (docs/guide/operating.md names them all). Nothing here is asked of
// a clock or a lock for a single turn: the driver counts for itself, and its counts are published once for
// each of its rounds.
#pragma once

#include "base/metrics.h"
#include "xflow/functions/caller.h"
#include "xflow/runtime/embedded/counts.h"

namespace xf::runtime::embedded {

class Measures {
 public:
  explicit Measures(metrics::Registry&);

  // By the driver's thread.
  void publish(const Counts&, std::size_t hot, std::size_t queued);
  void timer_fired(std::int64_t late_us);
  // By the committer's.
  void committed(bool good, std::size_t turns, std::int64_t took_us);

  // One call, from sending it to whatever comes of it; dropped without an outcome, it was cancelled.
  class Call {
   public:
    explicit Call(Measures&);
    Call(Call&& other) noexcept
        : measures_(std::exchange(other.measures_, nullptr)), begun_us_(other.begun_us_) {}
    Call& operator=(Call&&) = delete;
    ~Call();
    void ended(const functions::Caller::Outcome&);

   private:
    void end(metrics::Counter&);
    Measures* measures_;
    std::int64_t begun_us_;
  };

 private:
  // A counter that follows a number which only grows.
  struct Following {
    metrics::Counter& counter;
    std::uint64_t seen = 0;
    void follow(std::uint64_t now) { counter.add(now - std::exchange(seen, now)); }
  };

  Following started_, completed_, faulted_, cancelled_, turns_, transitions_, journal_bytes_, timers_fired_,
      events_received_, events_matched_;
  metrics::Gauge &pending_, &running_, &waiting_, &suspended_, &failed_;
  metrics::Gauge &hot_, &queued_, &calls_in_flight_;
  metrics::Counter &commits_, &commits_failed_, &calls_completed_, &calls_faulted_, &calls_unknown_,
      &calls_cancelled_;
  metrics::Histogram &commit_seconds_, &commit_turns_, &call_seconds_, &timer_late_seconds_;
};

}  // namespace xf::runtime::embedded
