// Machine: commands, waits and frames of one turn.
#include "xflow/engine/machine.h"

#include <algorithm>
#include <ranges>

#include "base/check.h"
#include "xflow/engine/fault.h"

namespace xf::engine {
namespace {

// Nested deeper than any definition may be written; only functions that call themselves get there.
constexpr std::uint16_t kDepthMax = 512;

Command stop_command(const Wait& wait) {
  switch (wait.kind) {
    case WaitKind::kDelay:
    case WaitKind::kTimeout:
    case WaitKind::kBackoff:
    case WaitKind::kAttempt: return command::CancelTimer{wait.id};
    case WaitKind::kCall:
    case WaitKind::kFetch: return command::CancelCall{wait.id};
    case WaitKind::kEvents:
    case WaitKind::kUntil: return command::Unsubscribe{wait.id};
    case WaitKind::kChild: return command::CancelChild{wait.id};
  }
  XF_UNREACHABLE("every kind of wait is stopped by a command");
}

// How many names a frame in this place sees beyond those that its parent sees.
std::uint16_t scope_of(const Frame& parent, Part part) {
  switch (part) {
    case Part::kRoot:
    case Part::kFunction:
    case Part::kBefore:
    case Part::kAfter: return 0;  // these begin anew with the arguments alone
    case Part::kHandler: return std::uint16_t(parent.scope + 1);
    case Part::kBranch: return parent.scope;
    case Part::kBody: break;
  }
  const bool is_loop = std::holds_alternative<ForState>(parent.own) ||
                       std::holds_alternative<std::unique_ptr<ListenState>>(parent.own);
  return std::uint16_t(parent.scope + (is_loop ? 2 : 0));
}

std::int32_t iteration_of(const Frame& parent, Part part) {
  if (part == Part::kBody) {
    if (const auto* loop = std::get_if<ForState>(&parent.own)) return std::int32_t(loop->index);
    if (const auto* listen = std::get_if<std::unique_ptr<ListenState>>(&parent.own))
      return std::int32_t((*listen)->index);
  }
  return parent.iteration;
}

}  // namespace

void Machine::watch(Frame& frame, WaitKind kind, CommandId id, TimeUs due) {
  s.waits.push_back({id, &frame, kind, due});
  ++frame.waits;
}

CommandId Machine::start_timer(Frame& frame, WaitKind kind, TimeUs due) {
  const CommandId id = next_id();
  watch(frame, kind, id, due);
  issue(command::StartTimer{id, due});
  return id;
}

void Machine::command_stop(const Wait& wait) { issue(stop_command(wait)); }

void Machine::stop(Frame& frame, WaitKind kind) {
  if (frame.waits == 0) return;
  std::erase_if(s.waits, [&](const Wait& wait) {
    if (wait.frame != &frame || wait.kind != kind) return false;
    command_stop(wait);
    --frame.waits;
    return true;
  });
}

void Machine::stop_all() {
  for (const Wait& wait : s.waits) {
    command_stop(wait);
    wait.frame->waits = 0;
  }
  s.waits.clear();
}

const Wait* Machine::find_wait(CommandId id) const {
  const auto it = std::ranges::lower_bound(s.waits, id, {}, &Wait::id);
  return it != s.waits.end() && it->id == id ? &*it : nullptr;
}

void Machine::drop_wait(CommandId id) {
  const auto it = std::ranges::lower_bound(s.waits, id, {}, &Wait::id);
  if (it == s.waits.end() || it->id != id) return;
  --it->frame->waits;
  s.waits.erase(it);
}

// ---- Frames

Frame& Machine::begin(Frame& parent, Part part, plan::NodeId node, std::uint32_t slot, Datum raw) {
  Frame& frame = *s.frames.add(&parent);
  frame.function = parent.function;
  frame.node = node;
  frame.slot = slot;
  frame.part = part;
  frame.scope = scope_of(parent, part);
  frame.iteration = iteration_of(parent, part);
  frame.raw = std::move(raw);
  frame.started_at = now;
  make_ready(frame);
  return frame;
}

Frame& Machine::begin_function(Frame& call, const plan::Plan& function, Datum raw) {
  Frame& frame = begin(call, Part::kFunction, function.main.tasks.front(), 0, std::move(raw));
  frame.function = &function;
  return frame;
}

void Machine::make_ready(Frame& frame) {
  if (std::exchange(frame.is_queued, true)) return;
  s.ready.push_back(&frame);
}

void Machine::complete(Frame& frame, Datum raw_output) {
  frame.output = std::move(raw_output);
  frame.stage = Stage::kLeave;
  make_ready(frame);
}

void Machine::end(Frame& frame) {
  if (frame.waits > 0) {
    std::erase_if(s.waits, [&](const Wait& wait) {
      if (wait.frame != &frame) return false;
      command_stop(wait);
      return true;
    });
  }
  if (frame.is_queued) std::erase(s.ready, &frame);
  s.frames.remove(&frame);
}

void Machine::abandon_children(Frame& frame) {
  if (!frame.child) return;
  std::vector<Frame*> doomed;
  for (Frame* at = frame.child; at; at = next_below(frame, *at)) doomed.push_back(at);
  bool is_waiting = false, is_queued = false;
  // What was inside ends before what held it.
  for (Frame* at : std::views::reverse(doomed)) {
    at->is_doomed = true;
    is_waiting |= at->waits > 0;
    is_queued |= at->is_queued;
    if (at->stage != Stage::kCreated && !at->has_faulted) tell(Happened::kTaskCancelled, *at);
  }
  if (is_waiting) {
    std::erase_if(s.waits, [&](const Wait& wait) {
      if (wait.frame->is_doomed) command_stop(wait);
      return wait.frame->is_doomed;
    });
  }
  if (is_queued) std::erase_if(s.ready, [](const Frame* f) { return f->is_doomed; });
  while (frame.child) s.frames.remove(frame.child);
}

void Machine::end_workflow(Frame& by, Datum output) {
  // What holds the task that said `end` ends with it, well; what ran beside it is given up.
  std::vector<Frame*> holders;
  for (Frame* at = by.parent; at->parent; at = at->parent) {
    at->has_faulted = true;  // told below
    holders.push_back(at);
  }
  Frame& root = *s.frames.root();
  end(by);
  for (Frame* holder : holders) tell(Happened::kTaskCompleted, *holder, output.shown());
  abandon_children(root);
  complete(root, std::move(output));
}

bool Machine::close_cycle(Frame& frame, std::uint32_t transitions) {
  s.cycled += transitions;
  if (s.cycled < kTransitionsWithoutInput) return true;
  raise(*this, frame,
        faults::runtime("the workflow made 1,000,000 transitions in cycles without waiting for anything"));
  return false;
}

// ---- Trace

void Machine::tell(Happened what, const Frame& frame, json::Value data) {
  turn_.trace.push_back({what, reference(plan, frame), frame.iteration, std::move(data)});
}

void Machine::tell_workflow(Happened what, json::Value data) {
  turn_.trace.push_back({what, {}, -1, std::move(data)});
}

// SplitMix64 (Steele, Lea, Flood 2014), by position: the n-th number depends on the seed and n alone.
std::uint64_t Machine::random() {
  std::uint64_t z = s.seed + ++s.draws * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace xf::engine
