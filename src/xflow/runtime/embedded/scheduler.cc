#include "xflow/runtime/embedded/scheduler.h"

#include <algorithm>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/definition/plan/duration.h"

namespace xf::runtime::embedded {

using json::Value;
using persistence::Schedule;

namespace {

constexpr std::size_t kMadeUpAtOnce = 100;  // missed runs of one schedule that one tick starts

// The first time after `now` on the grid that `from` lies on.
TimeUs on_grid(TimeUs from, const plan::Duration& every, TimeUs now) {
  TimeUs next = plan::add(from, every);
  const TimeUs step = next - from;
  if (step <= 0) return 0;
  if (next <= now && every.months == 0) next = from + (now - from) / step * step + step;
  for (; next <= now; next = plan::add(next, every)) {
  }
  return next;
}

TimeUs number(const Value& value) { return value.is_int64() ? value.as_int64() : 0; }

// A row's state: the times of each part, and the events that were gathered.
Value print_times(const Scheduler::Times& times) {
  return Value::object({{"every", Value::integer(times.every)},
                        {"cron", Value::integer(times.cron)},
                        {"after", Value::integer(times.after)}});
}

}  // namespace

std::string schedule_kind(const plan::Schedule& schedule) {
  if (schedule.every) return "every";
  if (!schedule.cron.empty()) return "cron";
  if (schedule.after) return "after";
  return schedule.on ? "on" : "";
}

Result<void> Scheduler::check(const plan::Schedule& schedule) {
  if (schedule.zone.empty()) return {};
  const auto zone = Zone::load(schedule.zone);
  if (!zone) return std::unexpected(zone.error());
  return {};
}

// ---- One schedule

TimeUs Scheduler::Times::next() const {
  TimeUs out = 0;
  for (const TimeUs time : {every, cron, after})
    if (time != 0 && (out == 0 || time < out)) out = time;
  return out;
}

// In local time where a zone is given: what the clock shows once counts once.
TimeUs Scheduler::Entry::next_cron(TimeUs after) const {
  if (!cron) return 0;
  if (!zone) return cron->next(after).value_or(0);
  TimeUs local = after + zone->offset_at(after);
  for (;;) {
    const auto next = cron->next(local);
    if (!next) return 0;
    const TimeUs utc = zone->to_utc(*next);
    if (utc > after) return utc;
    local = *next;
  }
}

void Scheduler::Entry::write_row() {
  row.next = times.next();
  const std::string gathered = trigger.print();
  const auto events = gathered.empty() ? Result<Value>(Value()) : json::parse(gathered);
  row.state = json::print(Value::object({{"times", print_times(times)}, {"events", events.value_or(Value())}}));
}

Scheduler::Entry Scheduler::make(Schedule row, plan::PlanPtr plan) {
  Entry out{.row = std::move(row), .plan = std::move(plan), .cron = {}, .zone = {}, .times = {}, .trigger = {}};
  const auto& schedule = out.schedule();
  if (schedule.cron.empty()) return out;
  if (auto cron = plan::Cron::parse(schedule.cron)) out.cron = std::make_shared<const plan::Cron>(*cron);
  if (schedule.zone.empty()) return out;
  // Known when it was deployed. A machine that lacks it cannot tell when: it never runs there.
  auto zone = Zone::load(schedule.zone);
  if (zone) out.zone = std::make_shared<const Zone>(*std::move(zone));
  if (!zone) out.cron = nullptr;
  return out;
}

void Scheduler::set(Schedule row, plan::PlanPtr plan) {
  const auto state = json::parse(row.state.empty() ? "{}" : row.state);
  Key key(row.tenant, {row.ns, row.name});
  Entry entry = make(std::move(row), std::move(plan));
  if (state) {
    const Value& times = state->get("times");
    entry.times = {number(times.get("every")), number(times.get("cron")), number(times.get("after"))};
    if (state->get("events").is_array()) entry.trigger = Trigger::parse(json::print(state->get("events")));
  }
  if (entry.zone == nullptr && !entry.schedule().zone.empty()) entry.times.cron = 0;
  entries_.insert_or_assign(std::move(key), std::move(entry));
}

const Schedule& Scheduler::begin(Schedule row, plan::PlanPtr plan, TimeUs now) {
  Key key(row.tenant, {row.ns, row.name});
  Entry entry = make(std::move(row), std::move(plan));
  const auto& schedule = entry.schedule();
  if (schedule.every) entry.times.every = plan::add(now, *schedule.every);
  if (schedule.after) entry.times.after = now;
  entry.times.cron = entry.next_cron(now);
  entry.write_row();
  return entries_.insert_or_assign(std::move(key), std::move(entry)).first->second.row;
}

void Scheduler::erase(persistence::TenantKey tenant, const std::string& ns, const std::string& name) {
  entries_.erase({tenant, {ns, name}});
}

Scheduler::Entry* Scheduler::find(persistence::TenantKey tenant, const std::string& ns,
                                  const std::string& name) {
  const auto found = entries_.find({tenant, {ns, name}});
  return found == entries_.end() ? nullptr : &found->second;
}

// ---- Time

std::vector<Scheduler::Due> Scheduler::due(TimeUs now) {
  std::vector<Due> out;
  const auto pass = [&](Entry& entry, TimeUs& time, const auto& following) {
    const bool all = entry.schedule().missed == plan::Missed::kAll;
    for (std::size_t runs = 0; time != 0 && time <= now && runs < (all ? kMadeUpAtOnce : 1); ++runs) {
      time = following(all ? time : now);
      out.push_back({entry.row, Value::object()});
    }
  };
  for (auto& [key, entry] : entries_) {
    if (entry.row.paused || entry.row.next == 0 || entry.row.next > now) continue;
    const auto& schedule = entry.schedule();
    const TimeUs from = entry.times.every;
    pass(entry, entry.times.every, [&](TimeUs after) {
      return on_grid(schedule.missed == plan::Missed::kAll ? after : from, *schedule.every, after);
    });
    pass(entry, entry.times.cron, [&](TimeUs after) { return entry.next_cron(after); });
    pass(entry, entry.times.after, [](TimeUs) { return TimeUs{0}; });
    entry.row.last = now;
    entry.write_row();
  }
  return out;
}

void Scheduler::skip_passed(Entry& entry, TimeUs now) {
  Times& times = entry.times;
  if (times.every != 0 && times.every <= now) times.every = on_grid(times.every, *entry.schedule().every, now);
  if (times.cron != 0 && times.cron <= now) times.cron = entry.next_cron(now);
  entry.write_row();
}

void Scheduler::skip_missed(TimeUs now) {
  for (auto& [key, entry] : entries_)
    if (entry.schedule().missed == plan::Missed::kSkip) skip_passed(entry, now);
}

TimeUs Scheduler::next() const {
  TimeUs out = INT64_MAX;
  for (const auto& [name, entry] : entries_)
    if (!entry.row.paused && entry.row.next != 0) out = std::min(out, entry.row.next);
  return out;
}

// ---- Events

std::vector<Scheduler::Entry*> Scheduler::concerned(persistence::TenantKey tenant,
                                                    engine::events::Probe& event) {
  std::vector<Entry*> out;
  for (auto& [key, entry] : entries_) {
    const auto& on = entry.schedule().on;
    if (key.first == tenant && !entry.row.paused && on && Trigger::concerns(*on, event)) out.push_back(&entry);
  }
  return out;
}

}  // namespace xf::runtime::embedded
