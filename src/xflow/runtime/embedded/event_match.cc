#include "xflow/runtime/embedded/event_match.h"

#include <algorithm>
#include <array>

#include "base/json/print.h"
#include "base/regex/regex.h"

namespace xf::runtime::embedded {

using json::Value;

namespace {

// Enough for every variable that may be in scope; all null, for no instance is asked.
constexpr std::size_t kVariables = plan::kArguments + 64;

bool uses_variables(const plan::Template& expression) {
  for (std::size_t i = 0; i < kVariables; ++i)
    if (expression.uses(i)) return true;
  return false;
}

std::optional<Value> evaluate(const plan::Template& expression, const Value& event, TimeUs now) {
  static const std::array<Value, kVariables> kNone{};
  auto out = expression.evaluate(event, kNone, {.now = now, .limits = {}});
  if (!out) return std::nullopt;
  return *std::move(out);
}

// A boolean decides; any other value is what the attribute must be.
bool expression_fits(const plan::Template& expression, const Value& attribute, const Value& event,
                     TimeUs now) {
  if (uses_variables(expression)) return true;
  const auto value = evaluate(expression, event, now);
  if (!value) return false;
  return value->is_bool() ? value->as_bool() : literal_fits(*value, attribute);
}

bool expressions_fit(const plan::EventFilter& filter, const Value& event, TimeUs now) {
  return std::ranges::all_of(filter.with, [&](const auto& attribute) {
    return attribute.second.is_literal() ||
           expression_fits(attribute.second, event.get(attribute.first), event, now);
  });
}

}  // namespace

Result<void> check_event(const Value& event) {
  if (!event.is_object())
    return fail(Code::kInvalid, "an event is a JSON object in the form of CloudEvents 1.0");
  for (const auto* name : {"specversion", "id", "source", "type"}) {
    const auto& value = event.get(name);
    if (!value.is_string() || value.size() == 0)
      return fail(Code::kInvalid, std::string("an event needs `") + name + "`, a text that is not empty");
  }
  if (event.get("specversion").as_string() != "1.0")
    return fail(Code::kInvalid, "`specversion` is \"1.0\"; other versions of CloudEvents are not known here");
  return {};
}

bool is_exact(const Value& literal) {
  return !literal.is_string() ||
         literal.as_string().find_first_of(".*+?[](){}|^$\\") == std::string_view::npos;
}

bool literal_fits(const Value& literal, const Value& attribute) {
  if (literal == attribute) return true;
  if (is_exact(literal) || !attribute.is_string()) return false;
  const auto pattern = Regex::compile("\\A(?:" + std::string(literal.as_string()) + ")\\z");
  return pattern && pattern->search(attribute.as_string()) == Regex::Found::kYes;
}

const plan::EventFilter* filter_of(const plan::Plan& plan, plan::NodeId node, bool until,
                                   std::size_t filter) {
  if (node >= plan.nodes.size()) return nullptr;
  const auto* listen = std::get_if<plan::Listen>(&plan.nodes[node].body);
  if (listen == nullptr) return nullptr;
  const plan::EventStrategy* strategy = until ? listen->to.until_events.get() : &listen->to;
  return strategy != nullptr && filter < strategy->filters.size() ? &strategy->filters[filter] : nullptr;
}

std::optional<Value> extract(const plan::EventFilter& filter, std::string_view correlation,
                             const Value& event, TimeUs now) {
  for (const auto& candidate : filter.correlate)
    if (candidate.name == correlation) return evaluate(candidate.from, event, now);
  return std::nullopt;
}

bool fits(const plan::Plan& plan, const engine::command::Subscribe& subscribe, std::size_t index,
          const Value& event, TimeUs now) {
  if (subscribe.filters.empty()) return true;
  if (index >= subscribe.filters.size()) return false;
  const auto& wanted = subscribe.filters[index];
  for (const auto& [name, literal] : wanted.literals)
    if (!literal_fits(literal, event.get(name))) return false;
  const auto* filter = filter_of(plan, subscribe.node, subscribe.until, index);
  if (filter == nullptr) return wanted.expected.empty() && !wanted.has_expressions;
  for (const auto& [name, expected] : wanted.expected) {
    const auto value = extract(*filter, name, event, now);
    if (!value || (expected && *value != *expected)) return false;
  }
  return !wanted.has_expressions || expressions_fit(*filter, event, now);
}

bool fits(const plan::EventFilter& filter, const Value& event, TimeUs now) {
  for (const auto& [name, wanted] : filter.with)
    if (wanted.is_literal() && !literal_fits(wanted.value(), event.get(name))) return false;
  return expressions_fit(filter, event, now);
}

}  // namespace xf::runtime::embedded
