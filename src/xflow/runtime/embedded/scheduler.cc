#include "xflow/runtime/embedded/scheduler.h"

#include <algorithm>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/definition/plan/cron.h"
#include "xflow/definition/plan/duration.h"
#include "xflow/runtime/embedded/event_match.h"

namespace xf::runtime::embedded {

using json::Value;
using persistence::Schedule;

namespace {

Value read(plan::EventRead mode, const Value& event) {
  return mode == plan::EventRead::kData ? event.get("data") : event;
}

// `all`: one event for each filter; the state is an array with null where one is still missing.
std::optional<Value> collect(Scheduler::Entry& entry, const Value& event, TimeUs now) {
  const auto& filters = entry.plan->schedule.on->filters;
  auto parsed = json::parse(entry.row.state);
  Value state = parsed && parsed->is_array() && parsed->size() == filters.size()
                    ? *std::move(parsed)
                    : Value::array(std::vector<Value>(filters.size()));
  for (std::size_t i = 0; i < filters.size(); ++i)
    if (state.elements()[i].is_null() && fits(filters[i], event, now)) {
      state = std::move(state).with(i, event);
      break;
    }
  const bool complete =
      std::ranges::none_of(state.elements(), [](const Value& value) { return value.is_null(); });
  entry.row.state = complete ? std::string() : json::print(state);
  return complete ? std::optional(state) : std::nullopt;
}

Value inputs(plan::EventRead mode, const Value& events) {
  Value out = Value::array();
  for (const auto& event : events.elements()) out = std::move(out).append(read(mode, event));
  return out;
}

}  // namespace

std::string schedule_kind(const plan::Schedule& schedule) {
  if (schedule.every) return "every";
  if (!schedule.cron.empty()) return "cron";
  if (schedule.after) return "after";
  return schedule.on ? "on" : "";
}

TimeUs next_run(const plan::Schedule& schedule, TimeUs after) {
  if (schedule.every) return plan::add(after, *schedule.every);
  if (schedule.after) return plan::add(after, *schedule.after);
  if (schedule.cron.empty()) return 0;
  const auto cron = plan::Cron::parse(schedule.cron);
  return cron ? cron->next(after).value_or(0) : 0;
}

void Scheduler::set(Schedule row, plan::PlanPtr plan) {
  auto key = std::pair(row.tenant, std::pair(row.ns, row.name));
  entries_.insert_or_assign(std::move(key), Entry{std::move(row), std::move(plan)});
}

void Scheduler::erase(persistence::TenantKey tenant, const std::string& ns, const std::string& name) {
  entries_.erase({tenant, {ns, name}});
}

Scheduler::Entry* Scheduler::find(persistence::TenantKey tenant, const std::string& ns,
                                  const std::string& name) {
  const auto found = entries_.find({tenant, {ns, name}});
  return found == entries_.end() ? nullptr : &found->second;
}

std::vector<Scheduler::Due> Scheduler::due(TimeUs now) {
  std::vector<Due> out;
  for (auto& [name, entry] : entries_) {
    auto& row = entry.row;
    if (row.paused || row.next == 0 || row.next > now) continue;
    const auto& schedule = entry.plan->schedule;
    // Along its own grid: what was missed in between is one run, and no run is late for ever.
    TimeUs next =
        schedule.after && !schedule.every && schedule.cron.empty() ? 0 : next_run(schedule, row.next);
    if (next != 0 && next <= now) {
      const TimeUs step = next - row.next;
      next = schedule.cron.empty() && step > 0 ? row.next + (now - row.next) / step * step + step
                                               : next_run(schedule, now);
    }
    row.last = now;
    row.next = next;
    out.push_back({row, Value::object()});
  }
  return out;
}

TimeUs Scheduler::next() const {
  TimeUs out = INT64_MAX;
  for (const auto& [name, entry] : entries_)
    if (!entry.row.paused && entry.row.next != 0) out = std::min(out, entry.row.next);
  return out;
}

std::vector<Scheduler::Due> Scheduler::event(persistence::TenantKey tenant, const Value& event, TimeUs now,
                                             std::vector<Schedule>& changed) {
  std::vector<Due> out;
  for (auto& [name, entry] : entries_) {
    const auto& on = entry.plan->schedule.on;
    if (entry.row.tenant != tenant || entry.row.paused || !on) continue;
    const auto wanted = [&](const plan::EventFilter& filter) { return fits(filter, event, now); };
    if (!on->filters.empty() && std::ranges::none_of(on->filters, wanted)) continue;
    std::optional<Value> events = Value::array({event});
    if (on->mode == plan::EventStrategy::Mode::kAll) events = collect(entry, event, now);
    if (!events) {
      changed.push_back(entry.row);
      continue;
    }
    entry.row.last = now;
    out.push_back({entry.row, inputs(entry.plan->schedule.read, *events)});
  }
  return out;
}

}  // namespace xf::runtime::embedded
