// Catalog: the definitions and tenants that are known, and the plans of those in use. Follows the store; the
// driver adds what it is about to commit. One thread.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "persistence/store.h"
#include "xflow/definition/plan/plan.h"

namespace xf::runtime::embedded {

class Catalog {
 public:
  // What the store has.
  Result<void> load(persistence::Reader&);

  // 0: unknown.
  persistence::TenantKey find_tenant(const std::string& name) const;
  const persistence::Tenant& tenant(persistence::TenantKey) const;
  persistence::Tenant add_tenant(std::string name, std::uint64_t salt);

  // `version` may be empty or "latest": the highest release that takes new instances. Removed ones are not
  // found.
  const persistence::Definition* find(persistence::TenantKey, const plan::DefinitionId&) const;
  const persistence::Definition* at(persistence::DefinitionKey) const;  // removed ones too
  persistence::DefinitionKey next_key() { return ++last_key_; }
  void add(persistence::Definition, plan::PlanPtr);
  void set_state(persistence::DefinitionKey, persistence::DefinitionState);
  std::vector<persistence::DefinitionKey> all() const;  // of all tenants, removed ones too
  // In the order (namespace, name, version).
  std::vector<const persistence::Definition*> list(persistence::TenantKey) const;

  // Compiled anew from the stored source when it is not at hand.
  Result<plan::PlanPtr> plan(persistence::DefinitionKey, persistence::Reader&);

 private:
  std::vector<persistence::Tenant> tenants_;
  std::map<persistence::DefinitionKey, persistence::Definition> definitions_;
  std::map<std::pair<persistence::TenantKey, std::pair<std::string, std::string>>,
           std::vector<persistence::DefinitionKey>>
      by_name_;
  std::unordered_map<persistence::DefinitionKey, plan::PlanPtr> plans_;
  persistence::DefinitionKey last_key_ = 0;
  persistence::TenantKey last_tenant_ = 0;
};

plan::DefinitionId id_of(const persistence::Definition&);

}  // namespace xf::runtime::embedded
