// What a turn costs inside step(), and what is stored of it.
#include <benchmark/benchmark.h>

#include "base/json/parse.h"
#include "xflow/definition/load.h"
#include "xflow/engine/step.h"

namespace xf {
namespace {

using namespace engine;

plan::PlanPtr plan_of(const std::string& tasks) {
  auto plan = definition::load(
      "document: {dsl: '1.0.3', namespace: bench, name: w, version: '1.0.0'}\ndo:\n" + tasks);
  if (!plan) std::abort();
  return *plan;
}

Input started(const char* input) {
  return {.seq = 1,
          .at = 1'767'225'600'000'000,
          .body = input::Started{.instance = "0199c1f0-0000-7000-8000-000000000001",
                                 .key = {},
                                 .input = *json::parse(input),
                                 .seed = 42,
                                 .revision = 1,
                                 .parent = {}}};
}

const char* const kW1 =
    "  - a: {set: {n: '${ .n + 1 }'}}\n  - b: {set: {n: '${ .n + 1 }'}}\n  - c: {set: {n: '${ .n + 1 }'}}\n";

void w1(benchmark::State& state) {
  const auto plan = plan_of(kW1);
  const Input input = started(R"({"n":1})");
  for (auto _ : state) {
    Instance instance;
    benchmark::DoNotOptimize(step(*plan, instance, input));
  }
}
BENCHMARK(w1);

// As a runtime does it: the row's Input, trace and digest too.
void w1_row(benchmark::State& state) {
  const auto plan = plan_of(kW1);
  const Input input = started(R"({"n":1})");
  std::size_t bytes = 0;
  for (auto _ : state) {
    Instance instance;
    const Turn turn = step(*plan, instance, input);
    bytes = encode(input).size() + encode(turn.trace).size();
    benchmark::DoNotOptimize(instance.digest());
  }
  state.counters["row_bytes"] = double(bytes);
}
BENCHMARK(w1_row);

void steps(benchmark::State& state) {
  const auto plan =
      plan_of("  - loop:\n      for: {in: '[range(1000)]'}\n      do: [{a: {set: {n: '${ .n + 1 }'}}}]\n");
  const Input input = started(R"({"n":1})");
  for (auto _ : state) {
    Instance instance;
    benchmark::DoNotOptimize(step(*plan, instance, input));
  }
  state.counters["steps_per_s"] = benchmark::Counter(1000, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(steps);

void snapshot(benchmark::State& state) {
  const auto plan = plan_of("  - pause: {wait: PT1H}\n");
  Instance instance;
  step(*plan, instance, started(R"({"n":1})"));
  std::string bytes;
  for (auto _ : state) {
    bytes = encode(instance, *plan);
    benchmark::DoNotOptimize(decode_instance(bytes, *plan));
  }
  state.counters["bytes"] = double(bytes.size());
}
BENCHMARK(snapshot);

// A call in each iteration over a large collection: each turn must cost the same.
void loop_turn(benchmark::State& state) {
  const auto plan = plan_of(
      "  - loop:\n      for: {each: x, in: .items}\n      do: [{a: {call: http, with: {method: get, "
      "endpoint: "
      "'https://example.com/'}}}]\n");
  std::string items;
  for (int i = 0; i < 10'000; ++i)
    items +=
        (i ? "," : "") +
        std::string(
            R"({"name":"an item of the collection","price":12.5,"tags":["a","b"],"note":"0123456789012345678901234567890"})");
  Input input = started(("{\"items\":[" + items + "]}").c_str());
  Instance instance;
  step(*plan, instance, input);
  std::uint64_t call = 1;
  for (auto _ : state) {
    if (call == 9'999) {
      instance = Instance();
      step(*plan, instance, input);
      call = 1;
    }
    step(*plan, instance,
         {.seq = call + 1,
          .at = input.at,
          .body = input::CallCompleted{.call = call, .outcome = json::Value()}});
    benchmark::DoNotOptimize(instance.digest());
    ++call;
  }
}
BENCHMARK(loop_turn);

}  // namespace
}  // namespace xf
