// What a listen task subscribes to, what it expects, and which of its filters an event fits.
#pragma once

#include <optional>

#include "xflow/engine/events.h"
#include "xflow/engine/kinds.h"

namespace xf::engine::nodes {

// Evaluates `expect` of every correlation, once. False: raised.
bool expect(Machine&, Frame&);
// Subscribes under new ids.
void subscribe(Machine&, Frame&);
// Says under the same id what is expected now.
void subscribe_again(Machine&, Frame&);

// The first filter that the event fits in full; of `all`, one that no event has met yet.
std::optional<std::size_t> fitting_filter(Machine&, const Frame&, events::Probe&, bool until);
// What the event says about correlations without an expectation is expected from now on. True: there was one.
bool correlate(Machine&, Frame&, events::Probe&, std::size_t filter);

}  // namespace xf::engine::nodes
