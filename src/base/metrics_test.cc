#include "base/metrics.h"

#include <gtest/gtest.h>

#include <thread>

namespace xf::metrics {

TEST(Metrics, RendersTextFormat) {
  Registry registry;
  registry.counter("xf_starts_total", "Starts.").add(3);
  registry.gauge("xf_waiting", "Waiting \\ now\nor never", {{"tenant", "a\"b\\c\nd"}, {"kind", "timer"}})
      .set(-2);
  auto& latency = registry.histogram("xf_turn_seconds", "Turns.", {0.1, 1}, {{"shard", "0"}});
  for (double v : {0.05, 0.1, 0.5, 7.0}) latency.observe(v);
  EXPECT_EQ(registry.render(),
            "# HELP xf_starts_total Starts.\n"
            "# TYPE xf_starts_total counter\n"
            "xf_starts_total 3\n"
            "# HELP xf_turn_seconds Turns.\n"
            "# TYPE xf_turn_seconds histogram\n"
            "xf_turn_seconds_bucket{shard=\"0\",le=\"0.1\"} 2\n"
            "xf_turn_seconds_bucket{shard=\"0\",le=\"1\"} 3\n"
            "xf_turn_seconds_bucket{shard=\"0\",le=\"+Inf\"} 4\n"
            "xf_turn_seconds_sum{shard=\"0\"} 7.65\n"
            "xf_turn_seconds_count{shard=\"0\"} 4\n"
            "# HELP xf_waiting Waiting \\\\ now\\nor never\n"
            "# TYPE xf_waiting gauge\n"
            "xf_waiting{tenant=\"a\\\"b\\\\c\\nd\",kind=\"timer\"} -2\n");
}

TEST(Metrics, SameNameAndLabelsIsOneMetric) {
  Registry registry;
  auto& one = registry.counter("n_total", "N.", {{"a", "1"}});
  EXPECT_EQ(&one, &registry.counter("n_total", "N.", {{"a", "1"}}));
  EXPECT_NE(&one, &registry.counter("n_total", "N.", {{"a", "2"}}));
}

TEST(Metrics, AsksForWhatIsComputed) {
  Registry registry;
  double value = 1;
  registry.computed("xf_size_bytes", "Size.", {.value = [&] { return value; }}, {{"file", "log"}});
  registry.computed("xf_done_total", "Done.", {.is_counter = true, .value = [&] { return value * 0.5; }});
  value = 3;
  EXPECT_EQ(registry.render(),
            "# HELP xf_done_total Done.\n"
            "# TYPE xf_done_total counter\n"
            "xf_done_total 1.5\n"
            "# HELP xf_size_bytes Size.\n"
            "# TYPE xf_size_bytes gauge\n"
            "xf_size_bytes{file=\"log\"} 3\n");
}

TEST(Metrics, CountsFromManyThreads) {
  Registry registry;
  auto& counter = registry.counter("n_total", "N.");
  auto& histogram = registry.histogram("h", "H.", latency_bounds());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        counter.add();
        histogram.observe(1);
        if (i % 100 == 0) registry.render();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 4000u);
  EXPECT_EQ(histogram.sum(), 4000.0);
}

TEST(MetricsDeathTest, RefusesNames) {
  Registry registry;
  registry.counter("n_total", "N.");
  EXPECT_DEATH(registry.counter("9n", "N."), "name that Prometheus accepts");
  EXPECT_DEATH(registry.counter("a-b", "N."), "name that Prometheus accepts");
  EXPECT_DEATH(registry.counter("a", "N.", {{"__x", "1"}}), "label");
  EXPECT_DEATH(registry.gauge("n_total", "N."), "one kind");
}

}  // namespace xf::metrics
