// What the driver asks about an event: whether it is one, and whether it fits a subscription.
#pragma once

#include "xflow/engine/events.h"

namespace xf::runtime::embedded {

// A complete CloudEvent in JSON form; the message says what is missing.
Result<void> check_event(const json::Value& event);

// The filters of the node that a subscription is about; empty: every event, or no such node any more.
std::span<const plan::EventFilter> filters_of(const plan::Plan&, plan::NodeId, bool until);

// All that a subscription's filter asks. An expression that looks at the instance's own data is left to the
// engine.
bool fits(const plan::Plan&, const engine::command::Subscribe&, std::size_t filter, engine::events::Probe&);

}  // namespace xf::runtime::embedded
