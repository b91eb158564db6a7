#include "xflow/engine/events.h"

#include <algorithm>

#include "base/json/print.h"
#include "base/regex/regex.h"

namespace xf::engine::events {
namespace {

using json::Value;

// Enough for every name that a definition of the greatest nesting can have in scope.
constexpr std::size_t kVariablesMax = plan::kArguments + 256;

}  // namespace

Value alone(const plan::Template& t, const Value& input, TimeUs now) {
  static const std::vector<Value> kNothing(kVariablesMax);
  auto result = t.evaluate(input, kNothing, expression::Environment{.now = now, .limits = {}});
  return result ? *std::move(result) : Value();
}

// Without an instance there are no arguments; names that loops or errors give are not there either.
bool needs_instance(const plan::Template& t) {
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

// The whole event is the attribute without a name.
const Value& Probe::ask(const plan::Template& t, std::string_view attribute) {
  const Value& input = attribute.empty() ? event_ : event_.get(attribute);
  if (t.program() == nullptr) {  // text around expressions, or a structure: rare, and without one text
    ++evaluations_;
    return last_ = alone(t, input, now_);
  }
  const auto [known, is_new] =
      known_.try_emplace({std::string(attribute), std::string(t.program()->source())});
  if (is_new) {
    ++evaluations_;
    known->second = alone(t, input, now_);
  }
  return known->second;
}

std::optional<Value> Probe::extract(const plan::EventFilter::Correlation& correlation) {
  const plan::Template& from = correlation.from;
  const Value* given = from.program() ? extracted_.find(from.program()->source()) : nullptr;
  const Value& value = given ? *given : from.is_literal() ? from.value() : ask(from, {});
  if (value.is_null()) return std::nullopt;
  return value;
}

// A regular expression is compiled once, whoever has it.
bool Probe::literal_fits(const std::string& attribute, const Value& literal) {
  const Value& value = event_.get(attribute);
  if (literal == value || !literal.is_string() || !may_be_pattern(literal.as_string())) return literal == value;
  const auto [known, is_new] = patterns_.try_emplace({attribute, std::string(literal.as_string())});
  if (is_new) known->second = literal_matches(literal, value);
  return known->second;
}

bool Probe::with_fits(const plan::EventFilter& filter) {
  return std::ranges::all_of(filter.with, [&](const auto& entry) {
    const auto& [name, wanted] = entry;
    const Value& attribute = event_.get(name);
    if (wanted.is_literal()) return literal_fits(name, wanted.value());
    if (needs_instance(wanted)) return true;  // the engine will ask
    const Value on_attribute = ask(wanted, name);
    return expression_fits(on_attribute, ask(wanted, {}), attribute);
  });
}

bool Probe::matches(const plan::EventFilter& filter, const command::Subscribe::Filter& commanded) {
  if (!with_fits(filter)) return false;
  for (std::size_t i = 0; i < filter.correlate.size(); ++i) {
    const auto value = extract(filter.correlate[i]);
    if (!value) return false;
    const auto& expected = commanded.expected[i].second;
    if (expected && *expected != *value) return false;
  }
  return true;
}

Value Probe::extracted(std::span<const plan::EventFilter> filters) {
  Value out;
  for (const plan::EventFilter& filter : filters) {
    for (const plan::EventFilter::Correlation& correlation : filter.correlate) {
      if (!correlation.from.program()) continue;
      if (out.is_null()) out = Value::object();
      out = std::move(out).with(correlation.from.program()->source(),
                                extract(correlation).value_or(Value()));
    }
  }
  return out;
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
