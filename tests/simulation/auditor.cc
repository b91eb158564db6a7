// The naive account; see auditor.h.
#include "auditor.h"

#include "base/json/print.h"

namespace xf::simulation {

void Auditor::started(const std::string& key, const Program& program, std::int64_t n) {
  runs_.emplace(key, Run{.program = &program, .n = n, .instance = ""});
}

void Auditor::acknowledged(const std::string& key, const std::string& instance) {
  Run& run = runs_.at(key);
  if (run.instance.empty()) run.instance = instance;
  if (run.instance != instance) problem(key + ": one idempotency key gave two instances, " + run.instance + " and " + instance);
}

void Auditor::sent(const json::Value& request, const std::string& idempotency_key, TimeUs) {
  ++sends_;
  LogicalCall& call = calls_[json::print(request)];
  if (!call.last.empty() && call.last != idempotency_key && !call.keys[call.last])
    problem("the call " + json::print(request) + " of unknown outcome under " + call.last + " was sent again under " + idempotency_key);
  if (call.keys.contains(idempotency_key)) ++resends_;
  call.keys.try_emplace(idempotency_key, false);
  call.last = idempotency_key;
}

void Auditor::responded(const json::Value& request, const std::string& idempotency_key) {
  calls_[json::print(request)].keys[idempotency_key] = true;
}

void Auditor::ended(const std::string& key, const std::string& instance, std::string_view status, const json::Value& output) {
  auto run = runs_.find(key);
  if (run == runs_.end()) return problem("an instance " + instance + " that nobody started has the key " + key);
  if (!run->second.instance.empty() && run->second.instance != instance)
    return problem(key + " exists twice: " + run->second.instance + " was acknowledged, " + instance + " is there too");
  if (++ends_[key] > 1) return problem(key + " exists twice: " + instance + " is one of them");
  if (status != "completed") return problem(key + " (" + instance + ") is " + std::string(status) + " at the end of time");
  Expected expected = run->second.program->run(key, run->second.n);
  if (!output.get("n").is_int64() || output.get("n").as_int64() != expected.n || output.get("key") != json::Value::string(key))
    problem(key + " (" + run->second.program->name() + ") gave " + json::print(output) + ", right is n = " + std::to_string(expected.n));
}

void Auditor::waited(const std::string& task, std::int64_t wanted_us, std::int64_t took_us) {
  if (took_us < wanted_us)
    problem(task + " waited " + std::to_string(took_us) + " us of " + std::to_string(wanted_us) + ": a timer was early");
}

void Auditor::problem(std::string text) {
  // The first few tell the story.
  if (problems_.size() < 20) problems_.push_back(std::move(text));
}

std::vector<std::string> Auditor::judge() {
  for (const auto& [key, run] : runs_)
    if (!run.instance.empty() && !ends_.contains(key)) problem(key + " was acknowledged as " + run.instance + " and is gone");
  return problems_;
}

}  // namespace xf::simulation
