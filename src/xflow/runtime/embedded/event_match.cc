#include "xflow/runtime/embedded/event_match.h"

namespace xf::runtime::embedded {

using json::Value;

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

std::span<const plan::EventFilter> filters_of(const plan::Plan& plan, plan::NodeId node, bool until) {
  const auto* listen =
      node < plan.nodes.size() ? std::get_if<plan::Listen>(&plan.nodes[node].body) : nullptr;
  if (listen == nullptr || (until && !listen->to.until_events)) return {};
  return engine::events::filters_of(plan.nodes[node], until);
}

bool fits(const plan::Plan& plan, const engine::command::Subscribe& subscribe, std::size_t index,
          engine::events::Probe& event) {
  if (subscribe.filters.empty()) return true;
  // Of a fetched function, whose nodes are not the plan's: the instance judges each event that is offered.
  if (subscribe.node == plan::kNoNode) return index < subscribe.filters.size();
  const auto filters = filters_of(plan, subscribe.node, subscribe.until);
  return index < subscribe.filters.size() && index < filters.size() &&
         event.matches(filters[index], subscribe.filters[index]);
}

}  // namespace xf::runtime::embedded
