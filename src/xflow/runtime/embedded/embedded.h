// Embedded: the runtime in one process. Around the Driver (driver.h) it puts five threads: one drives it, one
// commits its groups, one gives the answers and does the acts that follow, one answers queries, one writes
// backups. While a group is on its way to the disk the next one is being computed.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/metrics.h"
#include "persistence/store.h"
#include "xflow/functions/caller.h"
#include "xflow/runtime/embedded/driver.h"
#include "xflow/runtime/runtime.h"

namespace xf::runtime::embedded {

struct Options {
  DriverOptions driver = {};
  // {name: value}: the secrets that definitions may declare. The store has them sealed with the key.
  json::Value secrets = json::Value::object();
  SealKey key = random_seal_key();
  std::string backup_directory = {};   // where backups go; empty: there are none
  std::size_t turns_per_group = 1024;  // about: a larger group waits for the disk
  std::size_t requests_max = 100'000;  // that wait for the driver; more are refused
  // Where the runtime's metrics go; outlives it, and is not rendered after it. Null: nowhere.
  metrics::Registry* metrics = nullptr;
};

class Embedded final : public Runtime {
 public:
  // Returns when it is ready: what was in the store goes on. The caller may be null: then every call fails.
  static Result<std::unique_ptr<Embedded>> open(std::unique_ptr<persistence::Store>,
                                                std::shared_ptr<functions::Caller>, Options);
  ~Embedded() override;  // stops

  void deploy(std::string tenant, plan::PlanPtr, std::string original, Callback<Deployment>) override;
  void definitions(std::string tenant, std::string cursor, std::uint32_t limit,
                   Callback<Page<DefinitionSummary>>) override;
  void definition(std::string tenant, plan::DefinitionId, Callback<DefinitionDetail>) override;
  void remove_definition(std::string tenant, plan::DefinitionId, bool retire,
                         Callback<DefinitionSummary>) override;
  void start(StartRequest, Callback<InstanceDetail>) override;
  void instances(InstanceQuery, Callback<Page<InstanceSummary>>) override;
  void instance(std::string tenant, std::string id, Callback<InstanceDetail>) override;
  void history(HistoryQuery, Callback<Page<HistoryEntry>>) override;
  void command(std::string tenant, std::string id, engine::InputBody, Idempotency,
               Callback<InstanceDetail>) override;
  void publish(std::string tenant, std::vector<json::Value> events, Idempotency,
               Callback<std::vector<std::uint32_t>>) override;
  void schedules(std::string tenant, Callback<std::vector<ScheduleSummary>>) override;
  void schedule(std::string tenant, plan::DefinitionId, ScheduleAction, Idempotency,
                Callback<ScheduleSummary>) override;
  void listen(TurnListener, std::function<bool()> wanted) override;
  Result<void> ready() const override;
  void backup(Callback<Backup>) override;
  void stop() override;

 private:
  struct Impl;
  explicit Embedded(std::unique_ptr<Impl>);
  std::unique_ptr<Impl> impl_;
};

}  // namespace xf::runtime::embedded
