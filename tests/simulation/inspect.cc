#include "inspect.h"

#include "base/json/print.h"
#include "xflow/engine/step.h"
#include "xflow/runtime/embedded/ids.h"
#include "xflow/runtime/embedded/loader.h"

namespace xf::simulation {

using persistence::Instance;

namespace {

constexpr std::uint32_t kAll = 1'000'000;

}  // namespace

void Inspector::problem(const Instance& row, const std::string& text) {
  shared_.auditor.problem("instance " + std::to_string(row.key) + " (" + row.business_key + ") " + text);
}

void Inspector::inspect(const std::set<unsigned>& kicks) {
  if (const auto loaded = catalog_.load(reader_); !loaded)
    return shared_.auditor.problem("the definitions cannot be read: " + loaded.error().message);
  const auto rows = reader_.instances({.tenant = 1, .limit = kAll});
  if (!rows) return shared_.auditor.problem("the instances cannot be read: " + rows.error().message);
  for (auto row = rows->rbegin(); row != rows->rend(); ++row) inspect_instance(*row);
  inspect_rest();
  inspect_schedules(kicks);
}

void Inspector::inspect_instance(const Instance& row) {
  ++shared_.stats.instances;
  const auto plan = catalog_.plan(row.definition, reader_);
  if (!plan) return problem(row, "has no definition");
  Auditor::Found found{.instance = row.key,
                       .parent = row.parent,
                       .definition = (*plan)->id.name,
                       .key = row.business_key,
                       .status = std::string(engine::to_string(static_cast<engine::Status>(row.status)))};
  if (engine::is_final(static_cast<engine::Status>(row.status))) {
    ended_.insert(row.key);
  } else if (row.parent != 0 || row.business_key.empty()) {
    problem(row, "of " + found.definition + " is " + found.status + " when everything has ended");
  }
  replay(row, **plan, found);
  if (row.parent != 0) {
    ++shared_.stats.children;
  } else if (row.business_key.empty()) {
    scheduled_.push_back(found);
  }
  shared_.auditor.found(found);
}

// The same inputs, applied again from the first one, give the same states and the same traces.
void Inspector::replay(const Instance& row, const plan::Plan& plan, Auditor::Found& found) {
  engine::Instance instance;
  const auto journal = reader_.journal(row.key, 1, kAll);
  if (!journal || journal->empty()) return problem(row, "has no journal");
  TimeUs at = 0;
  for (const auto& entry : *journal) {
    const std::string where = "at its input " + std::to_string(entry.seq);
    if (entry.seq != found.entries.size() + 1) return problem(row, "has a gap in its journal " + where);
    if (entry.at < at) problem(row, "goes back in time " + where);
    at = entry.at;
    const auto input = engine::decode_input(entry.input);
    if (!input) return problem(row, "has an input that cannot be read " + where);
    if (const auto* started = std::get_if<engine::input::Started>(&input->body)) found.input = started->input;
    const auto turn = engine::step(plan, instance, *input);
    shared_.stats.transitions += turn.transitions;
    ++shared_.stats.turns;
    if (instance.digest() != entry.digest) return problem(row, "replays to another state " + where);
    if (engine::encode(turn.trace) != entry.trace) return problem(row, "replays with another trace " + where);
    found.entries.push_back(turn.trace.size());
    for (const auto& told : turn.trace)
      found.history.push_back({at, std::string(word(told.what)), told.task, told.iteration});
  }
  found.started_at = journal->front().at;
  found.ended_at = at;
  found.output = instance.output();
  if (instance.fault()) found.fault_type = instance.fault()->type;
  if (static_cast<std::uint8_t>(instance.status()) != row.status) problem(row, "is not what its row says");

  const auto stored = reader_.load(row.key);
  if (!stored || !*stored) return problem(row, "cannot be loaded");
  ++shared_.stats.replays;
  shared_.stats.snapshots += (*stored)->snapshot ? 1 : 0;
  const auto loaded = runtime::embedded::restore(**stored, plan, {});
  if (!loaded) return problem(row, "cannot be restored: " + loaded.error().message);
  if (loaded->instance.digest() != instance.digest())
    problem(row, "is another one when it begins from its snapshot");
}

void Inspector::inspect_rest() {
  const auto timers = reader_.timers({.due = INT64_MIN}, kAll);
  const auto mails = reader_.mail();
  const auto incidents = reader_.incidents();
  const auto owed = reader_.owed(0, kAll);
  const auto schedules = reader_.schedules();
  if (!timers || !mails || !incidents || !owed || !schedules)
    return shared_.auditor.problem("the disk cannot be read");
  for (const auto& timer : *timers)
    if (ended_.contains(timer.instance))
      shared_.auditor.left_over("a timer of instance " + std::to_string(timer.instance));
  for (const auto& mail : *mails)
    shared_.auditor.left_over("mail for instance " + std::to_string(mail.instance));
  for (const auto& incident : *incidents)
    shared_.auditor.problem("instance " + std::to_string(incident.instance) +
                            " has an incident: " + incident.reason);
  for (const auto& row : *owed)
    if (ended_.contains(row.key)) shared_.auditor.left_over("a call of instance " + std::to_string(row.key));
  for (const auto& schedule : *schedules)
    if (schedule.last_instance != 0 && !*reader_.instance(schedule.last_instance))
      shared_.auditor.problem("the last run of schedule " + schedule.name + " is gone");
}

void Inspector::inspect_schedules(const std::set<unsigned>& kicks) {
  TimeUs deployed = 0, pause_until = 0;
  for (const auto* definition : catalog_.list(1))
    if (definition->name == "tick") deployed = definition->deployed_at;
  std::int64_t ticks = 0;
  std::map<std::int64_t, unsigned> kicked;
  for (const Auditor::Found& run : scheduled_) {
    ++shared_.stats.scheduled;
    const std::string who = "the scheduled run " + std::to_string(run.instance) + " of " + run.definition;
    // When it was made: by the time it began, the clock may have jumped back.
    const TimeUs made = std::max(run.started_at, runtime::embedded::started_at(run.instance));
    if (run.definition == "tick" && made < deployed + ++ticks * kTickMs * kUsPerMs)
      shared_.auditor.problem(who + " is one too many at this time");
    if (run.definition == "pause") {
      if (made < pause_until) shared_.auditor.problem(who + " began too early after the one before it");
      pause_until = run.ended_at + kPauseMs * kUsPerMs;
    }
    if (run.definition == "kicked" && ++kicked[run.input.elements()[0].get("kick").as_int64()] > 1)
      shared_.auditor.problem(who + " was started twice by one event");
    if (run.status != "completed") shared_.auditor.problem(who + " is " + run.status);
  }
  for (const unsigned kick : kicks)
    if (!kicked.contains(kick))
      shared_.auditor.problem("kick " + std::to_string(kick) + " was accepted and has started nothing");
}

}  // namespace xf::simulation
