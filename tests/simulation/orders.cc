// What people order of instances: cancel, suspend, resume, retry, reset.
#include "clients.h"
#include "xflow/runtime/embedded/ids.h"

namespace xf::simulation {

using json::Value;
using runtime::embedded::Answered;
using runtime::embedded::Driver;
namespace in = engine::input;

void Clients::prepare(Run& run, Order order) {
  run.pending = Pending{.order = order, .key = run.key + "-" + std::to_string(++run.orders)};
  if (order != Order::kReset) return;
  const Program& program = programs_[run.program];
  run.pending->gen = run.gen + 1;
  run.pending->n = shared_.chance.between(0, 49);
  run.pending->from = shared_.chance.below(program.size());
  // What the new run will listen to may be sent from now on.
  const auto events = program.run(run.key, run.pending->gen, run.pending->n, run.pending->from).events;
  run.events.insert(run.events.end(), events.begin(), events.end());
}

void Clients::choose_order(Run& run, persistence::Reader& reader) {
  const auto row = reader.instance(run.instance);
  if (!row || !*row) return;
  const auto status = static_cast<engine::Status>((*row)->status);
  const bool times_out = programs_[run.program].timeout_ms() != 0;
  const bool faulted = status == engine::Status::kFaulted && !times_out;
  run.is_over = engine::is_final(status) && !faulted;
  if (run.is_over) return;
  const auto chance = [&](unsigned percent) { return !shared_.is_calm && shared_.chance.percent(percent); };
  if (run.wants_cancel && (shared_.is_calm || chance(20))) return prepare(run, Order::kCancel);
  if (run.wants_reset && (shared_.is_calm || chance(20))) return prepare(run, Order::kReset);
  if (faulted) return prepare(run, Order::kRetry);
  if (run.is_suspended) {
    if (shared_.is_calm || chance(40)) prepare(run, Order::kResume);
  } else if (chance(15)) {
    prepare(run, Order::kSuspend);
  }
}

void Clients::order(Run& run, Driver& driver) {
  Pending& pending = *run.pending;
  pending.life = shared_.life;
  engine::InputBody body = in::Cancel{"simulated"};
  switch (pending.order) {
    case Order::kCancel: break;
    case Order::kSuspend: body = in::Suspend{}; break;
    case Order::kResume: body = in::Resume{}; break;
    case Order::kRetry: body = in::Retry{}; break;
    case Order::kReset:
      body = in::Reset{.position = programs_[run.program].position(pending.from),
                       .data = Value::object({{"key", Value::string(run.key)},
                                              {"gen", Value::integer(pending.gen)},
                                              {"n", Value::integer(pending.n)}}),
                       .context = std::nullopt};
      break;
  }
  shared_.auditor.order_sent(run.key, pending.order);
  shared_.say(std::string(to_string(pending.order)) + " " + run.key);
  const auto index = static_cast<std::size_t>(&run - runs_.data());
  if (mutant_ == Mutant::kOrdersUndone && shared_.chance.percent(20))
    return hear(index, pending, Answered{run.instance});
  const std::string id = runtime::embedded::instance_id(run.instance, shared_.salt);
  driver.command(
      "default", id, std::move(body), {.key = pending.key, .body = static_cast<std::uint64_t>(pending.gen)},
      [this, index, sent = pending](Result<Answered> answered) { hear(index, sent, std::move(answered)); },
      shared_.now);
}

void Clients::hear(std::size_t index, const Pending& sent, Result<Answered> answered) {
  Run& run = runs_[index];
  if (!run.pending || run.pending->key != sent.key) return;  // heard before
  if (answered) {
    ordered(run, sent);
  } else if (answered.error().code != Code::kConflict) {
    run.pending->life = 0;
    return;
  }
  // It was done, or it is too late for it.
  if (sent.order == Order::kCancel) run.wants_cancel = false;
  if (sent.order == Order::kReset) run.wants_reset = false;
  if (sent.order == Order::kResume) run.is_suspended = false;
  run.pending.reset();
}

void Clients::ordered(Run& run, const Pending& sent) {
  shared_.say(std::string(to_string(sent.order)) + " " + run.key + " is done");
  shared_.auditor.order_acknowledged(run.key, sent.order);
  switch (sent.order) {
    case Order::kCancel: ++shared_.stats.cancels; break;
    case Order::kSuspend:
      ++shared_.stats.suspends;
      run.is_suspended = true;
      break;
    case Order::kResume: ++shared_.stats.resumes; break;
    case Order::kRetry: ++shared_.stats.retries; break;
    case Order::kReset:
      ++shared_.stats.resets;
      run.gen = sent.gen;
      shared_.auditor.reset_acknowledged(run.key, sent.gen, sent.from, sent.n);
      break;
  }
}

void Clients::give_order(Driver& driver, persistence::Reader& reader) {
  Run& run = runs_[shared_.chance.below(runs_.size())];
  if (!run.is_acknowledged || run.is_over) return;
  if (!run.pending) choose_order(run, reader);
  if (!run.pending) return;
  // Who has no answer yet waits, mostly.
  if (run.pending->life == shared_.life && !shared_.chance.percent(5)) return;
  order(run, driver);
}

}  // namespace xf::simulation
