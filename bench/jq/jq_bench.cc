// Expressions: ours against libjq, alternating in rounds within one process. Prints one JSON object.
//
// Each side starts from and ends in the form that its program's HTTP side would hold: ours a Value, libjq's a
// text (a jv belongs to one thread, so a server built on it hands texts over). Both are compiled before;
// compiling is measured apart.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" {
#include <jq.h>
}

#include "base/json/parse.h"
#include "base/json/print.h"
#include "expressions.h"
#include "xflow/expression/program.h"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Runs `once` for about `budget` seconds; the number of times per second.
template <typename F>
double rate(double budget, F once) {
  std::size_t count = 0, batch = 1;
  Clock::time_point begin = Clock::now();
  while (seconds_since(begin) < budget) {
    for (std::size_t i = 0; i < batch; ++i) once();
    count += batch;
    batch = std::min<std::size_t>(batch * 2, 256);
  }
  return static_cast<double>(count) / seconds_since(begin);
}

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "jq_bench: %s\n", what);
  std::exit(1);
}

std::string evaluate_libjq(jq_state* jq, const std::string& text) {
  jq_start(jq, jv_parse_sized(text.data(), static_cast<int>(text.size())), 0);
  jv result = jq_next(jq);
  if (!jv_is_valid(result)) give_up("libjq failed");
  jv printed = jv_dump_string(result, 0);
  std::string out(jv_string_value(printed));
  jv_free(printed);
  return out;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Rates {
  std::vector<double> ours, theirs;
  double ratio() const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / theirs[i]);
    return median(ratios);
  }
};

Rates measure_evaluation(std::string_view source, const std::string& text, const xf::json::Value& value,
                         int rounds, double budget) {
  auto program = xf::expression::Program::compile(source);
  jq_state* jq = jq_init();
  if (!program || !jq || !jq_compile(jq, std::string(source).c_str()))
    give_up("an expression does not compile");
  xf::expression::Environment environment;
  auto ours = (*program)->first(value, {}, environment);
  if (!ours) give_up("our evaluation failed");
  // The same answer, or the race means nothing.
  auto theirs = xf::json::parse(evaluate_libjq(jq, text));
  if (!theirs || xf::json::compare(*ours, *theirs) != 0) give_up("the two sides do not agree");
  Rates rates;
  for (int round = 0; round < rounds; ++round) {
    rates.ours.push_back(rate(budget, [&] { (void)(*program)->first(value, {}, environment); }));
    rates.theirs.push_back(rate(budget, [&] { (void)evaluate_libjq(jq, text); }));
  }
  jq_teardown(&jq);
  return rates;
}

Rates measure_compilation(std::string_view source, int rounds, double budget) {
  Rates rates;
  std::string terminated(source);
  for (int round = 0; round < rounds; ++round) {
    rates.ours.push_back(rate(budget, [&] { (void)xf::expression::Program::compile(source); }));
    rates.theirs.push_back(rate(budget, [&] {
      jq_state* jq = jq_init();
      if (!jq_compile(jq, terminated.c_str())) give_up("libjq does not compile");
      jq_teardown(&jq);
    }));
  }
  return rates;
}

}  // namespace

int main(int argc, char** argv) {
  bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
  int rounds = quick ? 3 : 5;
  double budget = quick ? 0.02 : 0.1;
  std::string text = xf::bench::document();
  auto value = xf::json::parse(text);
  if (!value) give_up("the document is not JSON");

  std::vector<double> evaluation, compilation, ours_us, theirs_us, ours_compile_us, theirs_compile_us;
  std::string rows;
  for (std::string_view source : xf::bench::kExpressions) {
    Rates run = measure_evaluation(source, text, *value, rounds, budget);
    Rates compile = measure_compilation(source, rounds, budget);
    evaluation.push_back(run.ratio());
    compilation.push_back(compile.ratio());
    ours_us.push_back(1e6 / median(run.ours));
    theirs_us.push_back(1e6 / median(run.theirs));
    ours_compile_us.push_back(1e6 / median(compile.ours));
    theirs_compile_us.push_back(1e6 / median(compile.theirs));
    rows += (rows.empty() ? "" : ",") + std::string("{\"expression\":") +
            xf::json::print(xf::json::Value::string(source));
    char numbers[200];
    std::snprintf(numbers, sizeof numbers,
                  ",\"eval_us\":%.3f,\"libjq_us\":%.3f,\"compile_us\":%.2f,\"libjq_compile_us\":%.0f}",
                  ours_us.back(), theirs_us.back(), ours_compile_us.back(), theirs_compile_us.back());
    rows += numbers;
  }
  std::printf(
      "{\"document_bytes\":%zu,\"jq_eval_over_libjq\":%.2f,\"jq_compile_over_libjq\":%.1f,\"eval_us\":%.3f,"
      "\"libjq_us\":%.3f,"
      "\"compile_us\":%.2f,\"libjq_compile_us\":%.0f,\"expressions\":[%s]}\n",
      text.size(), median(evaluation), median(compilation), median(ours_us), median(theirs_us),
      median(ours_compile_us), median(theirs_compile_us), rows.c_str());
  return 0;
}
