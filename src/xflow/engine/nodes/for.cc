// for: its list once for each item; an iteration's input is the output of the one before it.
//   enter        → `in` gives an array → iteration 0
//   iteration    → no item left, or `while` is false → complete(last output); else the list
//   list is done → next iteration; by `exit` → complete(its output)
#include "xflow/engine/data_flow.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/kinds.h"
#include "xflow/engine/lists.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

using json::Value;

void iterate(Machine& m, Frame& frame, Datum input) {
  const auto& loop = m.body<plan::For>(frame);
  auto& state = std::get<ForState>(frame.own);
  for (; state.index < state.items.value().size(); ++state.index) {
    if (loop.while_condition) {
      const Datum own[] = {element_of(state.items, state.index), Value::integer(state.index)};
      Datum is_wanted;
      const Place place{.arguments = arguments::kBody, .field = "while", .own = own};
      if (!evaluate_to(m, frame, *loop.while_condition, input, place, is_wanted)) return;
      if (!is_wanted.value().truthy()) break;
    }
    if (begin_list(m, frame, Part::kBody, loop.list, input)) return;
  }
  m.complete(frame, std::move(input));
}

void enter(Machine& m, Frame& frame) {
  Datum items;
  if (!evaluate_body(m, frame, m.body<plan::For>(frame).in, "for.in", items)) return;
  if (!items.value().is_array())
    return raise(m, frame,
                 faults::make(Standard::kExpression, "for.in must give an array, it gave " +
                                                         std::string(json::to_string(items.value().kind()))));
  if (!admit(m, frame, items, "for.in")) return;
  frame.own = ForState{.items = std::move(items)};
  iterate(m, frame, frame.input);
}

void done(Machine& m, Frame& frame, ChildDone child) {
  if (child.is_exit) return m.complete(frame, std::move(child.output));
  ++std::get<ForState>(frame.own).index;
  iterate(m, frame, std::move(child.output));
}

}  // namespace

constinit const Kind kFor = {.enter = enter, .done = done};

}  // namespace xf::engine::nodes
