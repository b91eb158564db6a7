// The store in memory, for tests, the simulator and throw-away runs: what a commit brings is there at once
// and lives as long as the store. Any thread.
#pragma once

#include <memory>

#include "persistence/store.h"

namespace xf::persistence::memory {

class Store final : public persistence::Store {
 public:
  Store();
  ~Store() override;

  Result<void> commit(const Batch&) override;
  Result<std::unique_ptr<persistence::Reader>> reader() override;
  // Refused: there is nothing that would outlive the process.
  Result<std::uint64_t> backup(const std::string& target) override;

  struct Data;

 private:
  std::shared_ptr<Data> data_;
};

}  // namespace xf::persistence::memory
