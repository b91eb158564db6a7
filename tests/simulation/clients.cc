#include "clients.h"

#include "xflow/runtime/embedded/ids.h"

namespace xf::simulation {

using json::Value;
using runtime::embedded::Answered;
using runtime::embedded::Driver;
namespace in = engine::input;

Clients::Clients(Shared& shared, const std::vector<Program>& programs, Mutant mutant, unsigned runs)
    : shared_(shared), programs_(programs), mutant_(mutant) {
  for (unsigned i = 0; i < runs; ++i) {
    Run run{.key = "k" + std::to_string(i),
            .program = shared_.chance.below(programs.size()),
            .n = shared_.chance.between(0, 49)};
    const Expected expected = programs[run.program].run(run.key, 0, run.n);
    run.wants_cancel = shared_.chance.percent(12);
    run.wants_reset = !run.wants_cancel && !expected.times_out && shared_.chance.percent(12);
    run.events = expected.events;
    shared_.auditor.start_sent(run.key, run.program, run.n);
    runs_.push_back(std::move(run));
  }
}

// ---- Starts

Value Clients::input_of(const Run& run) const {
  return Value::object(
      {{"key", Value::string(run.key)}, {"gen", Value::integer(0)}, {"n", Value::integer(run.n)}});
}

void Clients::start(Run& run, Driver& driver, persistence::Reader& reader) {
  shared_.stats.starts_again += run.started_in != 0 ? 1 : 0;
  run.started_in = shared_.life;
  runtime::StartRequest request{.definition = {"sim", programs_[run.program].name(), "1.0.0"},
                                .input = input_of(run),
                                .key = run.key,
                                .idempotency = {.key = run.key, .body = 7}};
  if (!shared_.is_calm && shared_.chance.percent(20)) request.wait_ms = shared_.chance.between(1, 20'000);
  shared_.say("start " + run.key);
  driver.start(
      std::move(request),
      [this, &run, &reader](Result<Answered> answered) {
        if (!answered) {
          run.started_in = 0;
          return;
        }
        run.is_acknowledged = true;
        run.instance = answered->instance;
        shared_.say(run.key + " is " + std::to_string(run.instance));
        const auto stored = reader.instance(run.instance);
        shared_.auditor.start_acknowledged(run.key, run.instance, stored && *stored);
        if (answered->detail && engine::is_final(answered->detail->summary.status))
          shared_.auditor.end_acknowledged(run.key,
                                           std::string(engine::to_string(answered->detail->summary.status)),
                                           answered->detail->output);
      },
      shared_.now);
}

void Clients::start_one(Driver& driver, persistence::Reader& reader) {
  Run& run = runs_[shared_.chance.below(runs_.size())];
  // Who has no answer yet waits, mostly; who has one asks again, rarely.
  if (run.started_in == shared_.life || run.is_acknowledged)
    if (!shared_.chance.percent(4)) return;
  start(run, driver, reader);
}

// ---- Events

void Clients::publish(const std::vector<Event>& events, Driver& driver) {
  std::vector<Value> values;
  std::vector<std::string> ids;
  for (const Event& event : events) {
    ids.push_back(event.id());
    const bool is_again = accepted_.contains(ids.back());
    ++(is_again ? shared_.stats.events_again : shared_.stats.events);
    std::string id = ids.back();
    if (mutant_ == Mutant::kIgnoresEventIds && is_again) id += "'";
    values.push_back(Value::object({{"specversion", Value::string("1.0")},
                                    {"id", Value::string(id)},
                                    {"source", Value::string("/sim")},
                                    {"type", Value::string(event.type)},
                                    {"xflowttl", Value::string("P30D")},
                                    {"data", Value::object({{"who", Value::string(event.who)},
                                                            {"amount", Value::integer(event.amount)}})}}));
    shared_.say("event " + id);
  }
  driver.publish(
      "default", std::move(values), {},
      [this, ids](const Result<std::vector<std::uint32_t>>& matched) {
        if (matched) accepted_.insert(ids.begin(), ids.end());
      },
      shared_.now);
}

// Also before the one who listens is there: it is kept until then.
void Clients::send_event(Driver& driver) {
  const Run& run = runs_[shared_.chance.below(runs_.size())];
  if (run.events.empty()) return;
  std::vector<Event> events;
  for (std::uint64_t i = 0, n = 1 + shared_.chance.below(2); i < n; ++i) {
    const Event& event = run.events[shared_.chance.below(run.events.size())];
    if (!accepted_.contains(event.id()) || shared_.chance.percent(15)) events.push_back(event);
  }
  if (!events.empty()) publish(events, driver);
}

// Each kick starts one instance, however often it is sent.
void Clients::kick(Driver& driver) {
  if (kicks_.contains(kick_)) ++kick_;
  if (kicked_in_ == shared_.life && !shared_.is_calm && !shared_.chance.percent(10)) return;
  kicked_in_ = shared_.life;
  const std::string id = "kick" + std::to_string(kick_);
  const Value event = Value::object({{"specversion", Value::string("1.0")},
                                     {"id", Value::string(id)},
                                     {"source", Value::string("/sim")},
                                     {"type", Value::string("sim.kick")},
                                     {"data", Value::object({{"kick", Value::integer(kick_)}})}});
  shared_.say(id);
  driver.publish(
      "default", {event}, {.key = id, .body = kick_},
      [this, kick = kick_](const Result<std::vector<std::uint32_t>>& matched) {
        if (matched) {
          kicks_.insert(kick);
        } else {
          kicked_in_ = 0;
        }
      },
      shared_.now);
}

// ---- The end

bool Clients::finish_all(Driver& driver, persistence::Reader& reader) {
  bool is_busy = false;
  for (Run& run : runs_) {
    if (!run.is_acknowledged) {
      if (run.started_in != shared_.life) start(run, driver, reader);
      is_busy = true;
      continue;
    }
    std::vector<Event> missing;
    for (const Event& event : run.events)
      if (!accepted_.contains(event.id())) missing.push_back(event);
    if (!missing.empty()) publish(missing, driver);
    if (!run.pending) choose_order(run, reader);
    if (run.pending && run.pending->life != shared_.life) order(run, driver);
    is_busy |= !missing.empty() || run.pending.has_value() || !run.is_over;
  }
  return is_busy;
}

}  // namespace xf::simulation
