// Whether an event is one that a subscription waits for.
#pragma once

#include <optional>
#include <string_view>

#include "xflow/engine/command.h"

namespace xf::runtime::embedded {

// A complete CloudEvent in JSON form; the message says what is missing.
Result<void> check_event(const json::Value& event);

// Equal; or both are texts, the literal compiles as a regular expression and matches all of the other.
bool literal_fits(const json::Value& literal, const json::Value& attribute);
// A literal that cannot match anything but itself.
bool is_exact(const json::Value& literal);

// The filter of the node (of its `until` when so asked) that a subscription's filter of this number stands
// for.
const plan::EventFilter* filter_of(const plan::Plan&, plan::NodeId, bool until, std::size_t filter);
// What a correlation extracts from an event; nothing when its expression fails.
std::optional<json::Value> extract(const plan::EventFilter&, std::string_view correlation,
                                   const json::Value& event, TimeUs now);

// All that a subscription's filter asks. An expression that looks at the instance's own data is left to the
// engine.
bool fits(const plan::Plan&, const engine::command::Subscribe&, std::size_t filter, const json::Value& event,
          TimeUs now);
// The same for a filter of a definition that belongs to no instance (schedules).
bool fits(const plan::EventFilter&, const json::Value& event, TimeUs now);

}  // namespace xf::runtime::embedded
