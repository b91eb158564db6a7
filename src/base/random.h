// Chance: seeds from the operating system, and sortable ids as a pure function of (time, chance).
// Nothing in definition, expression, schema or engine draws from the operating system: there, chance is an
// argument.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/time.h"

namespace xf {

// 64 bits that nobody can predict. Ends the process if the operating system has none to give.
std::uint64_t random_seed();

// Two words of chance, for an id.
using Chance = std::array<std::uint64_t, 2>;
Chance random_chance();

// The next number of a small, fast generator (SplitMix64); its state is the argument. Good for jitter and ids
// that are derived from a journaled seed; never for anything that must not be guessed.
std::uint64_t next_random(std::uint64_t& state);

// A UUID version 7 (RFC 9562): 36 characters, lower case; text order is time order, to the millisecond.
// Times before 1970 count as 1970. Uses 74 bits of the chance.
std::string uuid_v7(TimeUs at, const Chance&);

}  // namespace xf
