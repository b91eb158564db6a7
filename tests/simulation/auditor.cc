// What is watched while the world runs; what is judged at its end is in auditor_end.cc.
#include "auditor.h"

#include "base/json/print.h"

namespace xf::simulation {

std::string_view to_string(Order order) {
  static constexpr std::string_view kNames[] = {"cancel", "suspend", "resume", "retry", "reset"};
  return kNames[static_cast<std::size_t>(order)];
}

void Auditor::problem(std::string text) {
  // The first few tell the story.
  if (problems_.size() < 12) problems_.push_back(std::move(text));
}

std::string Auditor::logical_of(const json::Value& body) {
  return logical(std::string(body.get("key").as_string()), body.get("gen").as_int64(),
                 std::string(body.get("site").as_string()), std::string(body.get("at").as_string()),
                 body.get("n").as_int64());
}

// ---- Clients

void Auditor::start_sent(const std::string& key, std::size_t program, std::int64_t n) {
  const auto [it, is_new] = runs_.emplace(key, Run{.program = program, .n = n});
  if (is_new) it->second.gens[0] = {0, n};
}

void Auditor::start_acknowledged(const std::string& key, std::int64_t instance, bool is_stored) {
  Run& run = runs_.at(key);
  if (!is_stored)
    problem(key + ": instance " + std::to_string(instance) + " was acknowledged and is not on the disk");
  if (run.instance != 0 && run.instance != instance)
    problem(key + ": one idempotency key gave two instances, " + std::to_string(run.instance) + " and " +
            std::to_string(instance));
  run.instance = instance;
  key_of_[instance] = key;
}

void Auditor::end_acknowledged(const std::string& key, const std::string& status, const json::Value& output) {
  const Run& run = runs_.at(key);
  if (status != "completed" || run.is_disturbed || run.gen != 0) return;
  if (const auto right = expected(key, run).n; output.get("n") != json::Value::integer(right))
    problem(key + ": its caller was answered " + json::print(output) +
            ", right is n = " + std::to_string(right));
}

void Auditor::order_sent(const std::string& key, Order order) {
  Run& run = runs_.at(key);
  if (order == Order::kResume || order == Order::kCancel) run.is_suspended = false;
  if (order == Order::kRetry || order == Order::kReset) run.is_disturbed = true;
}

void Auditor::order_acknowledged(const std::string& key, Order order) {
  Run& run = runs_.at(key);
  if (order == Order::kSuspend) run.is_suspended = true, run.suspended_in = group_;
  if (order == Order::kCancel) run.is_cancelled = true;
}

void Auditor::reset_acknowledged(const std::string& key, std::int64_t gen, std::size_t from, std::int64_t n) {
  Run& run = runs_.at(key);
  run.gen = gen;
  run.from = from;
  run.n = n;
  run.gens[gen] = {from, n};
}

// ---- The network

void Auditor::sent(const Sent& sent) {
  const std::string what = (sent.never ? "never/" : "") + logical_of(sent.body);
  if (!sent.is_stored)
    problem("the call " + what + " was sent before the turn that wants it was on the disk");
  const auto [request, is_new_key] = requests_.emplace(sent.idempotency_key, what);
  if (request->second != what)
    problem("the idempotency key " + sent.idempotency_key + " stood for " + request->second +
            " and now for " + what);

  Call& call = calls_[what];
  const bool is_again = call.keys.contains(sent.idempotency_key);
  if (!call.last.empty() && call.last != sent.idempotency_key && !known_.contains(call.last))
    problem("the call " + what + " of unknown outcome under " + call.last + " was sent again under " +
            sent.idempotency_key);
  if (is_again) ++resends_;

  const auto run = runs_.find(std::string(sent.body.get("key").as_string()));
  if (run == runs_.end()) return problem("a call for nobody: " + what);
  if (run->second.is_cancelled) problem("the call " + what + " was sent after its instance was cancelled");
  // What was wanted before and not sent, or sent and not answered, is sent after a crash, also for a
  // suspended instance, be it suspended before the crash or after it; and the answers of a group come before
  // its calls.
  const bool is_after_crash = run->second.suspended_in >> 32 != sent.life;
  if (run->second.is_suspended && !is_again && !is_after_crash && run->second.suspended_in != group_)
    problem("the call " + what + " was sent while its instance was suspended");
  if (sent.body.get("gen").as_int64() < run->second.gen && !is_again)
    problem("the call " + what + " was sent after the instance was reset to generation " +
            std::to_string(run->second.gen));
  call.keys[sent.idempotency_key] = sent.life;
  call.last = sent.idempotency_key;
}

void Auditor::performed(const json::Value& body, const std::string& idempotency_key) {
  performed_[logical_of(body)].insert(idempotency_key);
}

void Auditor::responded(const std::string& idempotency_key) { known_.insert(idempotency_key); }

// ---- Turns

void Auditor::told(std::int64_t instance, std::uint64_t seq, std::size_t entries, TimeUs at,
                   TimeUs clock_max) {
  auto& seen = told_[instance];
  if (!seen.empty() && seen.rbegin()->first >= seq)
    problem("instance " + std::to_string(instance) + ": input " + std::to_string(seq) +
            " was told after input " + std::to_string(seen.rbegin()->first));
  seen[seq] = entries;
  if (at > clock_max)
    problem("instance " + std::to_string(instance) + ": an input of a time that no clock has shown");
}

}  // namespace xf::simulation
