// Any text as a program, on a small document: compiling and evaluating never crash, end within their budget
// and give the same each time. The first byte chooses the limits.
#include <pthread.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/expression/program.h"

using namespace xf;
using namespace xf::expression;

namespace {

struct Job {
  std::string_view source;
  std::uint8_t choice;
};

std::string run(const Program& program, const json::Value& input, const Environment& environment) {
  std::string out;
  const json::Value variable = json::Value::string("v");
  const auto done = program.evaluate(input, {&variable, 1}, environment, [&](json::Value v) {
    json::print_to(out, v);
    out += '\n';
    return out.size() < 1 << 16;
  });
  if (!done) out += done.error().over_budget ? "over budget" : "! " + json::print(done.error().value);
  return out;
}

void check(const Job& job) {
  CompileOptions options;
  options.variables = {"x"};
  const auto program = Program::compile(job.source, options);
  if (!program) {
    XF_CHECK(program.error().offset <= job.source.size(), "an error lies inside the source");
    return;
  }
  static const json::Value kInput = *json::parse(
      R"({"a":{"b":[1,2.5,null,true,"text\u00e9"]},"items":[{"id":1,"q":2},{"id":2}],"s":"2015-03-05T23:51:47Z"})");
  Environment environment;
  environment.limits.work_max = 1000u << (job.choice & 7);
  environment.limits.bytes_max = 4096u << (job.choice >> 3 & 7);
  environment.limits.depth_max = job.choice & 64 ? 10'000 : 20;
  const std::string once = run(**program, kInput, environment);
  XF_CHECK(run(**program, kInput, environment) == once, "an evaluation is a function of its arguments");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Job job{std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1), data[0]};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread{};
  const auto start = [](void* given) -> void* { return check(*static_cast<Job*>(given)), nullptr; };
  XF_CHECK(pthread_create(&thread, &attributes, start, &job) == 0, "a thread with the promised stack");
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  return 0;
}
