// What one JSON document of about 2 KB costs: reading, writing, copying, looking up, editing, freeing.
#include <benchmark/benchmark.h>

#include "base/json/parse.h"
#include "base/json/print.h"

namespace {

using xf::json::Value;

// Orders with nested objects, as an API sends them.
std::string orders() {
  std::string text = R"({"tenant":"acme","batch":42,"orders":[)";
  for (int i = 0; text.size() < 2000; ++i) {
    const std::string n = std::to_string(i);
    text += std::string(i == 0 ? "" : ",") + R"({"id":"ord-2026-000)" + n + R"(","customer":{"id":)" +
            std::to_string(1000 + i) + R"(,"name":"Zo\u00eb Example )" + n + R"(","email":"zoe.)" + n +
            R"(@example.test","address":{"street":"Main Street )" + n +
            R"(","city":"Springfield","zip":"12345"}},)" + R"("items":[{"sku":"A-)" + n +
            R"(","quantity":2,"price":19.95},{"sku":"B-)" + n +
            R"(","quantity":1,"price":5}],"total":44.9,"paid":true,"note":null})";
  }
  return text + "]}";
}

void parse(benchmark::State& state) {
  const std::string text = orders();
  for (auto _ : state) benchmark::DoNotOptimize(xf::json::parse_at(text));
  state.SetBytesProcessed(state.iterations() * std::int64_t(text.size()));
}
BENCHMARK(parse);

void print(benchmark::State& state) {
  const Value v = *xf::json::parse(orders());
  std::string out;
  for (auto _ : state) {
    out.clear();
    xf::json::print_to(out, v);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * std::int64_t(out.size()));
}
BENCHMARK(print);

void copy(benchmark::State& state) {
  const Value v = *xf::json::parse(orders());
  for (auto _ : state) {
    Value c = v;
    benchmark::DoNotOptimize(c);
  }
}
BENCHMARK(copy);

void find(benchmark::State& state) {
  const Value v = *xf::json::parse(orders());
  for (auto _ : state) {
    const Value& order = v.get("orders").elements()[2];
    benchmark::DoNotOptimize(order.get("customer").get("address").get("city").as_string().data());
  }
}
BENCHMARK(find);

void edit_shared_member(benchmark::State& state) {
  const Value v = *xf::json::parse(orders());
  const Value order = v.get("orders").elements()[0];
  for (auto _ : state) benchmark::DoNotOptimize(Value(order).with("paid", Value::boolean(false)));
}
BENCHMARK(edit_shared_member);

void compare_equal(benchmark::State& state) {
  const Value a = *xf::json::parse(orders()), b = *xf::json::parse(orders());
  for (auto _ : state) benchmark::DoNotOptimize(a == b);
}
BENCHMARK(compare_equal);

void build_object_of_a_million(benchmark::State& state) {
  for (auto _ : state) {
    Value o = Value::object();
    for (int i = 0; i < 1'000'000; ++i) o = std::move(o).with("key" + std::to_string(i), Value::integer(i));
    benchmark::DoNotOptimize(o);
  }
}
BENCHMARK(build_object_of_a_million)->Unit(benchmark::kMillisecond);

}  // namespace
