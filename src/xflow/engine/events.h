// Events: whether a CloudEvent (in JSON form) is what a subscription waits for. Pure; used by a runtime's
// matcher before it delivers, and by the engine when it receives: what an instance alone can know (its
// context, its input) only the engine can ask, so a matcher may deliver too much, never too little.
//
// A runtime can index Subscribe::Filter::literals by attribute and value (a literal that is no plain text for
// may_be_pattern() matches by equality alone) and `expected` by (correlation, value). Whoever asks about one
// event many times shares one Probe.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
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

// One event, asked by many: each distinct expression is evaluated over it once, whatever the number of
// subscriptions, schedules and instances that have it.
class Probe {
 public:
  // `extracted`: what another Probe's extracted() gave for this event, which is believed; null: nothing.
  Probe(json::Value event, TimeUs now, json::Value extracted = {})
      : event_(std::move(event)), extracted_(std::move(extracted)), now_(now) {}
  const json::Value& event() const { return event_; }

  // As literal_matches().
  bool literal_fits(const std::string& attribute, const json::Value& literal);
  // The value that a correlation extracts; nothing when the expression fails or gives null.
  std::optional<json::Value> extract(const plan::EventFilter::Correlation&);
  // Whether the event fits the filter's `with`, as far as it can be known outside the instance.
  bool with_fits(const plan::EventFilter&);
  // The same, and the correlations that the subscription has an expectation for.
  bool matches(const plan::EventFilter&, const command::Subscribe::Filter&);

  // `from` → value, for the correlations of these filters; null when they have none.
  json::Value extracted(std::span<const plan::EventFilter>);
  // How often an expression was evaluated.
  std::size_t evaluations() const { return evaluations_; }

 private:
  const json::Value& ask(const plan::Template&, std::string_view attribute);

  json::Value event_, extracted_;
  TimeUs now_;
  std::map<std::pair<std::string, std::string>, json::Value> known_;  // by attribute and expression
  std::map<std::pair<std::string, std::string>, bool> patterns_;            // by attribute and pattern
  json::Value last_;
  std::size_t evaluations_ = 0;
};

// What a task reads of an event.
json::Value read(const json::Value& event, plan::EventRead);

// What an expression gives without an instance: every name is null in it; null also when it fails.
json::Value alone(const plan::Template&, const json::Value& input = {}, TimeUs now = 0);
// Whether only an instance can evaluate it.
bool needs_instance(const plan::Template&);
// An expression of `with`: true over the attribute or over the whole event, or a value that the attribute
// equals.
bool expression_fits(const json::Value& result_on_attribute, const json::Value& result_on_event,
                     const json::Value& attribute);

}  // namespace xf::engine::events
