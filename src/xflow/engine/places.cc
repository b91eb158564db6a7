// Where a frame stands: its list, its reference, its loops, its deadline.
#include <algorithm>

#include "xflow/engine/machine.h"

namespace xf::engine {

namespace {

const plan::Plan& plan_of(const plan::Plan& own, const Frame& frame) {
  return frame.function ? *frame.function : own;
}

}  // namespace

bool is_root(const Frame& frame) { return frame.parent == nullptr; }

const std::string& reference(const plan::Plan& plan, const Frame& frame) {
  static const std::string kWorkflow;
  return is_root(frame) ? kWorkflow : plan_of(plan, frame).nodes[frame.node].reference;
}

std::vector<std::uint32_t> iterations(const Frame& frame) {
  std::vector<std::uint32_t> indices;
  for (const Frame* at = &frame; at->parent; at = at->parent) {
    if (at->part != Part::kBody) continue;
    if (const auto* loop = std::get_if<ForState>(&at->parent->own)) indices.push_back(loop->index);
    if (const auto* listen = std::get_if<std::unique_ptr<ListenState>>(&at->parent->own))
      indices.push_back((*listen)->index);
  }
  std::ranges::reverse(indices);
  return indices;
}

std::string task_name(const Machine& m, const Frame& frame) {
  std::string name = reference(m.plan, frame);
  if (frame.iteration < 0) return name;
  for (const std::uint32_t index : iterations(frame)) name += '[' + std::to_string(index) + ']';
  return name;
}

TimeUs deadline(const Machine& m, const Frame& frame) {
  TimeUs nearest = 0;
  for (const Wait& wait : m.s.waits) {
    if (wait.kind != WaitKind::kTimeout && wait.kind != WaitKind::kAttempt) continue;
    const Frame* at = &frame;
    while (at && at != wait.frame) at = at->parent;
    if (at && (nearest == 0 || wait.due < nearest)) nearest = wait.due;
  }
  return nearest;
}

plan::Flow flow_of(const plan::Plan& plan, const Frame& frame) {
  const plan::Node& node = plan_of(plan, frame).nodes[frame.node];
  if (frame.chosen == 0) return node.then;
  if (const auto* choice = std::get_if<plan::Switch>(&node.body))
    return choice->cases[frame.chosen - 1u].then;
  return *std::get<plan::Try>(node.body).then;
}

const plan::TaskList* list_of(const plan::Plan& plan, const Frame& parent, Part part,
                              std::uint8_t extension) {
  if (is_root(parent)) return &plan.main;
  const plan::Node& node = plan_of(plan, parent).nodes[parent.node];
  switch (part) {
    case Part::kBefore: return &*node.extensions[extension].before;
    case Part::kAfter: return &*node.extensions[extension].after;
    case Part::kHandler: return &*std::get<plan::Try>(node.body).handler;
    case Part::kBody:
      if (const auto* sequence = std::get_if<plan::Do>(&node.body)) return &sequence->list;
      if (const auto* loop = std::get_if<plan::For>(&node.body)) return &loop->list;
      if (const auto* attempt = std::get_if<plan::Try>(&node.body)) return &attempt->list;
      if (const auto* listen = std::get_if<plan::Listen>(&node.body)) return &listen->foreach->list;
      return nullptr;
    default: return nullptr;
  }
}

plan::NodeId node_at(const plan::Plan& plan, const Frame& parent, Part part, std::uint32_t slot,
                     std::uint8_t extension) {
  const auto in = [slot](const std::vector<plan::NodeId>& ids) {
    return slot < ids.size() ? ids[slot] : plan::kNoNode;
  };
  if (is_root(parent)) return in(plan.main.tasks);
  const plan::Node& node = plan_of(plan, parent).nodes[parent.node];
  if (part == Part::kBranch) {
    const auto* fork = std::get_if<plan::Fork>(&node.body);
    return fork ? in(fork->branches) : plan::kNoNode;
  }
  if (part == Part::kFunction) {
    const auto* call = std::get_if<plan::CallFunction>(&node.body);
    if (!call) return plan::kNoNode;
    return call->body == plan::kNoNode ? plan::NodeId{0} : call->body;  // a fetched function is one task
  }
  const bool is_extension = part == Part::kBefore || part == Part::kAfter;
  if (is_extension && extension >= node.extensions.size()) return plan::kNoNode;
  if (part == Part::kBefore && !node.extensions[extension].before) return plan::kNoNode;
  if (part == Part::kAfter && !node.extensions[extension].after) return plan::kNoNode;
  if (part == Part::kHandler) {
    const auto* attempt = std::get_if<plan::Try>(&node.body);
    if (!attempt || !attempt->handler) return plan::kNoNode;
  }
  if (part == Part::kBody) {
    const auto* listen = std::get_if<plan::Listen>(&node.body);
    if (listen && !listen->foreach) return plan::kNoNode;
  }
  const plan::TaskList* list = list_of(plan, parent, part, extension);
  return list ? in(list->tasks) : plan::kNoNode;
}

Frame* next_below(const Frame& top, const Frame& at) {
  if (at.child) return at.child;
  for (const Frame* f = &at; f != &top; f = f->parent)
    if (f->next) return f->next;
  return nullptr;
}

}  // namespace xf::engine
