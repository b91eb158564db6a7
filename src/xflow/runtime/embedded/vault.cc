#include "xflow/runtime/embedded/vault.h"

#include <algorithm>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "base/random.h"
#include "xflow/runtime/embedded/describe.h"
#include "xflow/runtime/embedded/ids.h"

namespace xf::runtime::embedded {
namespace {

using json::Value;
using persistence::Secret;

// Until there are more tenants, what the process is given is this one's.
constexpr const char* kTenant = "default";

std::string place_of(const Secret& row) {
  return "secret " + std::to_string(row.tenant) + " " + row.name + " " + std::to_string(row.version);
}

Result<persistence::TenantKey> tenant_of(persistence::Reader& reader, persistence::Batch& batch) {
  XF_TRY_ASSIGN(const auto tenants, reader.tenants());
  const auto found = std::ranges::find(tenants, kTenant, &persistence::Tenant::name);
  if (found != tenants.end()) return found->key;
  XF_TRY_ASSIGN(const auto counters, reader.counters());
  batch.tenants.push_back({counters.tenant + 1, kTenant, random_seed()});
  return counters.tenant + 1;
}

// Whether an instance that is still open began before this time.
Result<bool> may_be_needed(persistence::Reader& reader, persistence::TenantKey tenant, TimeUs until) {
  XF_TRY_ASSIGN(const auto found, reader.instances({.tenant = tenant,
                                                    .statuses = open_statuses(),
                                                    .key_before = first_key_at(until),
                                                    .limit = 1}));
  return !found.empty();
}

}  // namespace

Result<std::shared_ptr<const Vault>> Vault::open(persistence::Store& store, const SealKey& key, Value given,
                                                 TimeUs now) {
  std::shared_ptr<Vault> vault(new Vault(key));
  XF_TRY_ASSIGN(const auto reader, store.reader());
  XF_TRY_ASSIGN(const auto rows, reader->secrets());
  XF_TRY(vault->read(rows));
  if (rows.empty() && given.size() == 0) return vault;
  persistence::Batch batch;
  XF_TRY_ASSIGN(const auto tenant, tenant_of(*reader, batch));
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    if (rows[i].name != rows[i + 1].name || rows[i].tenant != rows[i + 1].tenant) continue;  // the newest
    XF_TRY_ASSIGN(const bool needed, may_be_needed(*reader, rows[i].tenant, rows[i + 1].since));
    if (needed) continue;
    batch.secrets_gone.push_back(rows[i]);
    vault->versions_[rows[i].name].erase(rows[i].version);
  }
  vault->take(given, tenant, now, batch);
  if (!batch.empty()) XF_TRY(store.commit(batch));
  return vault;
}

Result<void> Vault::read(const std::vector<Secret>& rows) {
  for (const Secret& row : rows) {
    Value& value = versions_[row.name][row.version];
    if (row.sealed.empty()) continue;
    auto plain = unseal(row.sealed, place_of(row));
    if (!plain)
      return fail(Code::kInvalid, "the secrets in the data directory were sealed with another key than the one there");
    XF_TRY_ASSIGN(value, json::parse(*plain));
  }
  return {};
}

void Vault::take(const Value& given, persistence::TenantKey tenant, TimeUs now, persistence::Batch& batch) {
  for (const json::Member& member : given.members()) versions_[std::string(member.key.as_string())];
  for (auto& [name, versions] : versions_) {
    const Value& value = given.get(name);
    if (versions.empty() ? value.is_null() : versions.rbegin()->second == value) continue;
    Secret row{.tenant = tenant,
               .name = name,
               .version = versions.empty() ? 1 : versions.rbegin()->first + 1,
               .since = now};
    if (!value.is_null()) row.sealed = seal(json::print(value), place_of(row));
    versions[row.version] = value;
    batch.secrets.push_back(std::move(row));
  }
}

Value Vault::given(const plan::Plan& plan) const {
  Value out = Value::object();
  for (const std::string& name : plan.secrets) {
    const auto found = versions_.find(name);
    if (found == versions_.end() || found->second.empty() || found->second.rbegin()->second.is_null()) continue;
    out = std::move(out).with(name, found->second.rbegin()->second);
  }
  return out;
}

std::vector<engine::SecretVersion> Vault::changes(const plan::Plan& plan,
                                                  const std::vector<engine::SecretVersion>& known) const {
  std::vector<engine::SecretVersion> out;
  for (const std::string& name : plan.secrets) {
    engine::SecretVersion now{.name = name};
    if (const auto found = versions_.find(name); found != versions_.end() && !found->second.empty())
      if (!found->second.rbegin()->second.is_null()) now.version = found->second.rbegin()->first;
    const auto before = std::ranges::find(known, name, &engine::SecretVersion::name);
    if (now.version != (before == known.end() ? 0 : before->version)) out.push_back(std::move(now));
  }
  return out;
}

Result<Value> Vault::values(const std::vector<engine::SecretVersion>& wanted) const {
  Value out = Value::object();
  for (const engine::SecretVersion& one : wanted) {
    if (one.version == 0) continue;
    const auto name = versions_.find(one.name);
    const Value* value = nullptr;
    if (name != versions_.end())
      if (const auto version = name->second.find(one.version); version != name->second.end())
        value = &version->second;
    if (!value)
      return fail(Code::kCorrupt, "version " + std::to_string(one.version) + " of the secret '" + one.name +
                                      "', which the instance has read, is not there any more");
    out = std::move(out).with(one.name, *value);
  }
  return out;
}

}  // namespace xf::runtime::embedded
