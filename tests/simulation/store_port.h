// StorePort: what lies between the driver and the disk: reads fail when chance wants it, and mutants spoil
// what passes.
#pragma once

#include "chance.h"
#include "mutant.h"
#include "persistence/store.h"

namespace xf::simulation {

class StorePort final : public persistence::Store {
 public:
  StorePort(persistence::Store& disk, Mutant mutant, Chance& chance)
      : disk_(disk), mutant_(mutant), chance_(chance) {}

  Result<void> commit(const persistence::Batch&) override;
  Result<std::unique_ptr<persistence::Reader>> reader() override;
  Result<std::uint64_t> backup(const std::string& target) override { return disk_.backup(target); }

  void set_read_failures(unsigned per_mille) { failing_per_mille_ = per_mille; }
  std::uint64_t failed_reads() const { return failed_reads_; }

 private:
  void spoil(persistence::Batch&);
  bool read_fails();

  persistence::Store& disk_;
  const Mutant mutant_;
  Chance& chance_;
  unsigned failing_per_mille_ = 0;
  std::uint64_t failed_reads_ = 0;
};

}  // namespace xf::simulation
