// Chance: all that the simulator leaves to chance comes from one seed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.h"

namespace xf::simulation {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return next_random(state_); }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  std::int64_t between(std::int64_t from, std::int64_t to) {
    return from + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(to - from) + 1));
  }
  bool percent(unsigned p) { return below(100) < p; }
  bool per_mille(unsigned p) { return below(1000) < p; }

 private:
  std::uint64_t state_;
};

}  // namespace xf::simulation
