// `xflow run`; see run.h.
#include "cli/run.h"

#include <fstream>
#include <future>
#include <iostream>
#include <mutex>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "cli/input.h"
#include "xflow/definition/load.h"

namespace xf::cli {
namespace {

constexpr std::int64_t kForeverMs = INT64_C(1) << 50;

// Writes each turn's lifecycle CloudEvents as it becomes final, in order.
class TraceFile {
 public:
  Result<void> open(const std::string& path, plan::DefinitionId definition) {
    definition_ = std::move(definition);
    out_.open(path, std::ios::binary | std::ios::trunc);
    if (!out_) return fail(Code::kInvalid, "cannot write the trace to " + path);
    return {};
  }

  void write(const std::string& instance, std::span<const runtime::HistoryEntry> turn) {
    std::lock_guard lock(mutex_);
    for (const runtime::HistoryEntry& entry : turn)
      out_ << json::print(
                  engine::to_cloud_event(entry.entry, entry.position, entry.at, instance, definition_))
           << "\n";
    out_.flush();
  }

 private:
  std::mutex mutex_;
  std::ofstream out_;
  plan::DefinitionId definition_;
};

Result<json::Value> read_secrets(const std::vector<std::string>& arguments) {
  json::Value secrets = json::Value::object();
  for (const std::string& argument : arguments) {
    std::size_t equals = argument.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(Code::kInvalid, "--secret takes name=value (JSON or text) or name=@file");
    XF_TRY_ASSIGN(std::string text, read_argument(std::string_view(argument).substr(equals + 1)));
    if (argument[equals + 1] == '@' && text.ends_with('\n')) text.pop_back();  // the line feed that editors add
    Result<json::Value> parsed = json::parse(text);
    json::Value value = parsed ? *std::move(parsed) : json::Value::string(text);
    secrets = std::move(secrets).with(std::string_view(argument).substr(0, equals), std::move(value));
  }
  return secrets;
}

template <typename T, typename F>
Result<T> wait_for(F&& begin) {
  std::promise<Result<T>> promise;
  auto future = promise.get_future();
  begin([&promise](Result<T> result) { promise.set_value(std::move(result)); });
  return future.get();
}

Result<runtime::InstanceDetail> execute(runtime::Runtime& runtime, const plan::PlanPtr& plan,
                                        json::Value input) {
  auto deployed =
      wait_for<runtime::Deployment>([&](auto done) { runtime.deploy("default", plan, "", std::move(done)); });
  if (!deployed) return std::unexpected(deployed.error());
  runtime::StartRequest start;
  start.definition = plan->id;
  start.input = std::move(input);
  start.wait_ms = kForeverMs;
  return wait_for<runtime::InstanceDetail>(
      [&](auto done) { runtime.start(std::move(start), std::move(done)); });
}

int report(const Result<runtime::InstanceDetail>& ended) {
  if (!ended) {
    std::cerr << "xflow run: " << ended.error().message << "\n";
    return ended.error().code == Code::kInvalid ? kUsage : kFailed;
  }
  if (ended->summary.status == engine::Status::kCompleted) {
    std::cout << json::print(ended->output) << std::endl;
    return kOk;
  }
  if (ended->fault) {
    std::cerr << json::print(to_json(*ended->fault)) << std::endl;
  } else {
    std::cerr << "xflow run: the workflow ended as " << engine::to_string(ended->summary.status) << std::endl;
  }
  return kFailed;
}

int refuse(const Error& error) {
  std::cerr << "xflow run: " << error.message << "\n";
  return kUsage;
}

}  // namespace

int run_run(const RunOptions& options, const Wiring& wiring) {
  Result<std::string> text = options.file == "-" ? read_standard_input() : read_file(options.file);
  if (!text) return refuse(text.error());
  auto plan = definition::load(*text, {.file = options.file, .strict = options.strict});
  if (!plan) {
    for (const definition::Problem& problem : plan.error()) std::cerr << to_string(problem) << "\n";
    return kUsage;
  }
  Result<json::Value> input = options.input.empty() ? json::Value::object() : read_json(options.input);
  if (!input) return refuse(input.error());
  Result<json::Value> secrets = read_secrets(options.secrets);
  if (!secrets) return refuse(secrets.error());

  auto engine = wiring.throw_away(*std::move(secrets));
  if (!engine) return refuse(engine.error());
  runtime::Runtime& runtime = **engine;
  TraceFile trace;
  if (!options.trace.empty()) {
    if (auto opened = trace.open(options.trace, (*plan)->id); !opened) return refuse(opened.error());
    runtime.listen([&trace](const std::string&, const std::string& instance, engine::Status,
                            std::span<const runtime::HistoryEntry> turn) { trace.write(instance, turn); });
  }
  Result<runtime::InstanceDetail> ended = execute(runtime, *plan, *std::move(input));
  runtime.stop();
  return report(ended);
}

}  // namespace xf::cli
