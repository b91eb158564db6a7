#include "base/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace xf::metrics {

namespace {

// A field of /proc/self/stat by its number in proc(5), from the fourth on: before it stands a name that may
// hold anything, in brackets.
double stat_field(int number) {
  std::ifstream file("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto bracket = text.rfind(')');
  if (bracket == std::string::npos) return 0;
  std::istringstream rest(text.substr(bracket + 1));
  std::string field;
  for (int at = 2; at < number; ++at) rest >> field;
  return std::strtod(field.c_str(), nullptr);
}

double ticks_per_second() { return static_cast<double>(sysconf(_SC_CLK_TCK)); }

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double open_files() {
  std::error_code ec;
  const std::filesystem::directory_iterator folder("/proc/self/fd", ec);
  const auto count = std::distance(folder, std::filesystem::directory_iterator());
  return ec ? 0 : static_cast<double>(count - 1);  // without the one that this takes
}

double open_files_max() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

// Since 1970: the machine's start, and the process's after it.
double started_at() {
  std::ifstream file("/proc/stat");
  double boot = 0;
  for (std::string word; file >> word;)
    if (word == "btime") file >> boot;
  return boot + stat_field(22) / ticks_per_second();
}

}  // namespace

void register_process(Registry& registry) {
  const auto gauge = [&](const char* name, const char* help, double (*value)()) {
    registry.computed(name, help, {.is_counter = false, .value = value});
  };
  registry.computed("process_cpu_seconds_total", "Processor time, user and system.",
                    {.is_counter = true, .value = cpu_seconds});
  gauge("process_resident_memory_bytes", "Resident memory.",
        [] { return stat_field(24) * static_cast<double>(sysconf(_SC_PAGESIZE)); });
  gauge("process_virtual_memory_bytes", "Virtual memory.", [] { return stat_field(23); });
  gauge("process_threads", "Threads.", [] { return stat_field(20); });
  gauge("process_open_fds", "Open files and sockets.", open_files);
  gauge("process_max_fds", "How many may be open.", open_files_max);
  gauge("process_start_time_seconds", "When the process began, since 1970.", [] {
    static const double kStarted = started_at();
    return kStarted;
  });
}

}  // namespace xf::metrics
