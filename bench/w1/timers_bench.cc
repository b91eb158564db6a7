// Timers: 10,000 instances whose timers are all due within one second, through runtime.h on disk. How late
// each is, from the instant that it was due to the answer that its workflow has ended, durably; and that none
// is early. Prints one JSON object. Usage: timers_bench FOLDER
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "persistence/sqlite/store.h"
#include "xflow/definition/load.h"
#include "xflow/runtime/embedded/embedded.h"

namespace {

using namespace xf;

constexpr std::string_view kWaiter = R"(
document: {dsl: '1.0.3', namespace: bench, name: waiter, version: '1.0.0'}
do:
  - hold: {wait: {seconds: 3}}
)";
constexpr TimeUs kWaitUs = 3'000'000;
constexpr std::size_t kTimers = 10'000;
constexpr std::size_t kStartsPerMs = 10;  // so that all are due within one second

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "timers_bench: %s\n", what.c_str());
  std::exit(1);
}

class Timers {
 public:
  void run(runtime::Runtime& runtime) {
    auto next = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < kTimers; ++i) {
      if (i % kStartsPerMs == 0) std::this_thread::sleep_until(next += std::chrono::milliseconds(1));
      runtime::StartRequest request;
      request.definition = {"bench", "waiter", "1.0.0"};
      request.wait_ms = 60'000;
      runtime.start(std::move(request),
                    [this](Result<runtime::InstanceDetail> one) { ended(std::move(one)); });
    }
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return late_us_.size() == kTimers; });
    std::ranges::sort(late_us_);
    std::ranges::sort(due_);
  }

  void print() const {
    std::printf(
        "{\"timers\":%zu,\"due_within_ms\":%.0f,\"early\":%zu,\"timer_late_p50_ms\":%.2f,\"timer_late_p99_"
        "ms\":%.2f,"
        "\"timer_late_max_ms\":%.2f}\n",
        kTimers, ms(due_.back() - due_.front()), early_, ms(at(0.5)), ms(at(0.99)), ms(late_us_.back()));
  }

 private:
  static double ms(TimeUs us) { return static_cast<double>(us) / 1e3; }
  TimeUs at(double share) const { return late_us_[static_cast<std::size_t>(share * (kTimers - 1))]; }

  void ended(Result<runtime::InstanceDetail> one) {
    const TimeUs now = now_us();
    if (!one || one->summary.status != engine::Status::kCompleted) give_up("an instance did not complete");
    const TimeUs due = one->summary.created_at + kWaitUs;
    const std::lock_guard lock(mutex_);
    due_.push_back(due);
    late_us_.push_back(now - due);
    // The journal's time is that of the firing; the answer could only be later.
    early_ += one->summary.ended_at < due;
    if (late_us_.size() == kTimers) done_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<TimeUs> late_us_, due_;
  std::size_t early_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) give_up("usage: timers_bench FOLDER");
  auto plan = definition::load(kWaiter);
  if (!plan) give_up("the definition is refused");
  auto store = persistence::sqlite::Store::open(std::string(argv[1]) + "/timers");
  if (!store) give_up(store.error().message);
  auto runtime = runtime::embedded::Embedded::open(*std::move(store), nullptr, {});
  if (!runtime) give_up(runtime.error().message);
  (*runtime)->deploy("default", *plan, std::string(kWaiter), [](Result<runtime::Deployment> done) {
    if (!done) give_up(done.error().message);
  });
  Timers timers;
  timers.run(**runtime);
  (*runtime)->stop();
  timers.print();
  return 0;
}
