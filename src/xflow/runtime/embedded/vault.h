// Vault: the secrets that this process was given, each by name and version, and those older versions that an
// instance may still need to be computed again. The store has them sealed. Immutable once open; any thread.
//
// Another value at the next start is a new version. An older one lives as long as an instance that was open
// before it was replaced: what such an instance computed with it is computed with it again.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/seal.h"
#include "persistence/store.h"
#include "xflow/engine/input.h"

namespace xf::runtime::embedded {

class Vault {
 public:
  // `given` is {name: value}. What is new is durable when this returns; what nobody needs any more is gone.
  static Result<std::shared_ptr<const Vault>> open(persistence::Store&, const SealKey&, json::Value given,
                                                   TimeUs now);

  // {name: value} of those that the definition declares and this process was given.
  json::Value given(const plan::Plan&) const;
  // Those versions of the definition's secrets that are not what the instance knows.
  std::vector<engine::SecretVersion> changes(const plan::Plan&,
                                             const std::vector<engine::SecretVersion>& known) const;
  // {name: value} of these versions. Code::kCorrupt: one is gone.
  Result<json::Value> values(const std::vector<engine::SecretVersion>&) const;

  std::string seal(std::string_view plain, std::string_view place) const { return xf::seal(key_, plain, place); }
  Result<std::string> unseal(std::string_view sealed, std::string_view place) const {
    return xf::unseal(key_, sealed, place);
  }

 private:
  explicit Vault(const SealKey& key) : key_(key) {}
  Result<void> read(const std::vector<persistence::Secret>&);
  void take(const json::Value& given, persistence::TenantKey, TimeUs now, persistence::Batch&);

  SealKey key_;
  std::map<std::string, std::map<std::uint64_t, json::Value>> versions_;  // null: taken away
};

}  // namespace xf::runtime::embedded
