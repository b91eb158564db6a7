// Any bytes behind a good head: loading never crashes; what is refused is refused with a reason; what loads,
// loads again from its canonical source with the same digest, in a Plan whose every id is in range.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "xflow/definition/load.h"

using namespace xf;

namespace {

void check_list(const plan::Plan& plan, const plan::TaskList& list) {
  for (const plan::NodeId id : list.tasks) XF_CHECK(id < plan.nodes.size(), "a task is a node");
}

void check_plan(const plan::Plan& plan) {
  check_list(plan, plan.main);
  for (const plan::Node& node : plan.nodes) {
    XF_CHECK(!node.reference.empty(), "every node was read");
    const bool goes = node.then.directive == plan::Directive::kGoTo;
    XF_CHECK(goes == (node.then.target != plan::kNoNode), "only 'go to' has a target");
    XF_CHECK(!goes || node.then.target < plan.nodes.size(), "a target is a node");
    for (const plan::Extension& e : node.extensions) {
      if (e.before) check_list(plan, *e.before);
      if (e.after) check_list(plan, *e.after);
    }
  }
}

void check(const std::string& text, bool strict) {
  const auto plan = definition::load(text, {.strict = strict});
  if (!plan) {
    XF_CHECK(!plan.error().empty() && !plan.error()[0].message.empty(), "a refusal says why");
    return;
  }
  check_plan(**plan);
  const auto again = definition::load(definition::stored_source(**plan), {.strict = strict});
  XF_CHECK(again && (*again)->digest == (*plan)->digest, "a definition is its canonical source");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(std::string(text), false);
  check("document: {dsl: 1.0.3, namespace: n, name: n, version: 1.0.0}\n" + std::string(text), size % 2 == 0);
  return 0;
}
