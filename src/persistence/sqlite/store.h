// The store in one SQLite file (WAL, synchronous=FULL): commit() returns after the log is on the disk. The
// data directory is locked against a second process as long as the store lives.
#pragma once

#include <memory>
#include <string>

#include "persistence/store.h"

namespace xf::persistence::sqlite {

class Store final : public persistence::Store {
 public:
  // kConflict: another process has it. kInvalid: a newer format, or not ours.
  static Result<std::unique_ptr<Store>> open(const std::string& directory);
  ~Store() override;

  Result<void> commit(const Batch&) override;
  Result<std::unique_ptr<persistence::Reader>> reader() override;
  Result<std::uint64_t> backup(const std::string& target) override;
  Usage usage() const override;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl>);
  std::unique_ptr<Impl> impl_;
};

}  // namespace xf::persistence::sqlite
