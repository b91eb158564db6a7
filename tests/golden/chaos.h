// Chaos: Inputs that a seed chooses, right and wrong, early, late and twice, for any definition.
#pragma once

#include "scenario.h"

namespace xf::golden {

class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : state_(seed) {}
  engine::InputBody next(Clock&);

 private:
  std::uint64_t below(std::uint64_t n);
  engine::CommandId id() { return below(12) + 1; }
  json::Value value();
  engine::Fault fault();

  std::uint64_t state_;
  bool has_started_ = false;
};

}  // namespace xf::golden
