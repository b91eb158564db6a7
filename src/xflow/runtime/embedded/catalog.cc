#include "xflow/runtime/embedded/catalog.h"

#include <algorithm>

#include "base/check.h"
#include "xflow/definition/load.h"
#include "xflow/runtime/embedded/semver.h"

namespace xf::runtime::embedded {

using persistence::Definition;
using persistence::DefinitionState;

plan::DefinitionId id_of(const Definition& definition) {
  return {definition.ns, definition.name, definition.version};
}

Result<void> Catalog::load(persistence::Reader& reader) {
  auto plans = std::move(plans_);  // a plan follows from its source: what is compiled stays so
  *this = {};
  XF_TRY_ASSIGN(tenants_, reader.tenants());
  for (const auto& tenant : tenants_) last_tenant_ = std::max(last_tenant_, tenant.key);
  XF_TRY_ASSIGN(auto definitions, reader.definitions());
  for (auto& definition : definitions) {
    const auto kept = plans.find(definition.key);
    const bool same = kept != plans.end() && kept->second->digest == definition.digest;
    add(std::move(definition), same ? kept->second : nullptr);
  }
  return {};
}

persistence::TenantKey Catalog::find_tenant(const std::string& name) const {
  const auto found = std::ranges::find(tenants_, name, &persistence::Tenant::name);
  return found == tenants_.end() ? 0 : found->key;
}

const persistence::Tenant& Catalog::tenant(persistence::TenantKey key) const {
  const auto found = std::ranges::find(tenants_, key, &persistence::Tenant::key);
  XF_CHECK(found != tenants_.end(), "a row's tenant is known");
  return *found;
}

persistence::Tenant Catalog::add_tenant(std::string name, std::uint64_t salt) {
  return tenants_.emplace_back(++last_tenant_, std::move(name), salt);
}

const Definition* Catalog::find(persistence::TenantKey tenant, const plan::DefinitionId& id) const {
  const auto versions = by_name_.find({tenant, {id.ns, id.name}});
  if (versions == by_name_.end()) return nullptr;
  const bool latest = id.version.empty() || id.version == "latest";
  const Definition* best = nullptr;
  for (const auto key : versions->second) {
    const auto& candidate = definitions_.at(key);
    if (candidate.state == DefinitionState::kRemoved) continue;
    if (!latest) {
      if (candidate.version == id.version) return &candidate;
      continue;
    }
    if (candidate.state != DefinitionState::kActive) continue;
    if (best == nullptr) {
      best = &candidate;
      continue;
    }
    const bool release = !is_prerelease(candidate.version), best_release = !is_prerelease(best->version);
    if (release != best_release ? release : compare_versions(candidate.version, best->version) > 0)
      best = &candidate;
  }
  return best;
}

const Definition* Catalog::at(persistence::DefinitionKey key) const {
  const auto found = definitions_.find(key);
  return found == definitions_.end() ? nullptr : &found->second;
}

void Catalog::add(Definition definition, plan::PlanPtr plan) {
  const auto key = definition.key;
  last_key_ = std::max(last_key_, key);
  by_name_[{definition.tenant, {definition.ns, definition.name}}].push_back(key);
  if (plan) plans_[key] = std::move(plan);
  definitions_.emplace(key, std::move(definition));
}

void Catalog::set_state(persistence::DefinitionKey key, DefinitionState state) {
  definitions_.at(key).state = state;
}

std::vector<persistence::DefinitionKey> Catalog::all() const {
  std::vector<persistence::DefinitionKey> out;
  for (const auto& [key, definition] : definitions_) out.push_back(key);
  return out;
}

std::vector<const Definition*> Catalog::list(persistence::TenantKey tenant) const {
  std::vector<const Definition*> out;
  for (const auto& [key, definition] : definitions_)
    if (definition.tenant == tenant && definition.state != DefinitionState::kRemoved)
      out.push_back(&definition);
  std::ranges::sort(out, [](const Definition* a, const Definition* b) {
    if (a->ns != b->ns) return a->ns < b->ns;
    if (a->name != b->name) return a->name < b->name;
    return compare_versions(a->version, b->version) < 0;
  });
  return out;
}

Result<plan::PlanPtr> Catalog::plan(persistence::DefinitionKey key, persistence::Reader& reader) {
  if (const auto found = plans_.find(key); found != plans_.end()) return found->second;
  XF_TRY_ASSIGN(const auto text, reader.definition_text(key));
  if (!text) return fail(Code::kNotFound, "the definition of this instance is not stored");
  auto loaded = definition::load(text->source, {.file = "<stored>"});
  if (!loaded)
    return fail(Code::kCorrupt, "a stored definition does not load any more: " +
                                    (loaded.error().empty() ? std::string("no reason given")
                                                            : to_string(loaded.error().front())));
  plans_[key] = *loaded;
  return *std::move(loaded);
}

}  // namespace xf::runtime::embedded
