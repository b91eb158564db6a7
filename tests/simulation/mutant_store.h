// MutantStore: the store as a wrong program would use it. Without a mutant it passes everything through.
#pragma once

#include "persistence/memory/store.h"
#include "program.h"
#include "world.h"

namespace xf::simulation {

class MutantStore final : public persistence::Store {
 public:
  MutantStore(persistence::Store& inner, Mutant mutant, Chance& chance) : inner_(inner), mutant_(mutant), chance_(chance) {}

  Result<void> commit(const persistence::Batch&) override;
  Result<std::unique_ptr<persistence::Reader>> reader() override { return inner_.reader(); }
  Result<std::uint64_t> backup(const std::string& target) override { return inner_.backup(target); }

 private:
  persistence::Batch spoiled(persistence::Batch);

  persistence::Store& inner_;
  Mutant mutant_;
  Chance& chance_;
};

}  // namespace xf::simulation
