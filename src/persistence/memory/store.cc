// Ordered maps under one mutex: the same orders as the SQL adapter's keys and indices.
#include "persistence/memory/store.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

namespace xf::persistence::memory {

struct Store::Data {
  std::mutex mutex;
  std::map<TenantKey, Tenant> tenants;
  std::map<DefinitionKey, std::pair<Definition, DefinitionText>> definitions;
  std::map<InstanceKey, Instance> instances;
  std::map<std::pair<InstanceKey, std::uint64_t>, JournalRow> journal;
  std::map<InstanceKey, Snapshot> snapshots;
  std::set<Timer> timers;
  std::map<std::int64_t, Shape> shapes;
  std::set<Subscription> subscriptions;
  std::map<std::int64_t, Mail> mail;
  std::map<std::int64_t, KeptEvent> events;
  std::map<std::tuple<TenantKey, std::string, std::string>, IdempotencyRow> idempotency;
  std::map<std::tuple<TenantKey, std::string, std::string>, Schedule> schedules;
  std::map<std::tuple<TenantKey, std::string, std::uint64_t>, Secret> secrets;
  std::map<std::pair<TenantKey, std::string>, std::string> contents;
  std::map<InstanceKey, Incident> incidents;
  Counters counters;
};

namespace {

using Data = Store::Data;

void raise(std::int64_t& counter, std::int64_t key) { counter = std::max(counter, key); }

void apply_definitions(Data& data, const Batch& batch) {
  for (const auto& tenant : batch.tenants) {
    data.tenants[tenant.key] = tenant;
    raise(data.counters.tenant, tenant.key);
  }
  for (const auto& both : batch.definitions) {
    data.definitions[both.first.key] = both;
    raise(data.counters.definition, both.first.key);
  }
  for (const auto& [key, state] : batch.definition_states) data.definitions.at(key).first.state = state;
}

void apply_instances(Data& data, const Batch& batch) {
  for (const auto& row : batch.started) {
    data.instances[row.key] = row;
    raise(data.counters.instance, row.key);
  }
  for (const auto& row : batch.changed) {
    const auto found = data.instances.find(row.key);
    if (found == data.instances.end()) continue;
    found->second.status = row.status;
    found->second.updated_at = row.updated_at;
    found->second.ended_at = row.ended_at;
    found->second.owed = row.owed;
  }
  for (const auto& row : batch.journal) data.journal[{row.instance, row.seq}] = row;
  for (const auto& row : batch.snapshots) data.snapshots[row.instance] = row;
  for (const auto& row : batch.incidents) data.incidents[row.instance] = row;
  for (const auto key : batch.incidents_gone) data.incidents.erase(key);
  for (const auto key : batch.deleted) {
    data.instances.erase(key);
    data.journal.erase(data.journal.lower_bound({key, 0}), data.journal.lower_bound({key + 1, 0}));
    data.snapshots.erase(key);
    data.incidents.erase(key);
  }
}

void apply_waits(Data& data, const Batch& batch) {
  for (const auto& row : batch.timers_gone) data.timers.erase(row);
  for (const auto& row : batch.timers) data.timers.insert(row);
  for (const auto& row : batch.shapes) {
    data.shapes[row.key] = row;
    raise(data.counters.shape, row.key);
  }
  for (const auto& row : batch.subscriptions_gone) data.subscriptions.erase(row);
  for (const auto& row : batch.subscriptions) data.subscriptions.insert(row);
  for (const auto& row : batch.mail) {
    data.mail[row.key] = row;
    raise(data.counters.mail, row.key);
  }
  for (const auto key : batch.mail_gone) data.mail.erase(key);
  for (const auto& row : batch.events) {
    data.events[row.key] = row;
    raise(data.counters.event, row.key);
  }
  for (const auto key : batch.events_gone) data.events.erase(key);
}

void apply_rest(Data& data, const Batch& batch) {
  for (const auto& row : batch.idempotency) data.idempotency[{row.tenant, row.operation, row.key}] = row;
  if (batch.idempotency_before > 0)
    std::erase_if(data.idempotency,
                  [&](const auto& entry) { return entry.second.at < batch.idempotency_before; });
  for (const auto& row : batch.schedules) data.schedules[{row.tenant, row.ns, row.name}] = row;
  for (const auto& [tenant, name] : batch.schedules_gone)
    data.schedules.erase({tenant, name.first, name.second});
  for (const auto& row : batch.secrets) data.secrets[{row.tenant, row.name, row.version}] = row;
  for (const auto& row : batch.secrets_gone) data.secrets.erase({row.tenant, row.name, row.version});
  for (const auto& row : batch.contents) data.contents.try_emplace({row.tenant, row.digest}, row.value);
}

bool matches(const InstanceFilter& filter, const Instance& row) {
  if (row.tenant != filter.tenant || row.key < filter.key_min || row.key >= filter.key_before) return false;
  if (filter.statuses != 0 && (filter.statuses & (1u << row.status)) == 0) return false;
  const auto has = [&](const std::vector<DefinitionKey>& keys) {
    return std::ranges::find(keys, row.definition) != keys.end();
  };
  if (filter.definitions && !has(*filter.definitions)) return false;
  if (!filter.text) return true;
  return (row.key >= filter.text->key_min && row.key <= filter.text->key_max) ||
         row.business_key.starts_with(filter.text->business_key) || has(filter.text->definitions);
}

template <typename Map>
auto values_of(const Map& map) {
  std::vector<typename Map::mapped_type> out;
  for (const auto& [key, value] : map) out.push_back(value);
  return out;
}

template <typename Map, typename Key>
auto find_in(const Map& map, const Key& key) -> std::optional<typename Map::mapped_type> {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

template <typename Row>
std::vector<Row> behind(const std::set<Row>& rows, const Row& after, std::uint32_t limit) {
  std::vector<Row> out;
  for (auto it = rows.upper_bound(after); it != rows.end() && out.size() < limit; ++it) out.push_back(*it);
  return out;
}

class MemoryReader final : public persistence::Reader {
 public:
  explicit MemoryReader(std::shared_ptr<Data> data) : data_(std::move(data)) {}

  Result<Counters> counters() override {
    return locked([](Data& d) { return d.counters; });
  }
  Result<std::vector<Tenant>> tenants() override {
    return locked([](Data& d) { return values_of(d.tenants); });
  }
  Result<std::vector<Definition>> definitions() override {
    return locked([](Data& d) {
      std::vector<Definition> out;
      for (const auto& [key, both] : d.definitions) out.push_back(both.first);
      return out;
    });
  }
  Result<std::optional<DefinitionText>> definition_text(DefinitionKey key) override {
    return locked([&](Data& d) -> std::optional<DefinitionText> {
      const auto both = find_in(d.definitions, key);
      return both ? std::optional(both->second) : std::nullopt;
    });
  }
  Result<std::vector<Shape>> shapes() override {
    return locked([](Data& d) { return values_of(d.shapes); });
  }
  Result<std::vector<Mail>> mail() override {
    return locked([](Data& d) { return values_of(d.mail); });
  }
  Result<std::vector<KeptEvent>> events() override {
    return locked([](Data& d) { return values_of(d.events); });
  }
  Result<std::vector<Schedule>> schedules() override {
    return locked([](Data& d) { return values_of(d.schedules); });
  }
  Result<std::vector<Incident>> incidents() override {
    return locked([](Data& d) { return values_of(d.incidents); });
  }
  Result<std::vector<Secret>> secrets() override {
    return locked([](Data& d) { return values_of(d.secrets); });
  }
  Result<std::vector<Instance>> owed(InstanceKey after, std::uint32_t limit) override {
    return locked([&](Data& d) {
      std::vector<Instance> out;
      for (auto it = d.instances.upper_bound(after); it != d.instances.end() && out.size() < limit; ++it)
        if (it->second.owed) out.push_back(it->second);
      return out;
    });
  }
  Result<std::optional<StoredInstance>> load(InstanceKey key) override {
    return locked([&](Data& d) -> std::optional<StoredInstance> {
      const auto row = find_in(d.instances, key);
      if (!row) return std::nullopt;
      StoredInstance out{*row, find_in(d.snapshots, key), {}};
      const auto from = out.snapshot ? out.snapshot->seq + 1 : 0;
      for (auto it = d.journal.lower_bound({key, from}); it != d.journal.end() && it->first.first == key;
           ++it)
        out.tail.push_back(it->second);
      return out;
    });
  }
  Result<std::vector<Timer>> timers(const Timer& after, std::uint32_t limit) override {
    return locked([&](Data& d) { return behind(d.timers, after, limit); });
  }
  Result<std::vector<Subscription>> subscriptions(const Subscription& after, std::uint32_t limit) override {
    return locked([&](Data& d) {
      auto out = behind(d.subscriptions, after, limit);
      std::erase_if(out, [&](const auto& row) { return row.shape != after.shape || row.hash != after.hash; });
      return out;
    });
  }
  Result<std::optional<IdempotencyRow>> idempotency(TenantKey tenant, const std::string& operation,
                                                    const std::string& key) override {
    return locked([&](Data& d) { return find_in(d.idempotency, std::tuple(tenant, operation, key)); });
  }
  Result<std::optional<std::string>> content(TenantKey tenant, const std::string& digest) override {
    return locked([&](Data& d) { return find_in(d.contents, std::pair(tenant, digest)); });
  }
  Result<std::optional<Incident>> incident(InstanceKey key) override {
    return locked([&](Data& d) { return find_in(d.incidents, key); });
  }
  Result<InstanceKey> child(InstanceKey parent, std::uint64_t command) override {
    return locked([&](Data& d) -> InstanceKey {
      for (const auto& [key, row] : d.instances)
        if (row.parent == parent && row.parent_command == command) return key;
      return 0;
    });
  }
  Result<std::vector<InstanceKey>> children(InstanceKey parent, std::uint32_t limit) override {
    return locked([&](Data& d) {
      std::vector<InstanceKey> out;
      for (const auto& [key, row] : d.instances)
        if (row.parent == parent && out.size() < limit) out.push_back(key);
      return out;
    });
  }
  Result<std::uint64_t> count(DefinitionKey definition, std::uint8_t statuses, std::uint64_t limit) override {
    return locked([&](Data& d) -> std::uint64_t {
      const auto n = std::ranges::count_if(d.instances, [&](const auto& entry) {
        return entry.second.definition == definition && (statuses & (1u << entry.second.status)) != 0;
      });
      return std::min(static_cast<std::uint64_t>(n), limit);
    });
  }
  Result<std::vector<InstanceKey>> ended(std::uint8_t statuses, TimeUs before, InstanceKey after,
                                         std::uint32_t limit) override {
    return locked([&](Data& d) {
      std::vector<InstanceKey> out;
      for (auto it = d.instances.upper_bound(after); it != d.instances.end() && out.size() < limit; ++it)
        if ((statuses & (1u << it->second.status)) != 0 && it->second.ended_at != 0 &&
            it->second.ended_at < before)
          out.push_back(it->first);
      return out;
    });
  }
  Result<std::optional<Instance>> instance(InstanceKey key) override {
    return locked([&](Data& d) { return find_in(d.instances, key); });
  }
  Result<std::vector<Instance>> instances(const InstanceFilter& filter) override {
    return locked([&](Data& d) {
      std::vector<Instance> out;
      for (auto it = d.instances.rbegin(); it != d.instances.rend() && out.size() < filter.limit; ++it)
        if (matches(filter, it->second)) out.push_back(it->second);
      return out;
    });
  }
  Result<std::vector<JournalRow>> journal(InstanceKey key, std::uint64_t seq_min,
                                          std::uint32_t limit) override {
    return locked([&](Data& d) {
      std::vector<JournalRow> out;
      for (auto it = d.journal.lower_bound({key, seq_min});
           it != d.journal.end() && it->first.first == key && out.size() < limit; ++it)
        out.push_back(it->second);
      return out;
    });
  }

 private:
  template <typename F>
  std::invoke_result_t<F, Data&> locked(F read) {
    const std::lock_guard lock(data_->mutex);
    return read(*data_);
  }
  std::shared_ptr<Data> data_;
};

}  // namespace

Store::Store() : data_(std::make_shared<Data>()) {}
Store::~Store() = default;

Result<void> Store::commit(const Batch& batch) {
  const std::lock_guard lock(data_->mutex);
  apply_definitions(*data_, batch);
  apply_instances(*data_, batch);
  apply_waits(*data_, batch);
  apply_rest(*data_, batch);
  return {};
}

Result<std::unique_ptr<persistence::Reader>> Store::reader() { return std::make_unique<MemoryReader>(data_); }

Result<std::uint64_t> Store::backup(const std::string&) {
  return fail(
      Code::kInvalid,
      "this engine keeps everything in memory: there is nothing to back up; start it with a data directory");
}

}  // namespace xf::persistence::memory
