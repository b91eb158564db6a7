#include "xflow/engine/nodes/subscription.h"

#include <algorithm>

#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

using json::Value;
using Correlation = plan::EventFilter::Correlation;

ListenState& state_of(const Frame& frame) { return *std::get<std::unique_ptr<ListenState>>(frame.own); }

// Under which name a correlation's value is kept: one for the task when the first value counts, else one for
// its place.
std::string key_of(const Correlation& correlation, std::size_t filter, bool until) {
  if (!correlation.expect) return correlation.name;
  return (until ? "until/" : "to/") + std::to_string(filter) + '/' + correlation.name;
}

const Value* expected(const ListenState& state, const std::string& key) {
  const auto it = std::ranges::find(state.correlated, key, [](const auto& entry) { return entry.first; });
  return it == state.correlated.end() ? nullptr : &it->second;
}

command::Subscribe::Filter commanded(const ListenState& state, const plan::EventFilter& filter,
                                     std::size_t index, bool until) {
  command::Subscribe::Filter out;
  for (const auto& [name, value] : filter.with) {
    if (value.is_literal())
      out.literals.emplace_back(name, value.value());
    else
      out.has_expressions = true;
  }
  for (const Correlation& correlation : filter.correlate) {
    const Value* value = expected(state, key_of(correlation, index, until));
    out.expected.emplace_back(correlation.name, value ? std::optional(*value) : std::nullopt);
  }
  return out;
}

void issue(Machine& m, const Frame& frame, CommandId id, bool until) {
  const auto filters = events::filters_of(m.node(frame), until);
  command::Subscribe subscribe{.id = id, .node = frame.node, .until = until, .filters = {}};
  for (std::size_t i = 0; i < filters.size(); ++i)
    subscribe.filters.push_back(commanded(state_of(frame), filters[i], i, until));
  // The runtime knows the definition's own nodes alone: here it offers whatever fits the literals.
  if (frame.function) {
    subscribe.node = plan::kNoNode;
    for (auto& filter : subscribe.filters) {
      filter.expected.clear();
      filter.has_expressions = false;
    }
  }
  m.issue(std::move(subscribe));
}

bool expect_all(Machine& m, Frame& frame, bool until) {
  const auto filters = events::filters_of(m.node(frame), until);
  for (std::size_t i = 0; i < filters.size(); ++i) {
    for (const Correlation& correlation : filters[i].correlate) {
      if (!correlation.expect) continue;
      Value value;
      if (!evaluate_open(m, frame, *correlation.expect, "correlate.expect", value)) return false;
      state_of(frame).correlated.emplace_back(key_of(correlation, i, until), std::move(value));
    }
  }
  return true;
}

// Those expressions of `with` that only the instance can evaluate. One that fails does not fit.
bool instance_agrees(Machine& m, const Frame& frame, const plan::EventFilter& filter, const Value& event) {
  const Place place{.arguments = arguments::kBody, .field = "with"};
  return std::ranges::all_of(filter.with, [&](const auto& entry) {
    const auto& [name, wanted] = entry;
    if (wanted.is_literal() || !events::needs_instance(wanted)) return true;
    const Value& attribute = event.get(name);
    const auto on_attribute = evaluate(m, frame, wanted, attribute, place);
    const auto on_event = evaluate(m, frame, wanted, event, place);
    return events::expression_fits(on_attribute.value_or(Datum()).value(), on_event.value_or(Datum()).value(),
                                   attribute);
  });
}

}  // namespace

bool expect(Machine& m, Frame& frame) {
  const auto& to = m.body<plan::Listen>(frame).to;
  return expect_all(m, frame, false) && (!to.until_events || expect_all(m, frame, true));
}

void subscribe(Machine& m, Frame& frame) {
  ListenState& state = state_of(frame);
  if (state.is_closed) return;
  state.held = 0;
  state.is_full = false;
  state.subscription = m.next_id();
  m.watch(frame, WaitKind::kEvents, state.subscription);
  issue(m, frame, state.subscription, false);
  if (!m.body<plan::Listen>(frame).to.until_events) return;
  state.until = m.next_id();
  m.watch(frame, WaitKind::kUntil, state.until);
  issue(m, frame, state.until, true);
}

void subscribe_again(Machine& m, Frame& frame) {
  issue(m, frame, state_of(frame).subscription, false);
  if (state_of(frame).until != 0) issue(m, frame, state_of(frame).until, true);
}

std::optional<std::size_t> fitting_filter(Machine& m, const Frame& frame, events::Probe& event, bool until) {
  const auto filters = events::filters_of(m.node(frame), until);
  if (filters.empty()) return 0;
  const ListenState& state = state_of(frame);
  const plan::EventStrategy& to = m.body<plan::Listen>(frame).to;
  const bool is_all = (until ? to.until_events->mode : to.mode) == plan::EventStrategy::Mode::kAll;
  const std::vector<bool>& met = until ? state.until_met : state.met;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    if (is_all && met[i]) continue;
    if (!event.matches(filters[i], commanded(state, filters[i], i, until))) continue;
    if (instance_agrees(m, frame, filters[i], event.event())) return i;
  }
  return std::nullopt;
}

bool correlate(Machine& m, Frame& frame, events::Probe& event, std::size_t filter) {
  const auto filters = events::filters_of(m.node(frame), false);
  if (filters.empty()) return false;
  ListenState& state = state_of(frame);
  bool is_new = false;
  for (const Correlation& correlation : filters[filter].correlate) {
    const std::string key = key_of(correlation, filter, false);
    if (expected(state, key)) continue;
    state.correlated.emplace_back(key, event.extract(correlation).value_or(Value()));
    is_new = true;
  }
  return is_new;
}

}  // namespace xf::engine::nodes
