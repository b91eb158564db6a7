// The way to a task that an instance can be set back to: through `do` and `try` alone. Elsewhere a task needs
// more than its input to make sense: a loop its items, a fork its other branches, a handler the error, a
// function its call.
#include <ranges>

#include "xflow/engine/control.h"

namespace xf::engine {
namespace {

const plan::TaskList* plain_list(const plan::Node& node) {
  if (const auto* sequence = std::get_if<plan::Do>(&node.body)) return &sequence->list;
  if (const auto* attempt = std::get_if<plan::Try>(&node.body)) return &attempt->list;
  return nullptr;
}

bool find(const plan::Plan& plan, const plan::TaskList& list, std::string_view reference,
          std::vector<Step>& path) {
  for (std::uint32_t slot = 0; slot < list.tasks.size(); ++slot) {
    const plan::Node& node = plan.nodes[list.tasks[slot]];
    path.push_back({list.tasks[slot], slot});
    if (node.reference == reference) return true;
    const plan::TaskList* inner = plain_list(node);
    if (inner && find(plan, *inner, reference, path)) return true;
    path.pop_back();
  }
  return false;
}

}  // namespace

Result<std::vector<Step>> path_to(const plan::Plan& plan, std::string_view reference) {
  std::vector<Step> path;
  if (find(plan, plan.main, reference, path)) return path;
  const std::string name(reference);
  for (const plan::Node& node : plan.nodes) {
    if (node.reference == reference)
      return fail(Code::kInvalid,
                  name +
                      " lies inside a loop, a fork, a handler, an extension or a function, where its data "
                      "alone does not say where the workflow stands; reset to the task that holds it");
  }
  return fail(Code::kInvalid, "this definition has no task " + name + "; a position reads like /do/2/pay");
}

}  // namespace xf::engine
