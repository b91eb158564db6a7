// Events and schedules: what arrives from outside any one instance, and whom it concerns.
#include <algorithm>
#include <charconv>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/definition/plan/duration.h"
#include "xflow/runtime/embedded/describe.h"
#include "xflow/runtime/embedded/driver.h"
#include "xflow/runtime/embedded/event_match.h"

namespace xf::runtime::embedded {

namespace in = engine::input;

namespace {

// `xflowttl`: seconds, or a duration in ISO 8601.
std::int64_t ttl_of(const json::Value& event, TimeUs now, std::int64_t otherwise) {
  const auto& ttl = event.get("xflowttl");
  if (ttl.is_int64()) return std::clamp<std::int64_t>(ttl.as_int64(), 0, 366 * 86400) * kUsPerSecond;
  if (!ttl.is_string()) return otherwise;
  std::int64_t seconds = 0;
  const auto text = ttl.as_string();
  if (const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
      error == std::errc{} && end == text.data() + text.size())
    return std::clamp<std::int64_t>(seconds, 0, 366 * 86400) * kUsPerSecond;
  const auto duration = plan::parse_duration(ttl);
  return duration ? plan::add(now, *duration) - now : otherwise;
}

}  // namespace

json::Value Driver::parse_content(const std::string& text) {
  auto value = json::parse(text);
  return value ? *std::move(value) : json::Value();
}

// ---- Events

void Driver::publish(const std::string& tenant_name, std::vector<json::Value> events,
                     const Idempotency& idempotency, Callback<std::vector<std::uint32_t>> callback,
                     TimeUs now) {
  const Undo undo(*this, now);
  if (broken_) return callback(std::unexpected(*broken_));
  for (const auto& event : events)
    if (const auto good = check_event(event); !good) return callback(std::unexpected(good.error()));
  if (queue_.size() > options_.mail_max)
    return callback(fail(Code::kUnavailable, "too many events wait to be delivered: send it again later"));
  const auto tenant = tenant_for_writing(tenant_name);
  const auto reserved = reserve(tenant, "publish", idempotency, now);
  if (!reserved) return callback(std::unexpected(reserved.error()));
  std::vector<std::uint32_t> counts;
  if (reserved->replay) {
    const auto answer = parse_content(reserved->answer);
    for (const auto& count : answer.elements())
      counts.push_back(static_cast<std::uint32_t>(count.as_int64()));
    return reply(std::move(callback), std::move(counts));
  }
  json::Value remembered = json::Value::array();
  for (const auto& event : events) {
    counts.push_back(deliver(tenant, event, now));
    if (broken_) return callback(std::unexpected(*broken_));
    remembered = std::move(remembered).append(json::Value::integer(counts.back()));
  }
  remember(tenant, "publish", idempotency, json::print(remembered), now);
  reply(std::move(callback), std::move(counts));
}

// To every subscription that it fits and every schedule that it completes. Queued inputs become durable with
// this group at the latest.
std::uint32_t Driver::deliver(persistence::TenantKey tenant, const json::Value& event, TimeUs now) {
  const auto plan_of = [&](persistence::DefinitionKey key) {
    auto plan = catalog_.plan(key, *reader_);
    if (!plan) give_up(plan.error());
    return plan ? *plan : nullptr;
  };
  engine::events::Probe probe(event, now);
  const auto candidates = events_.candidates(tenant, probe, plan_of, *reader_);
  if (!candidates) give_up(candidates.error());
  if (broken_) return 0;
  ++counts_.events_received;
  std::uint32_t count = 0;
  std::pair<persistence::InstanceKey, engine::CommandId> last{0, 0};
  for (const auto& candidate : *candidates) {
    if (last == std::pair(candidate.instance, candidate.command)) continue;  // its first filter that fits
    const auto found = hot(candidate.instance, now);
    if (broken_) return count;
    if (!found) continue;
    const auto open = (*found)->open.subscriptions.find(candidate.command);
    if (open == (*found)->open.subscriptions.end() || open->second.seen.contains(event_digest(event)) ||
        !(*found)->instance.has_room(candidate.command) ||
        !fits(*(*found)->plan, open->second.command, candidate.filter, probe))
      continue;
    last = {candidate.instance, candidate.command};
    queue_.push_back(received(candidate.instance, tenant, **found, open->second.command, candidate.filter, probe));
    ++count;
  }
  count += trigger_schedules(tenant, probe, now);
  if (broken_) return count;
  evaluations_ += probe.evaluations();
  counts_.events_matched += count;
  if (const auto ttl = ttl_of(event, now, options_.event_ttl_us); ttl > 0)
    events_.keep(tenant, std::move(probe), now + ttl, group_.batch);
  return count;
}

Driver::Work Driver::received(persistence::InstanceKey instance, persistence::TenantKey tenant, const Hot& hot,
                              const engine::command::Subscribe& subscribe, std::uint32_t filter,
                              engine::events::Probe& event) {
  return {.instance = instance,
          .body = in::EventReceived{.subscription = subscribe.id,
                                    .filter = filter,
                                    .event = event.event(),
                                    .extracted = event.extracted(
                                        filters_of(*hot.plan, subscribe.node, subscribe.until))},
          .tenant = tenant};
}

// A schedule is a subscription, too: the same event (by source and id) counts once for it.
std::uint32_t Driver::trigger_schedules(persistence::TenantKey tenant, engine::events::Probe& event,
                                        TimeUs now) {
  std::uint32_t count = 0;
  const auto text = [&](const char* name) { return std::string(event.event().get(name).as_string()); };
  for (Scheduler::Entry* entry : scheduler_.concerned(tenant, event)) {
    const std::string operation = "schedule " + entry->row.ns + '/' + entry->row.name;
    const Idempotency once{.key = text("source") + '\n' + text("id"), .body = 0};
    const auto reserved = reserve(tenant, operation, once, now);
    if (broken_) return count;
    if (!reserved || reserved->replay) continue;
    remember(tenant, operation, once, {}, now);
    auto input = entry->trigger.take(entry->schedule(), event, now);
    entry->write_row();
    ++count;
    if (input) {
      (void)start_scheduled({entry->row, *std::move(input)}, now);
    } else {
      group_.batch.schedules.push_back(entry->row);
    }
  }
  return count;
}

// Events that came before the instance listened, and asked to be kept.
void Driver::deliver_kept(Hot& hot, const engine::command::Subscribe& subscribe, TimeUs now) {
  const auto& seen = hot.open.subscriptions[subscribe.id].seen;
  const auto filters = std::max<std::size_t>(1, subscribe.filters.size());
  for (auto& [row, event] : events_.kept()) {
    if (row.tenant != hot.row.tenant || row.expires_at <= now || seen.contains(event_digest(event.event())))
      continue;
    for (std::size_t filter = 0; filter < filters; ++filter) {
      if (!fits(*hot.plan, subscribe, filter, event)) continue;
      queue_.push_back(received(hot.row.key, hot.row.tenant, hot, subscribe,
                                static_cast<std::uint32_t>(filter), event));
      break;
    }
  }
}

std::size_t Driver::kept_evaluations() const {
  std::size_t out = 0;
  for (const auto& [row, event] : events_.kept()) out += event.evaluations();
  return out;
}

// ---- Schedules

persistence::InstanceKey Driver::start_scheduled(Scheduler::Due due, TimeUs now) {
  auto* entry = scheduler_.find(due.row.tenant, due.row.ns, due.row.name);
  const auto* definition = catalog_.at(due.row.definition);
  if (entry == nullptr || definition == nullptr) return 0;
  auto prepared = prepare_start(due.row.tenant, id_of(*definition), std::move(due.input), {}, now);
  persistence::InstanceKey key = 0;
  if (prepared) {
    key = prepared->instance;
    entry->row.last_instance = key;
    entry->row.last = now;
    queue_.push_back(*std::move(prepared));
  }
  group_.batch.schedules.push_back(entry->row);
  return key;
}

// `after`: the next run is counted from the end of the last one.
void Driver::instance_ended(const persistence::Instance& row, TimeUs at) {
  if (scheduler_.empty()) return;
  const auto* definition = catalog_.at(row.definition);
  auto* entry =
      definition == nullptr ? nullptr : scheduler_.find(row.tenant, definition->ns, definition->name);
  if (entry == nullptr || !entry->schedule().after || entry->row.last_instance != row.key) return;
  entry->times.after = plan::add(at, *entry->schedule().after);
  entry->write_row();
  group_.batch.schedules.push_back(entry->row);
}

// The highest release's schedule is the one that counts; what an older one had going ends in the same commit.
void Driver::update_schedule(persistence::TenantKey tenant, const plan::DefinitionId& id, TimeUs now) {
  const auto* best = catalog_.find(tenant, {id.ns, id.name, "latest"});
  plan::PlanPtr plan;
  if (best != nullptr) {
    auto found = catalog_.plan(best->key, *reader_);
    if (!found) return give_up(found.error());
    plan = *std::move(found);
  }
  auto* entry = scheduler_.find(tenant, id.ns, id.name);
  if (!plan || plan->schedule.empty()) {
    if (entry != nullptr) group_.batch.schedules_gone.push_back({tenant, {id.ns, id.name}});
    scheduler_.erase(tenant, id.ns, id.name);
    return;
  }
  if (entry != nullptr && entry->row.definition == best->key) return;
  persistence::Schedule row{.tenant = tenant, .ns = id.ns, .name = id.name, .definition = best->key};
  if (entry != nullptr) {
    row.paused = entry->row.paused;
    row.last = entry->row.last;
    row.last_instance = entry->row.last_instance;
  }
  group_.batch.schedules.push_back(scheduler_.begin(std::move(row), std::move(plan), now));
}

void Driver::schedule(const std::string& tenant_name, const plan::DefinitionId& id,
                      Runtime::ScheduleAction action, const Idempotency& idempotency,
                      Callback<ScheduleSummary> callback, TimeUs now) {
  const Undo undo(*this, now);
  if (broken_) return callback(std::unexpected(*broken_));
  const auto tenant = catalog_.find_tenant(tenant_name);
  auto* entry = scheduler_.find(tenant, id.ns, id.name);
  if (entry == nullptr)
    return callback(fail(Code::kNotFound, "there is no schedule of " + id.ns + "/" + id.name));
  const std::string operation = "schedule " + id.ns + '/' + id.name + ' ' + std::to_string(static_cast<int>(action));
  const auto reserved = reserve(tenant, operation, idempotency, now);
  if (!reserved) return callback(std::unexpected(reserved.error()));
  const auto shown = [&] { return summarize(entry->row, *entry->plan, catalog_.tenant(tenant).salt); };
  if (reserved->replay) return reply(std::move(callback), shown());
  switch (action) {
    case Runtime::ScheduleAction::kPause: entry->row.paused = true; break;
    case Runtime::ScheduleAction::kResume:
      if (std::exchange(entry->row.paused, false)) Scheduler::skip_passed(*entry, now);
      break;
    case Runtime::ScheduleAction::kTrigger:
      if (start_scheduled({entry->row, json::Value::object()}, now) == 0)
        return callback(fail(Code::kConflict, id.ns + "/" + id.name + " takes no new instances"));
      break;
  }
  group_.batch.schedules.push_back(entry->row);
  remember(tenant, operation, idempotency, {}, now);
  reply(std::move(callback), shown());
}

}  // namespace xf::runtime::embedded
