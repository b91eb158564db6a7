#include "xflow/engine/lists.h"

#include <algorithm>

#include "xflow/engine/data_flow.h"
#include "xflow/engine/kinds.h"

namespace xf::engine {
namespace {

// The slot of the task that follows; list.size() when none does.
std::size_t following(const plan::TaskList& list, std::uint32_t slot, const plan::Flow& flow) {
  if (flow.directive == plan::Directive::kExit) return list.tasks.size();
  if (flow.directive != plan::Directive::kGoTo) return slot + 1u;
  return std::size_t(std::ranges::find(list.tasks, flow.target) - list.tasks.begin());
}

void list_done(Machine& m, Frame& owner, Part part, Datum output, bool is_exit) {
  if (is_root(owner)) return m.complete(owner, std::move(output));
  if (part == Part::kBefore || part == Part::kAfter)
    return extension_done(m, owner, part, std::move(output), is_exit);
  child_done(m, owner, {part, 0, std::move(output), is_exit});
}

}  // namespace

bool begin_list(Machine& m, Frame& owner, Part part, const plan::TaskList& list, Datum raw) {
  if (list.tasks.empty()) return false;
  m.begin(owner, part, list.tasks.front(), 0, std::move(raw));
  return true;
}

void place_done(Machine& m, Frame& frame, Datum output, plan::Flow flow) {
  if (flow.directive == plan::Directive::kEnd) return m.end_workflow(frame, std::move(output));
  Frame& owner = *frame.parent;
  const Part part = frame.part;
  const std::uint32_t slot = frame.slot;
  const bool is_exit = flow.directive == plan::Directive::kExit;
  const plan::TaskList* list = list_of(m.plan, owner, part, owner.extension);
  if (!list) {
    m.end(frame);
    return child_done(m, owner, {part, slot, std::move(output), is_exit});
  }
  const std::size_t next = following(*list, slot, flow);
  // Each task of the round has begun and ended: two transitions.
  if (next <= slot && !m.close_cycle(frame, 2 * std::uint32_t(slot - next + 1))) return;
  m.end(frame);
  if (next >= list->tasks.size()) return list_done(m, owner, part, std::move(output), is_exit);
  m.begin(owner, part, list->tasks[next], std::uint32_t(next), std::move(output));
}

}  // namespace xf::engine
