// Requests: what callers ask for. Each is answered once it is durable, or refused at once.
#include <algorithm>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/definition/load.h"
#include "xflow/engine/revision.h"
#include "xflow/engine/step.h"
#include "xflow/runtime/embedded/describe.h"
#include "xflow/runtime/embedded/driver.h"
#include "xflow/runtime/embedded/ids.h"

namespace xf::runtime::embedded {

namespace in = engine::input;

namespace {

constexpr TimeUs kKeysKept = 24 * 3600 * kUsPerSecond;

std::string name_of(const plan::DefinitionId& id) {
  return id.ns + "/" + id.name + ":" + (id.version.empty() ? "latest" : id.version);
}

}  // namespace

// ---- Idempotency

Result<Driver::Reserved> Driver::reserve(persistence::TenantKey tenant, const std::string& operation,
                                         const Idempotency& idempotency, TimeUs now) {
  if (idempotency.key.empty()) return Reserved{};
  const auto reused = [&](std::uint64_t body, std::string answer) -> Result<Reserved> {
    if (body != idempotency.body)
      return fail(Code::kReused, "the idempotency key '" + idempotency.key +
                                      "' was reused for another request: choose a new key");
    return Reserved{true, std::move(answer)};
  };
  const auto pending = pending_keys_.find(std::to_string(tenant) + ' ' + operation + ' ' + idempotency.key);
  if (pending != pending_keys_.end()) return reused(pending->second.body, pending->second.answer);
  auto stored = reader_->idempotency(tenant, operation, idempotency.key);
  if (!stored) {
    give_up(stored.error());
    return std::unexpected(*broken_);
  }
  if (!*stored || (*stored)->at < now - kKeysKept) return Reserved{};
  return reused((*stored)->body, std::move((*stored)->answer));
}

void Driver::remember(persistence::TenantKey tenant, const std::string& operation,
                      const Idempotency& idempotency, std::string answer, TimeUs now) {
  if (idempotency.key.empty()) return;
  auto key = std::to_string(tenant) + ' ' + operation + ' ' + idempotency.key;
  pending_keys_[key] = {idempotency.body, answer};
  open_.keys.push_back(std::move(key));
  group_.batch.idempotency.push_back(
      {tenant, operation, idempotency.key, idempotency.body, now, std::move(answer)});
}

// ---- Definitions

void Driver::deploy(const std::string& tenant_name, plan::PlanPtr plan, std::string original,
                    Callback<Deployment> callback, TimeUs now) {
  const Undo undo(*this, now);
  if (broken_) return callback(std::unexpected(*broken_));
  const auto tenant = tenant_for_writing(tenant_name);
  if (const auto* known = catalog_.find(tenant, plan->id);
      known != nullptr && known->version == plan->id.version) {
    if (known->digest != plan->digest)
      return callback(fail(Code::kConflict,
                           name_of(plan->id) + " is deployed with other content: give it a new version"));
    // Also when its own commit is still under way: this answer comes after that one.
    return reply(std::move(callback), Deployment{plan->id, plan->digest, false});
  }
  if (const auto known = Scheduler::check(plan->schedule); !known)
    return callback(fail(Code::kInvalid, known.error().message));
  persistence::Definition row{.key = catalog_.next_key(),
                              .tenant = tenant,
                              .ns = plan->id.ns,
                              .name = plan->id.name,
                              .version = plan->id.version,
                              .title = plan->title,
                              .digest = plan->digest,
                              .deployed_at = now};
  group_.batch.definitions.push_back(
      {row, {row.key, definition::stored_source(*plan), std::move(original)}});
  catalog_.add(std::move(row), plan);
  update_schedule(tenant, plan->id, now);
  reply(std::move(callback), Deployment{plan->id, plan->digest, true});
}

void Driver::remove_definition(const std::string& tenant_name, const plan::DefinitionId& id, bool retire,
                               Callback<DefinitionSummary> callback, TimeUs now) {
  const Undo undo(*this, now);
  if (broken_) return callback(std::unexpected(*broken_));
  const auto* known = catalog_.find(catalog_.find_tenant(tenant_name), id);
  if (known == nullptr) return callback(fail(Code::kNotFound, "there is no definition " + name_of(id)));
  const auto open = reader_->count(known->key, open_statuses(), UINT32_MAX);
  if (!open) {
    give_up(open.error());
    return callback(std::unexpected(*broken_));
  }
  const bool busy = *open > 0 || std::ranges::any_of(hot_, [&](const auto& entry) {
    return entry.second->row.definition == known->key && !engine::is_final(entry.second->instance.status());
  });
  if (busy && !retire)
    return callback(
        fail(Code::kConflict,
             name_of(id_of(*known)) + " has instances that run: retire it, so that it takes no new ones"));
  const auto state = retire ? persistence::DefinitionState::kRetired : persistence::DefinitionState::kRemoved;
  group_.batch.definition_states.emplace_back(known->key, state);
  catalog_.set_state(known->key, state);
  update_schedule(known->tenant, id_of(*known), now);
  reply(std::move(callback), summarize(*known, *open));
}

// ---- Instances

Result<Driver::Work> Driver::prepare_start(persistence::TenantKey tenant, const plan::DefinitionId& id,
                                           json::Value input, std::string key, TimeUs now) {
  const auto* definition = catalog_.find(tenant, id);
  if (definition == nullptr)
    return fail(Code::kNotFound, "there is no definition " + name_of(id) + ": deploy it first");
  if (definition->state == persistence::DefinitionState::kRetired)
    return fail(Code::kConflict, name_of(id_of(*definition)) + " is retired and takes no new instances");
  counters_.instance = next_instance_key(counters_.instance, now);
  Work work{.instance = counters_.instance, .body = {}, .tenant = tenant, .definition = definition->key};
  work.row.business_key = key;
  work.body = in::Started{.instance = text_id(tenant, work.instance),
                          .key = std::move(key),
                          .input = std::move(input),
                          .seed = random(),
                          .revision = engine::kRevision,
                          .parent = {}};
  return work;
}

InstanceDetail Driver::describe(const Hot& hot, const json::Value& input) const {
  InstanceDetail out{.summary = summarize(hot.row, hot.plan->id, catalog_.tenant(hot.row.tenant).salt),
                     .input = input,
                     .output = hot.instance.output(),
                     .fault = hot.instance.fault(),
                     .positions = {},
                     .children = {}};
  if (!engine::is_final(hot.instance.status())) out.positions = hot.instance.positions(*hot.plan);
  for (const auto& [id, child] : hot.open.children)
    if (child.key != 0) out.children.push_back(text_id(hot.row.tenant, child.key));
  return out;
}

void Driver::start(StartRequest request, Callback<Answered> callback, TimeUs now) {
  const Undo undo(*this, now);
  if (broken_) return callback(std::unexpected(*broken_));
  const auto tenant = catalog_.find_tenant(request.tenant);
  auto reserved = reserve(tenant, "start", request.idempotency, now);
  if (!reserved) return callback(std::unexpected(reserved.error()));
  if (reserved->replay)
    return reply(std::move(callback), Answered{.instance = std::stoll(reserved->answer), .replayed = true});
  auto prepared = prepare_start(tenant, request.definition, request.input, std::move(request.key), now);
  if (!prepared) return callback(std::unexpected(prepared.error()));
  const Hot& hot = begin(*prepared, now);
  if (broken_) return callback(std::unexpected(*broken_));
  if (!request.idempotency.key.empty())
    remember(tenant, "start", request.idempotency, std::to_string(hot.row.key), now);
  if (request.wait_ms <= 0 || engine::is_final(hot.instance.status()))
    return reply(std::move(callback),
                 Answered{.instance = hot.row.key, .detail = describe(hot, request.input)});
  const TimeUs until = now + request.wait_ms * kUsPerMs;
  waiting_[hot.row.key].push_back({.instance = hot.row.key,
                                   .group = group_.number,
                                   .until = until,
                                   .input = std::move(request.input),
                                   .callback = std::move(callback)});
  waiting_until_.emplace(until, hot.row.key);
}

void Driver::answer_waiting(Hot& hot) {
  const auto found = waiting_.find(hot.row.key);
  if (found == waiting_.end()) return;
  auto callers = std::move(found->second);
  waiting_.erase(found);
  for (auto& caller : callers)
    reply(std::move(caller.callback),
          Answered{.instance = hot.row.key, .detail = describe(hot, caller.input)});
}

void Driver::expire_waiting(TimeUs now) {
  while (!waiting_until_.empty() && waiting_until_.begin()->first <= now) {
    const auto found = waiting_.find(waiting_until_.begin()->second);
    waiting_until_.erase(waiting_until_.begin());
    if (found == waiting_.end()) continue;
    for (auto& caller : found->second)
      if (caller.until <= now) reply(std::move(caller.callback), Answered{.instance = caller.instance});
    std::erase_if(found->second, [&](const WaitingCaller& caller) { return caller.until <= now; });
    if (found->second.empty()) waiting_.erase(found);
  }
}

void Driver::command(const std::string& tenant_name, const std::string& id, engine::InputBody body,
                     const Idempotency& idempotency, Callback<Answered> callback, TimeUs now) {
  const Undo undo(*this, now);
  if (broken_) return callback(std::unexpected(*broken_));
  const auto tenant = catalog_.find_tenant(tenant_name);
  const auto key = tenant == 0 ? std::nullopt : parse_instance_id(id, catalog_.tenant(tenant).salt);
  if (!key) return callback(fail(Code::kNotFound, "there is no instance " + id));
  const std::string operation = "command " + id + ' ' + std::to_string(body.index());
  auto reserved = reserve(tenant, operation, idempotency, now);
  if (!reserved) return callback(std::unexpected(reserved.error()));
  if (reserved->replay) return reply(std::move(callback), Answered{.instance = *key, .replayed = true});
  const auto found = hot(*key, now);
  if (!found || (*found)->row.tenant != tenant)
    return callback(found || found.error().code == Code::kNotFound
                        ? fail(Code::kNotFound, "there is no instance " + id)
                        : std::unexpected(found.error()));
  Hot& target = **found;
  const bool again = std::holds_alternative<in::Retry>(body) || std::holds_alternative<in::Reset>(body);
  if (again && target.row.parent_awaits && engine::is_final(target.instance.status()))
    return callback(
        fail(Code::kConflict, "its parent has already taken its outcome: continue the parent instead"));
  if (const auto allowed = engine::admissible(*target.plan, target.instance, body); !allowed)
    return callback(std::unexpected(allowed.error()));
  take(target, std::move(body), now);
  if (broken_) return callback(std::unexpected(*broken_));
  remember(tenant, operation, idempotency, {}, now);
  reply(std::move(callback), Answered{.instance = *key});
}

// ---- Results of calls

void Driver::call_completed(persistence::InstanceKey instance, engine::CommandId call,
                            functions::Caller::Outcome outcome, TimeUs now) {
  apply_result({.instance = instance,
                .body = in::CallCompleted{.call = call,
                                          .outcome = std::move(outcome.value),
                                          .outcome_unknown = outcome.outcome_unknown}},
               now);
}

void Driver::fetched(persistence::InstanceKey instance, engine::CommandId fetch,
                     std::variant<functions::Caller::Content, engine::Fault> content, TimeUs now) {
  in::Fetched body{.fetch = fetch, .digest = {}, .content = {}};
  if (auto* good = std::get_if<functions::Caller::Content>(&content)) {
    body.digest = std::move(good->digest);
    body.content = std::move(good->value);
  } else {
    body.content = std::get<engine::Fault>(std::move(content));
  }
  apply_result({.instance = instance, .body = std::move(body)}, now);
}

void Driver::apply_result(Work work, TimeUs now) {
  const Undo undo(*this, now);
  if (broken_) {
    saved_results_.push_back(std::move(work));
  } else {
    apply(work, now);
  }
}

}  // namespace xf::runtime::embedded
