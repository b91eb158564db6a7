// FaultyReader: a reader whose reads fail when told to, in front of a real one.
#pragma once

#include <functional>
#include <string_view>

#include "persistence/store.h"

namespace xf::persistence::testing {

class FaultyReader : public Reader {
 public:
  // Asked before each read, by its name ("load"). True: it fails (kUnavailable).
  using Fails = std::function<bool(std::string_view read)>;
  FaultyReader(std::unique_ptr<Reader> inner, Fails fails)
      : inner_(std::move(inner)), fails_(std::move(fails)) {}

  Result<Counters> counters() override { return read<&Reader::counters>("counters"); }
  Result<std::vector<Tenant>> tenants() override { return read<&Reader::tenants>("tenants"); }
  Result<std::vector<Definition>> definitions() override { return read<&Reader::definitions>("definitions"); }
  Result<std::optional<DefinitionText>> definition_text(DefinitionKey key) override {
    return read<&Reader::definition_text>("definition_text", key);
  }
  Result<std::vector<Shape>> shapes() override { return read<&Reader::shapes>("shapes"); }
  Result<std::vector<Mail>> mail() override { return read<&Reader::mail>("mail"); }
  Result<std::vector<KeptEvent>> events() override { return read<&Reader::events>("events"); }
  Result<std::vector<Schedule>> schedules() override { return read<&Reader::schedules>("schedules"); }
  Result<std::vector<Incident>> incidents() override { return read<&Reader::incidents>("incidents"); }
  Result<std::vector<Secret>> secrets() override { return read<&Reader::secrets>("secrets"); }
  Result<std::vector<Instance>> owed(InstanceKey after, std::uint32_t limit) override {
    return read<&Reader::owed>("owed", after, limit);
  }
  Result<std::optional<StoredInstance>> load(InstanceKey key) override {
    return read<&Reader::load>("load", key);
  }
  Result<std::vector<Timer>> timers(const Timer& after, std::uint32_t limit) override {
    return read<&Reader::timers>("timers", after, limit);
  }
  Result<std::vector<Subscription>> subscriptions(const Subscription& after, std::uint32_t limit) override {
    return read<&Reader::subscriptions>("subscriptions", after, limit);
  }
  Result<std::optional<IdempotencyRow>> idempotency(TenantKey tenant, const std::string& operation,
                                                    const std::string& key) override {
    return read<&Reader::idempotency>("idempotency", tenant, operation, key);
  }
  Result<std::optional<std::string>> content(TenantKey tenant, const std::string& digest) override {
    return read<&Reader::content>("content", tenant, digest);
  }
  Result<std::optional<Incident>> incident(InstanceKey key) override {
    return read<&Reader::incident>("incident", key);
  }
  Result<InstanceKey> child(InstanceKey parent, std::uint64_t command) override {
    return read<&Reader::child>("child", parent, command);
  }
  Result<std::vector<InstanceKey>> children(InstanceKey parent, std::uint32_t limit) override {
    return read<&Reader::children>("children", parent, limit);
  }
  Result<std::uint64_t> count(DefinitionKey definition, std::uint8_t statuses, std::uint64_t limit) override {
    return read<&Reader::count>("count", definition, statuses, limit);
  }
  Result<std::vector<InstanceKey>> ended(std::uint8_t statuses, TimeUs before, InstanceKey after,
                                         std::uint32_t limit) override {
    return read<&Reader::ended>("ended", statuses, before, after, limit);
  }
  Result<std::optional<Instance>> instance(InstanceKey key) override {
    return read<&Reader::instance>("instance", key);
  }
  Result<std::vector<Instance>> instances(const InstanceFilter& filter) override {
    return read<&Reader::instances>("instances", filter);
  }
  Result<std::vector<JournalRow>> journal(InstanceKey key, std::uint64_t seq_min,
                                          std::uint32_t limit) override {
    return read<&Reader::journal>("journal", key, seq_min, limit);
  }

 private:
  template <auto Method, typename... A>
  auto read(std::string_view name, const A&... arguments)
      -> decltype((std::declval<Reader&>().*Method)(arguments...)) {
    if (fails_(name)) return fail(Code::kUnavailable, "the disk cannot be read (injected)");
    return (*inner_.*Method)(arguments...);
  }

  std::unique_ptr<Reader> inner_;
  Fails fails_;
};

}  // namespace xf::persistence::testing
