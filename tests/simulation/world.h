// World: everything around one Driver, in virtual time on one thread: clients, a service, a disk that fails,
// a clock that jumps, a process that dies between any two steps. All chance comes from one seed; the Auditor
// watches from outside.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mutant.h"
#include "shared.h"

namespace xf::simulation {

struct Options {
  std::uint64_t seed = 1;
  Mutant mutant = Mutant::kNone;
  bool is_told = false;  // step by step on standard output
};

struct Outcome {
  std::vector<std::string> problems;  // empty: right
  Stats stats;
};

// One simulation, from the first start to the end of the last instance. Needs expression::kStackBytes of C
// stack.
Outcome simulate(const Options&);

}  // namespace xf::simulation
