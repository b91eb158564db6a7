// Queries: what people look up, from what is committed. Never touches the driver, so that looking costs the
// running instances nothing. One thread, with expression::kStackBytes of C stack.
#pragma once

#include <memory>

#include "xflow/runtime/embedded/catalog.h"
#include "xflow/runtime/embedded/vault.h"
#include "xflow/runtime/runtime.h"

namespace xf::runtime::embedded {

class Queries {
 public:
  explicit Queries(std::unique_ptr<persistence::Reader> reader, std::shared_ptr<const Vault> vault = {})
      : reader_(std::move(reader)), vault_(std::move(vault)) {}

  Result<Page<DefinitionSummary>> definitions(const std::string& tenant, const std::string& cursor,
                                              std::uint32_t limit);
  Result<DefinitionDetail> definition(const std::string& tenant, const plan::DefinitionId&);
  Result<Page<InstanceSummary>> instances(const InstanceQuery&);
  Result<InstanceDetail> instance(const std::string& tenant, const std::string& id);
  Result<InstanceDetail> instance(persistence::InstanceKey);
  Result<Page<HistoryEntry>> history(const HistoryQuery&);
  Result<std::vector<ScheduleSummary>> schedules(const std::string& tenant);

 private:
  Result<const persistence::Definition*> definition_of(persistence::DefinitionKey);
  Result<persistence::Instance> find(const std::string& tenant, const std::string& id);
  Result<InstanceDetail> detail(const persistence::Instance&);
  Result<persistence::InstanceFilter> filter_of(const InstanceQuery&, persistence::TenantKey);

  std::unique_ptr<persistence::Reader> reader_;
  std::shared_ptr<const Vault> vault_;
  Catalog catalog_;
};

}  // namespace xf::runtime::embedded
