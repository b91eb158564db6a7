// call: <function>: the function's task, with the arguments as its raw input.
//   enter            → by its address, and it is not here → Fetch, then again
//                    → the function, in a scope of its own; one that is none: fault
//   function is done → complete(its output)
#include "xflow/engine/data_flow.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/kinds.h"
#include "xflow/engine/resources.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

constexpr std::uint16_t kDepthMax = 400;

void enter(Machine& m, Frame& frame) {
  const auto& call = m.body<plan::CallFunction>(frame);
  const bool is_fetched = call.body == plan::kNoNode;
  if (is_fetched && !ensure_resource(m, frame, call.uri, ResourceUse::kRead, std::nullopt)) return;
  // Only a function that calls itself gets so deep.
  if (frame.depth > kDepthMax)
    return raise(m, frame,
                 faults::runtime("the function " + call.name + " calls itself more deeply than 400 tasks"));
  Datum arguments;
  if (!evaluate_body(m, frame, call.arguments, "with", arguments)) return;
  if (arguments.value().is_null()) arguments = json::Value::object();
  if (!admit(m, frame, arguments, "with")) return;
  if (!is_fetched) {
    m.begin(frame, Part::kFunction, call.body, 0, std::move(arguments));
    return;
  }
  const auto function = function_at(m.s, call.uri);
  if (!function) return raise(m, frame, function.error());
  m.begin_function(frame, **function, std::move(arguments));
}

void done(Machine& m, Frame& frame, ChildDone child) { m.complete(frame, std::move(child.output)); }

}  // namespace

constinit const Kind kCallFunction = {.enter = enter, .done = done};

}  // namespace xf::engine::nodes
