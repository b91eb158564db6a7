// Metrics in Prometheus' text format. Registering takes a lock and is done once, at start; counting is one
// relaxed atomic operation, from any thread. A metric lives as long as its registry and never moves.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace xf::metrics {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  // Alone on its cache line, so that counters of different threads do not slow each other down.
  alignas(64) std::atomic<std::uint64_t> value_ = 0;
};

class Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  alignas(64) std::atomic<std::int64_t> value_ = 0;
};

// Counts observations in fixed buckets. A value equal to a bound belongs to that bound's bucket.
class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds);  // ascending; +Inf is implied
  void observe(double value);

  const std::vector<double>& bounds() const { return bounds_; }
  std::uint64_t in_bucket(std::size_t i) const { return counts_[i].load(std::memory_order_relaxed); }
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::vector<double> bounds_;
  std::deque<std::atomic<std::uint64_t>> counts_;  // one more than bounds
  std::atomic<double> sum_ = 0;
};

// What is asked for when it is rendered, since something else keeps it. Whoever gives the function outlives
// every render().
struct Computed {
  bool is_counter = false;  // it only grows; else a gauge
  std::function<double()> value;
};

using Labels = std::vector<std::pair<std::string, std::string>>;

class Registry {
 public:
  // The same name and labels give the same metric. A bug ends the process: a name or label that Prometheus
  // does not accept, or a name used for two kinds. Units are in the name and are seconds and bytes
  // ("…_seconds", "…_total").
  Counter& counter(std::string_view name, std::string_view help, const Labels& = {});
  Gauge& gauge(std::string_view name, std::string_view help, const Labels& = {});
  Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                       const Labels& = {});
  void computed(std::string_view name, std::string_view help, Computed, const Labels& = {});

  // Text format 0.0.4, families sorted by name; content type kContentType.
  std::string render() const;

  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  using Metric = std::variant<Counter, Gauge, Histogram, Computed>;
  struct Family {
    std::string help;
    std::size_t kind = 0;                   // index in Metric
    std::map<std::string, Metric> members;  // by rendered labels, without braces
  };

  template <typename M, typename... Args>
  M& find_or_add(std::string_view name, std::string_view help, const Labels&, Args&&...);

  mutable std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;
};

// From 100 µs to 10 s, for latencies in seconds.
std::vector<double> latency_bounds();

}  // namespace xf::metrics
