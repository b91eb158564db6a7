#include "base/process_metrics.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>
#include <vector>

namespace xf::metrics {

namespace {

double value_of(const std::string& name) {
  Registry registry;
  register_process(registry);
  const auto text = registry.render();
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + name.size() + 2, nullptr);
}

}  // namespace

TEST(ProcessMetrics, FollowWhatTheProcessDoes) {
  const double files = value_of("process_open_fds");
  const int fd = dup(0);
  EXPECT_EQ(value_of("process_open_fds"), files + 1);
  close(fd);
  EXPECT_GT(value_of("process_max_fds"), files);

  const double resident = value_of("process_resident_memory_bytes");
  const std::vector<char> used(64u << 20, 'x');
  EXPECT_NEAR(value_of("process_resident_memory_bytes"), resident + static_cast<double>(used.size()),
              8 << 20);
  EXPECT_GT(value_of("process_virtual_memory_bytes"), resident);

  const double spent = value_of("process_cpu_seconds_total");
  while (value_of("process_cpu_seconds_total") < spent + 0.02) {
  }
  EXPECT_GE(value_of("process_threads"), 1);
  EXPECT_NEAR(value_of("process_start_time_seconds"), static_cast<double>(std::time(nullptr)), 600);
}

}  // namespace xf::metrics
