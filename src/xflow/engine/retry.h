// Retry: whether a try does its work again, and after how long.
//
// The n-th retry (from 1) waits, where the specification leaves it open:
//   constant      delay
//   linear        n * delay
//   exponential   2^(n-1) * delay
// plus, with jitter, a number of milliseconds drawn evenly from [from, to] out of the instance's own chance.
#pragma once

#include <expected>
#include <optional>

#include "xflow/engine/machine.h"

namespace xf::engine {

// When the next attempt begins; nothing: the limits are reached, or `when`/`exceptWhen` say no.
std::expected<std::optional<TimeUs>, Fault> next_attempt(Machine&, const Frame& attempt,
                                                         const plan::RetryPolicy&, const json::Value& error);

}  // namespace xf::engine
