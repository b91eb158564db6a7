#include "xflow/engine/events.h"

#include <algorithm>

#include "base/json/print.h"
#include "base/regex/regex.h"

namespace xf::engine::events {
namespace {

using json::Value;

Value evaluate_alone(const plan::Template& t, const Value& input, TimeUs now) {
  static const std::vector<Value> kNothing(64);
  auto result = t.evaluate(input, kNothing, expression::Environment{.now = now, .limits = {}});
  return result ? *std::move(result) : Value();
}

bool attribute_fits(const plan::Template& wanted, const Value& attribute, const Value& event, TimeUs now) {
  if (wanted.is_literal()) return literal_matches(wanted.value(), attribute);
  if (needs_instance(wanted)) return true;  // the engine will ask
  return expression_fits(evaluate_alone(wanted, attribute, now), evaluate_alone(wanted, event, now),
                         attribute);
}

bool with_fits(const plan::EventFilter& filter, const Value& event, TimeUs now) {
  return std::ranges::all_of(filter.with, [&](const auto& entry) {
    return attribute_fits(entry.second, event.get(entry.first), event, now);
  });
}

}  // namespace

// Without an instance there are no arguments; names that loops or errors give are not there either.
bool needs_instance(const plan::Template& t) {
  constexpr std::size_t kVariablesMax = 64;
  for (std::size_t i = 0; i < kVariablesMax; ++i)
    if (t.uses(i)) return true;
  return false;
}

bool may_be_pattern(std::string_view text) {
  return text.find_first_of("\\^$.|?*+()[]{}") != std::string_view::npos;
}

bool literal_matches(const Value& wanted, const Value& attribute) {
  if (wanted == attribute) return true;
  if (!wanted.is_string() || !attribute.is_string() || !may_be_pattern(wanted.as_string())) return false;
  const auto regex = Regex::compile("\\A(?:" + std::string(wanted.as_string()) + ")\\z");
  return regex && regex->search(attribute.as_string()) == Regex::Found::kYes;
}

bool expression_fits(const Value& on_attribute, const Value& on_event, const Value& attribute) {
  const auto fits = [&](const Value& result) {
    if (result.is_bool()) return result.as_bool();
    return !result.is_null() && literal_matches(result, attribute);
  };
  return fits(on_attribute) || fits(on_event);
}

std::span<const plan::EventFilter> filters_of(const plan::Node& node, bool until) {
  const plan::EventStrategy& strategy = std::get<plan::Listen>(node.body).to;
  return until ? strategy.until_events->filters : strategy.filters;
}

std::optional<Value> extract(const plan::EventFilter::Correlation& correlation, const Value& event,
                             TimeUs now) {
  Value value =
      correlation.from.is_literal() ? correlation.from.value() : evaluate_alone(correlation.from, event, now);
  if (value.is_null()) return std::nullopt;
  return value;
}

bool matches(const plan::EventFilter& filter, const command::Subscribe::Filter& commanded, const Value& event,
             TimeUs now) {
  if (!with_fits(filter, event, now)) return false;
  for (std::size_t i = 0; i < filter.correlate.size(); ++i) {
    const auto value = extract(filter.correlate[i], event, now);
    if (!value) return false;
    const auto& expected = commanded.expected[i].second;
    if (expected && *expected != *value) return false;
  }
  return true;
}

std::optional<std::uint32_t> first_match(const plan::Node& node, const command::Subscribe& subscribe,
                                         const Value& event, TimeUs now) {
  const auto filters = filters_of(node, subscribe.until);
  if (filters.empty()) return 0;
  for (std::uint32_t i = 0; i < filters.size() && i < subscribe.filters.size(); ++i)
    if (matches(filters[i], subscribe.filters[i], event, now)) return i;
  return std::nullopt;
}

bool matches(const plan::EventFilter& filter, const Value& event, TimeUs now) {
  return with_fits(filter, event, now) && std::ranges::all_of(filter.correlate, [&](const auto& correlation) {
           const auto value = extract(correlation, event, now);
           return value && (!correlation.expect || evaluate_alone(*correlation.expect, event, now) == *value);
         });
}

Value read(const Value& event, plan::EventRead mode) {
  if (mode == plan::EventRead::kEnvelope) return event;
  const Value* binary = event.find("data_base64");
  if (mode == plan::EventRead::kRaw) {
    if (binary) return *binary;
    const Value& data = event.get("data");
    return data.is_string() ? data : Value::string(json::print(data));
  }
  return binary ? *binary : event.get("data");
}

}  // namespace xf::engine::events
