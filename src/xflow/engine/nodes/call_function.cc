// call: <function>: the function's task, with the arguments as its raw input.
//   enter            → the function, in a scope of its own; one that must be fetched: fault
//   function is done → complete(its output)
#include "xflow/engine/data_flow.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/kinds.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

constexpr std::uint16_t kDepthMax = 400;

void enter(Machine& m, Frame& frame) {
  const auto& call = m.body<plan::CallFunction>(frame);
  if (call.body == plan::kNoNode) return raise(m, frame, faults::unavailable("the function " + call.name));
  // Only a function that calls itself gets so deep.
  if (frame.depth > kDepthMax)
    return raise(m, frame,
                 faults::runtime("the function " + call.name + " calls itself more deeply than 400 tasks"));
  json::Value arguments;
  if (!evaluate_body(m, frame, call.arguments, "with", arguments)) return;
  if (arguments.is_null()) arguments = json::Value::object();
  if (!admit(m, frame, arguments, "with")) return;
  m.begin(frame, Part::kFunction, call.body, 0, std::move(arguments));
}

void done(Machine& m, Frame& frame, ChildDone child) { m.complete(frame, std::move(child.output)); }

}  // namespace

constinit const Kind kCallFunction = {.enter = enter, .done = done};

}  // namespace xf::engine::nodes
