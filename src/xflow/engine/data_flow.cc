#include "xflow/engine/data_flow.h"

#include <algorithm>

#include "xflow/engine/fault.h"
#include "xflow/engine/kinds.h"
#include "xflow/engine/limits.h"
#include "xflow/engine/lists.h"
#include "xflow/engine/resources.h"
#include "xflow/engine/scope.h"

namespace xf::engine {
namespace {

struct Filters {
  const plan::Filter& input;
  const plan::Filter& output;
  const plan::Filter& export_;
};
Filters filters_of(const Machine& m, const Frame& frame) {
  static const plan::Filter kNone;
  if (is_root(frame)) return {m.plan.input, m.plan.output, kNone};
  const plan::Node& node = m.node(frame);
  return {node.input, node.output, node.export_};
}

const std::optional<plan::Duration>& timeout_of(const Machine& m, const Frame& frame) {
  return is_root(frame) ? m.plan.timeout : m.node(frame).timeout;
}

void skip(Machine& m, Frame& frame) {
  m.tell(Happened::kTaskSkipped, frame);
  place_done(m, frame, frame.raw, plan::Flow{});
}

bool begin_task(Machine& m, Frame& frame) {
  if (is_root(frame)) return begin_timeout(m, frame);
  const plan::Node& node = m.node(frame);
  if (node.condition) {
    Datum wanted;
    if (!evaluate_to(m, frame, *node.condition, frame.raw, {.arguments = arguments::kBefore, .field = "if"},
                     wanted))
      return false;
    if (!wanted.value().truthy()) {
      skip(m, frame);
      return false;
    }
  }
  m.tell(Happened::kTaskCreated, frame);
  m.tell(Happened::kTaskStarted, frame);
  return begin_timeout(m, frame);
}

// Begins the list of the extension if it applies. False: it has begun, or its condition was raised.
enum class Begun : std::uint8_t { kNo, kYes, kRaised };
Begun begin_extension(Machine& m, Frame& frame, Part part, const Datum& input) {
  const plan::Extension& extension = m.node(frame).extensions[frame.extension];
  const auto& list = part == Part::kBefore ? extension.before : extension.after;
  if (!list || list->tasks.empty()) return Begun::kNo;
  if (extension.when) {
    Datum wanted;
    const Place place{.arguments = arguments::kBefore, .field = "extension.when", .is_extension = true};
    if (!evaluate_to(m, frame, *extension.when, frame.raw, place, wanted)) return Begun::kRaised;
    if (!wanted.value().truthy()) return Begun::kNo;
  }
  m.begin(frame, part, list->tasks.front(), 0, input);
  return Begun::kYes;
}

bool before_extensions(Machine& m, Frame& frame) {
  if (is_root(frame)) return true;
  for (; frame.extension < m.node(frame).extensions.size(); ++frame.extension)
    if (begin_extension(m, frame, Part::kBefore, frame.raw) != Begun::kNo) return false;
  return true;
}

// `extension` counts down from the number of those that were passed on the way in.
bool after_extensions(Machine& m, Frame& frame) {
  for (; frame.extension > 0;) {
    --frame.extension;
    const Begun begun = begin_extension(m, frame, Part::kAfter, frame.output);
    if (begun != Begun::kNo) return false;
  }
  return true;
}

bool take_input(Machine& m, Frame& frame) {
  if (is_root(frame) && !admit(m, frame, frame.raw, "the input")) return false;
  const plan::Filter& filter = filters_of(m, frame).input;
  if (!filter.schema && !filter.transform) {
    frame.input = frame.raw;
  } else {
    if (!ensure_schema(m, frame, filter) || !validate(m, frame, filter, frame.raw, "the input")) return false;
    const Place place{.arguments = is_root(frame) ? arguments::kWorkflowFrom : arguments::kBefore,
                      .field = "input.from"};
    if (!transform(m, frame, filter, frame.raw, place, frame.input)) return false;
  }
  // The initial context is the workflow's transformed input, as the specification's diagram has it.
  if (is_root(frame)) m.s.context = frame.input;
  return true;
}

bool give_output(Machine& m, Frame& frame) {
  if (!admit(m, frame, frame.output, "the output")) return false;
  const Filters filters = filters_of(m, frame);
  if (!ensure_schema(m, frame, filters.output) || !ensure_schema(m, frame, filters.export_)) return false;
  Datum result;
  const Place as{.arguments = is_root(frame) ? arguments::kWorkflowAs : arguments::kOutputAs,
                 .field = "output.as"};
  if (!transform(m, frame, filters.output, frame.output, as, result)) return false;
  if (!validate(m, frame, filters.output, result, "the output")) return false;
  if (filters.export_.transform || filters.export_.schema) {
    Datum context;
    const Place place{.arguments = arguments::kExportAs, .field = "export.as", .output = &result};
    if (!transform(m, frame, filters.export_, result, place, context)) return false;
    if (!validate(m, frame, filters.export_, context, "the exported context")) return false;
    m.s.context = std::move(context);
  }
  frame.output = std::move(result);
  return true;
}

bool has_room_for(Machine& m, Frame& frame, const Datum& value, std::string_view what) {
  if (instance_weight(m.s, value) <= kInstanceBytes) return true;
  raise(m, frame, faults::runtime(std::string(what) + " makes the instance larger than 8 MiB"));
  return false;
}

void finish_workflow(Machine& m, Frame& root) {
  m.s.output = root.output;
  m.s.status = Status::kCompleted;
  m.tell_workflow(Happened::kWorkflowCompleted, m.s.output.shown());
  m.end(root);
  m.issue(command::Complete{m.s.output.shown()});
}

void finish(Machine& m, Frame& frame) {
  if (is_root(frame)) return finish_workflow(m, frame);
  m.tell(Happened::kTaskCompleted, frame, frame.output.shown());
  place_done(m, frame, std::move(frame.output), flow_of(m.plan, frame));
}

}  // namespace

void advance(Machine& m, Frame& frame) {
  switch (frame.stage) {
    case Stage::kCreated:
      if (!begin_task(m, frame)) return;
      frame.stage = Stage::kBefore;
      [[fallthrough]];
    case Stage::kBefore:
      if (!before_extensions(m, frame)) return;
      frame.stage = Stage::kEnter;
      [[fallthrough]];
    case Stage::kEnter:
      if (!take_input(m, frame)) return;
      frame.stage = Stage::kBody;
      [[fallthrough]];
    case Stage::kBody: return enter_body(m, frame);
    case Stage::kLeave:
      if (!give_output(m, frame)) return;
      frame.stage = Stage::kAfter;
      [[fallthrough]];
    case Stage::kAfter:
      if (!after_extensions(m, frame)) return;
      finish(m, frame);
  }
}

bool begin_timeout(Machine& m, Frame& frame) {
  const auto& timeout = timeout_of(m, frame);
  if (!timeout) return true;
  const auto due =
      due_time(m, frame, *timeout, frame.raw, {.arguments = arguments::kBefore, .field = "timeout.after"});
  if (!due) {
    raise(m, frame, due.error());
    return false;
  }
  m.start_timer(frame, WaitKind::kTimeout, *due);
  return true;
}

bool stand_in_body(Machine& m, Frame& frame) {
  std::erase(m.s.ready, &frame);
  frame.is_queued = false;
  frame.input = frame.raw;
  frame.extension = std::uint8_t(m.node(frame).extensions.size());
  frame.stage = Stage::kBody;
  if (std::holds_alternative<plan::Try>(m.node(frame).body))
    frame.own = std::make_unique<TryState>(
        TryState{.first_at = m.now, .error = {}, .last_attempt = {}, .this_attempt = {}});
  return begin_timeout(m, frame);
}

void extension_done(Machine& m, Frame& frame, Part part, Datum output, bool is_exit) {
  if (part == Part::kBefore && !is_exit) ++frame.extension;
  // `exit` in `before` bypasses the task: what the list produced is its raw output, and only the extensions
  // around this one still see it.
  if (part == Part::kBefore && is_exit) {
    frame.input = frame.raw;
    frame.output = std::move(output);
    frame.stage = Stage::kLeave;
  }
  m.make_ready(frame);
}

bool ensure_schema(Machine& m, Frame& frame, const plan::Filter& filter) {
  if (!filter.schema || filter.schema->inline_schema) return true;
  return ensure_resource(m, frame, address(m, frame, filter.schema->uri), ResourceUse::kRead,
                         filter.schema->authentication);
}

bool transform(Machine& m, Frame& frame, const plan::Filter& filter, const Datum& value, const Place& place,
               Datum& out) {
  if (!filter.transform) {
    out = value;
    return true;
  }
  return evaluate_to(m, frame, *filter.transform, value, place, out) && admit(m, frame, out, place.field);
}

bool validate(Machine& m, Frame& frame, const plan::Filter& filter, const Datum& value,
              std::string_view what) {
  if (!filter.schema) return true;
  const auto schema = schema_of(m, frame, *filter.schema);
  if (!schema) {
    raise(m, frame, schema.error());
    return false;
  }
  const auto violations = (*schema)->validate(value.value());
  if (violations && violations->empty()) return true;
  if (value.is_hidden()) {
    raise(m, frame, faults::make(Standard::kValidation, std::string(what) + " does not fit its schema; where is not "
                                                                           "told, because it holds a secret"));
    return false;
  }
  raise(m, frame,
        violations ? faults::validation(what, *violations)
                   : faults::make(Standard::kValidation, violations.error().message));
  return false;
}

bool admit(Machine& m, Frame& frame, const Datum& value, std::string_view what) {
  const std::size_t weight = std::max(m.s.memo.weight(value.value(), kValueBytes),
                                      value.is_hidden() ? m.s.memo.weight(value.shown(), kValueBytes) : 0);
  if (weight <= kWeighedBytes) return true;
  if (weight <= kValueBytes) return has_room_for(m, frame, value, what);
  raise(m, frame, faults::runtime(std::string(what) + " is larger than 4 MiB"));
  return false;
}

bool admit_one_of_many(Machine& m, Frame& frame, const Datum& value, std::string_view what,
                       std::uint64_t& unweighed) {
  unweighed += m.s.memo.weight(value.value(), kValueBytes);
  if (value.is_hidden()) unweighed += m.s.memo.weight(value.shown(), kValueBytes);
  if (unweighed <= kWeighedBytes) return true;
  unweighed = 0;
  return has_room_for(m, frame, value, what);
}

}  // namespace xf::engine
