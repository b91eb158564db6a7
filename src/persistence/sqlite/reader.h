// Reader over its own connection: sees what is committed, blocks nobody. One thread at a time.
#pragma once

#include <map>

#include "persistence/sqlite/connection.h"
#include "persistence/store.h"

namespace xf::persistence::sqlite {

class Reader final : public persistence::Reader {
 public:
  explicit Reader(Connection connection) : connection_(std::move(connection)) {}

  Result<Counters> counters() override;
  Result<std::vector<Tenant>> tenants() override;
  Result<std::vector<Definition>> definitions() override;
  Result<std::optional<DefinitionText>> definition_text(DefinitionKey) override;
  Result<std::vector<Shape>> shapes() override;
  Result<std::vector<Mail>> mail() override;
  Result<std::vector<KeptEvent>> events() override;
  Result<std::vector<Schedule>> schedules() override;
  Result<std::vector<Incident>> incidents() override;
  Result<std::vector<Secret>> secrets() override;
  Result<std::vector<Instance>> owed(InstanceKey after, std::uint32_t limit) override;
  Result<std::optional<StoredInstance>> load(InstanceKey) override;
  Result<std::vector<Timer>> timers(const Timer& after, std::uint32_t limit) override;
  Result<std::vector<Subscription>> subscriptions(const Subscription& after, std::uint32_t limit) override;
  Result<std::optional<IdempotencyRow>> idempotency(TenantKey, const std::string& operation,
                                                    const std::string& key) override;
  Result<std::optional<std::string>> content(TenantKey, const std::string& digest) override;
  Result<std::optional<Incident>> incident(InstanceKey) override;
  Result<InstanceKey> child(InstanceKey parent, std::uint64_t command) override;
  Result<std::vector<InstanceKey>> children(InstanceKey parent, std::uint32_t limit) override;
  Result<std::uint64_t> count(DefinitionKey, std::uint8_t statuses, std::uint64_t limit) override;
  Result<std::vector<InstanceKey>> ended(std::uint8_t statuses, TimeUs before, InstanceKey after,
                                         std::uint32_t limit) override;
  Result<std::optional<Instance>> instance(InstanceKey) override;
  Result<std::vector<Instance>> instances(const InstanceFilter&) override;
  Result<std::vector<JournalRow>> journal(InstanceKey, std::uint64_t seq_min, std::uint32_t limit) override;

 private:
  friend class InstanceSearch;
  // All rows of the statement, each read by `read`; bound by `fill`. Statements are kept by their text.
  template <typename Row, typename Fill, typename Read>
  Result<std::vector<Row>> rows(std::string_view sql, Fill fill, Read read);
  template <typename Row, typename Fill, typename Read>
  Result<std::optional<Row>> row(std::string_view sql, Fill fill, Read read);
  template <typename F>
  auto consistent(F read) -> decltype(read());

  Connection connection_;
  std::map<std::string, Statement, std::less<>> statements_;
};

}  // namespace xf::persistence::sqlite
