// Limits: how much an instance holds.
#pragma once

#include "xflow/engine/state.h"

namespace xf::engine {

// A value up to this weight is let in without weighing the whole instance.
inline constexpr std::size_t kWeighedBytes = 64u << 10;

// The weight of what the instance holds and of one more value that is to come in. A large value held twice
// counts once.
std::size_t instance_weight(Instance::State&, const Datum& more);

}  // namespace xf::engine
