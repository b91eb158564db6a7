// Events: whether a CloudEvent (in JSON form) is what a subscription waits for. Pure; used by a runtime's
// matcher before it delivers, and by the engine when it receives: what an instance alone can know (its
// context, its input) only the engine can ask, so a matcher may deliver too much, never too little.
//
// A runtime can index Subscribe::Filter::literals by attribute and value (a literal that is no plain text for
// may_be_pattern() matches by equality alone) and `expected` by (correlation, value), with extract()
// evaluated once for each event and distinct `from`.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "xflow/engine/command.h"

namespace xf::engine::events {

// The attribute equals the wanted value, or all of it matches the wanted text as a regular expression, if
// that compiles.
bool literal_matches(const json::Value& wanted, const json::Value& attribute);
// False: the text matches nothing but itself.
bool may_be_pattern(std::string_view text);

// The filters that a Subscribe of this node is about; empty: every event.
std::span<const plan::EventFilter> filters_of(const plan::Node&, bool until);

// The value that a correlation extracts; nothing when the expression fails or gives null.
std::optional<json::Value> extract(const plan::EventFilter::Correlation&, const json::Value& event,
                                   TimeUs now);

// Whether the event fits one filter, as far as it can be known outside the instance.
bool matches(const plan::EventFilter&, const command::Subscribe::Filter&, const json::Value& event,
             TimeUs now);
// The first filter of the subscription that the event fits.
std::optional<std::uint32_t> first_match(const plan::Node&, const command::Subscribe&,
                                         const json::Value& event, TimeUs now);

// The same without an instance: for a schedule's `on`.
bool matches(const plan::EventFilter&, const json::Value& event, TimeUs now);

// What a task reads of an event.
json::Value read(const json::Value& event, plan::EventRead);

// Whether only an instance can evaluate it.
bool needs_instance(const plan::Template&);
// An expression of `with`: true over the attribute or over the whole event, or a value that the attribute
// equals.
bool expression_fits(const json::Value& result_on_attribute, const json::Value& result_on_event,
                     const json::Value& attribute);

}  // namespace xf::engine::events
