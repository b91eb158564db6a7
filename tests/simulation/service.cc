#include "service.h"

#include <algorithm>

#include "base/json/print.h"

namespace xf::simulation {

using engine::command::HttpRequest;

namespace {

engine::Fault communication(int status) {
  return {.type = "https://open-workflow-specification.org/spec/1.0.0/errors/communication",
          .status = status,
          .title = "simulated"};
}

}  // namespace

// What is done already is never refused.
Service::Fate Service::choose(const std::string& key, bool has_deadline) {
  if (shared_.is_calm) return Fate::kGood;
  const auto roll = shared_.chance.below(100);
  if (roll < 12 && !done_.contains(key)) return Fate::kRefused;
  if (roll < 20) return Fate::kUnknownDone;
  if (roll < 25) return Fate::kUnknownNot;
  // Whoever waits without a limit is answered in the end.
  return roll < 31 && has_deadline ? Fate::kSilent : Fate::kGood;
}

json::Value Service::perform(const json::Value& body, const std::string& key) {
  const auto [it, is_new] = done_.try_emplace(key);
  if (is_new) {
    it->second = json::Value::object({{"n", json::Value::integer(service_answer(body.get("n").as_int64()))}});
    shared_.auditor.performed(body, key);
  }
  return it->second;
}

void Service::take(const runtime::embedded::act::Call& act, bool is_stored) {
  const auto& request = std::get<HttpRequest>(act.call.request);
  std::string key = act.call.idempotency_key;
  if (mutant_ == Mutant::kNewKeyOnResend) key += "/" + std::to_string(shared_.life);
  const bool never = request.uri.starts_with("http://never.sim");
  shared_.auditor.sent({.instance = act.instance,
                        .body = request.body,
                        .idempotency_key = key,
                        .life = shared_.life,
                        .is_stored = is_stored,
                        .never = never});
  shared_.say("call " + key + " of " + std::to_string(act.instance) + " " + json::print(request.body));
  ++shared_.stats.sends;
  if (never) return;
  Call call{
      .instance = act.instance,
      .work = act.work,
      .life = shared_.life,
      .key = key,
      .fate = choose(key, act.call.deadline != 0),
      .answer = {},
      .due = shared_.now + shared_.chance.between(0, shared_.chance.percent(90) ? 300 : 6000) * kUsPerMs};
  if (call.fate == Fate::kGood || call.fate == Fate::kUnknownDone ||
      (call.fate == Fate::kSilent && shared_.chance.percent(50)))
    call.answer = perform(request.body, key);
  if (call.fate == Fate::kSilent) {
    ++shared_.stats.never;
  } else {
    calls_.push_back(std::move(call));
  }
}

// What is stopped is mostly not answered any more, and sometimes it is too late for that.
void Service::stop(const functions::WorkId& work) {
  ++shared_.stats.stopped;
  const bool is_late = !shared_.is_calm && shared_.chance.percent(30);
  for (Call& call : calls_)
    if (call.work == work) call.is_stopped = true;
  if (!is_late) std::erase_if(calls_, [&](const Call& call) { return call.work == work; });
}

TimeUs Service::next_due() const {
  TimeUs out = INT64_MAX;
  for (const Call& call : calls_)
    if (call.life == shared_.life) out = std::min(out, call.due);
  return out;
}

bool Service::answer_one(runtime::embedded::Driver& driver) {
  std::erase_if(calls_, [&](const Call& call) { return call.life != shared_.life; });
  if (calls_.empty()) return false;
  const auto from = shared_.chance.below(calls_.size());
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    const std::size_t at = (from + i) % calls_.size();
    if (calls_[at].due > shared_.now) continue;
    Call call = calls_[at];
    if (!call.is_again && !shared_.is_calm && shared_.chance.percent(10)) {
      calls_[at].is_again = true;
      calls_[at].due += shared_.chance.between(0, 3000) * kUsPerMs;
    } else {
      calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    answer(call, driver);
    return true;
  }
  return false;
}

void Service::answer(Call& call, runtime::embedded::Driver& driver) {
  shared_.stats.late += call.is_stopped ? 1 : 0;
  shared_.stats.twice += call.is_again ? 1 : 0;
  functions::Caller::Outcome outcome;
  switch (call.fate) {
    case Fate::kRefused:
      ++shared_.stats.refused;
      outcome.value = communication(503);
      break;
    case Fate::kUnknownDone:
    case Fate::kUnknownNot:
    case Fate::kSilent:
      ++shared_.stats.unknown;
      outcome = {.value = communication(500), .outcome_unknown = true};
      break;
    case Fate::kGood: outcome.value = call.answer; break;
  }
  if (!outcome.outcome_unknown) shared_.auditor.responded(call.key);
  shared_.say("answer to " + call.key + (call.is_again ? " again" : "") +
              (outcome.outcome_unknown ? ": nobody knows" : ""));
  driver.call_completed(call.instance, call.work.command, std::move(outcome), shared_.now);
}

}  // namespace xf::simulation
