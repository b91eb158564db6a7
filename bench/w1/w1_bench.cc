// W1 in process: three `set` tasks with expressions, durable, through runtime.h with 64 in flight, against
// the same rows written straight to SQLite; and the pure steps of step() alone. Prints one JSON object.
// Usage: w1_bench FOLDER [--quick]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>

#include "base/json/parse.h"
#include "persistence/sqlite/store.h"
#include "sqlite_loop.h"
#include "xflow/definition/load.h"
#include "xflow/engine/revision.h"
#include "xflow/engine/step.h"
#include "xflow/runtime/embedded/embedded.h"

namespace {

using namespace xf;

constexpr std::string_view kW1 = R"(
document: {dsl: '1.0.3', namespace: bench, name: w1, version: '1.0.0'}
do:
  - one: {set: {n: '${ .n + 1 }'}}
  - two: {set: {n: '${ .n + 1 }'}}
  - three: {set: {n: '${ .n + 1 }'}}
)";
constexpr std::size_t kInFlight = 64;

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "w1_bench: %s\n", what.c_str());
  std::exit(1);
}

// Keeps `kInFlight` starts under way until `count` have ended; workflows per second.
class Load {
 public:
  Load(runtime::Runtime& runtime, std::size_t count) : runtime_(runtime), left_(count), open_(count) {}

  double run() {
    auto begin = std::chrono::steady_clock::now();
    std::size_t count = open_;
    for (std::size_t i = 0; i < std::min(kInFlight, count); ++i) next();
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&] { return open_ == 0; });
    return static_cast<double>(count) /
           std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

 private:
  void next() {
    if (left_.fetch_sub(1) <= 0) return;
    runtime::StartRequest request;
    request.definition = {"bench", "w1", "1.0.0"};
    request.input = json::Value::object({{"n", json::Value::integer(1)}});
    request.wait_ms = 60'000;
    runtime_.start(std::move(request), [this](Result<runtime::InstanceDetail> ended) {
      if (!ended) give_up(ended.error().message);
      if (ended->summary.status != engine::Status::kCompleted || ended->output.get("n").as_int64() != 4)
        give_up("a wrong output");
      next();
      std::lock_guard lock(mutex_);
      if (--open_ == 0) ended_.notify_one();
    });
  }

  runtime::Runtime& runtime_;
  std::atomic<std::int64_t> left_;
  std::size_t open_;
  std::mutex mutex_;
  std::condition_variable ended_;
};

double pure_steps_per_second(const plan::Plan& plan, double seconds) {
  std::size_t instances = 0;
  auto begin = std::chrono::steady_clock::now();
  auto spent = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  while (spent() < seconds) {
    for (int i = 0; i < 256; ++i) {
      engine::Instance instance;
      engine::input::Started started;
      started.instance = "bench";
      started.input = json::Value::object({{"n", json::Value::integer(1)}});
      started.revision = engine::kRevision;
      engine::Turn turn = step(plan, instance, {.seq = 1, .at = 1, .body = std::move(started)});
      if (instance.status() != engine::Status::kCompleted) give_up("step() did not complete");
    }
    instances += 256;
  }
  return 3.0 * static_cast<double>(instances) / spent();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) give_up("usage: w1_bench FOLDER [--quick]");
  bool quick = argc > 2;
  std::filesystem::path folder = argv[1];
  const std::size_t count = quick ? 60'000 : 300'000;
  const int rounds = quick ? 3 : 5;
  auto plan = definition::load(kW1);
  if (!plan) give_up("W1 is refused");

  auto store = persistence::sqlite::Store::open((folder / "engine").string());
  if (!store) give_up(store.error().message);
  auto runtime = runtime::embedded::Embedded::open(*std::move(store), nullptr, {});
  if (!runtime) give_up(runtime.error().message);
  // As the server has it: somebody looks at each durable turn.
  (*runtime)->listen(
      [](const std::string&, const std::string&, engine::Status, std::span<const runtime::HistoryEntry>) {},
      {});
  (*runtime)->deploy("default", *plan, std::string(kW1), [](Result<runtime::Deployment> done) {
    if (!done) give_up(done.error().message);
  });
  Load(**runtime, 10'000).run();
  // The loop writes the rows of the warm-up, again and again under new keys.
  bench::SqliteLoop loop((folder / "engine" / "xflow.db").string(), (folder / "loop.db").string());
  loop.run_once();

  std::vector<double> ours, limit, ratios;
  for (int round = 0; round < rounds; ++round) {
    ours.push_back(Load(**runtime, count).run());
    double written = 0;
    int times = static_cast<int>(count / loop.rows());
    for (int i = 0; i < times; ++i) written += loop.run_once() / times;
    limit.push_back(written);
    ratios.push_back(ours.back() / limit.back());
  }
  (*runtime)->stop();
  std::printf(
      "{\"w1_inprocess_over_limit\":%.3f,\"w1_inprocess_per_s\":%.0f,\"sqlite_loop_per_s\":%.0f,\"steps_per_"
      "s\":%.0f}\n",
      median(ratios), median(ours), median(limit), pure_steps_per_second(**plan, quick ? 0.5 : 2.0));
  return 0;
}
