// listen: consumes events until its strategy has what it wants; its output is the array of what it read, in
// order.
//   enter            → Subscribe (and another for `until` events); `all` of nothing → complete([])
//   event            → does not fit: nothing
//                      fits → consumed; a correlation that had no expectation has one now
//                      no room for it → fault
//   strategy is met  → Unsubscribe; what is queued for foreach is still worked on
//     one            → by one event               all  → every filter by an event of its own
//     any            → by one event; with `until` → when the condition holds for what was read, or its events
//     came
//   foreach          → one event at a time, first come first served: its list; the result is its output
//   iteration ends   → next in the queue; by `exit` → no more events, complete
//   met, nothing left to do → complete(results)
#include <algorithm>

#include "xflow/engine/data_flow.h"
#include "xflow/engine/events.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/inbox.h"
#include "xflow/engine/kinds.h"
#include "xflow/engine/lists.h"
#include "xflow/engine/nodes/subscription.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

using json::Value;

ListenState& state_of(Frame& frame) { return *std::get<std::unique_ptr<ListenState>>(frame.own); }

Value correlation_keys(const ListenState& state) {
  Value keys = Value::object();
  for (const auto& [place, value] : state.correlated)
    keys = std::move(keys).with(std::string_view(place).substr(place.rfind('/') + 1), value);
  return keys;
}

bool has_correlations(const plan::Listen& listen) {
  return std::ranges::any_of(listen.to.filters, [](const auto& filter) { return !filter.correlate.empty(); });
}

void enter(Machine& m, Frame& frame) {
  const auto& listen = m.body<plan::Listen>(frame);
  if (listen.to.mode == plan::EventStrategy::Mode::kAll && listen.to.filters.empty())
    return m.complete(frame, Value::array());
  if (!std::holds_alternative<std::unique_ptr<ListenState>>(frame.own)) {
    frame.own = std::make_unique<ListenState>();
    state_of(frame).met.resize(listen.to.filters.size());
    if (listen.to.until_events) state_of(frame).until_met.resize(listen.to.until_events->filters.size());
    if (!expect(m, frame)) return;
    if (has_correlations(listen))
      m.tell_workflow(Happened::kCorrelationStarted, correlation_keys(state_of(frame)));
  }
  subscribe(m, frame);
}

// The results so far are all there will be, unless something is still queued or in work.
void finish_if_done(Machine& m, Frame& frame) {
  ListenState& state = state_of(frame);
  if (state.is_closed && !state.is_busy && state.queue.empty())
    m.complete(frame, array_of(state.results));
}

// The frame's loop variables are those of the item in work. False: raised.
bool keep_result(Machine& m, Frame& frame, Datum output) {
  ListenState& state = state_of(frame);
  const auto& each = *m.body<plan::Listen>(frame).foreach;
  const Datum own[] = {state.item, Value::integer(state.index)};
  Datum result, context;
  Place place{.arguments = arguments::kOutputAs, .field = "foreach.output.as", .own = own};
  if (!transform(m, frame, each.output, output, place, result)) return false;
  if (!validate(m, frame, each.output, result, "the output of the iteration")) return false;
  if (each.export_.transform) {
    place = {.arguments = arguments::kExportAs, .field = "foreach.export.as", .own = own, .output = &result};
    if (!transform(m, frame, each.export_, result, place, context)) return false;
    if (!validate(m, frame, each.export_, context, "the exported context")) return false;
    m.s.context = std::move(context);
  }
  if (!admit_one_of_many(m, frame, result, "the output of the iteration", state.unweighed)) return false;
  state.results.push_back(std::move(result));
  ++state.index;
  state.is_busy = false;
  state.item = {};
  return true;
}

// Begins with the next in the queue; an event whose list is empty is its own result.
void work(Machine& m, Frame& frame) {
  ListenState& state = state_of(frame);
  while (!state.is_busy && !state.queue.empty()) {
    state.item = std::move(state.queue.front());
    state.queue.pop_front();
    state.is_busy = true;
    if (begin_list(m, frame, Part::kBody, m.body<plan::Listen>(frame).foreach->list, frame.input)) return;
    if (!keep_result(m, frame, state.item)) return;
  }
  finish_if_done(m, frame);
}

void close(Machine& m, Frame& frame) {
  ListenState& state = state_of(frame);
  state.is_closed = true;
  m.stop(frame, WaitKind::kEvents);
  m.stop(frame, WaitKind::kUntil);
  state.subscription = state.until = 0;
  if (has_correlations(m.body<plan::Listen>(frame)))
    m.tell_workflow(Happened::kCorrelationCompleted, correlation_keys(state));
}

bool all_met(const std::vector<bool>& met) {
  return std::ranges::all_of(met, [](bool b) { return b; });
}

// Whether the strategy has what it wants after this event. False as an error: raised.
std::optional<bool> is_met(Machine& m, Frame& frame, const Value& item) {
  using Mode = plan::EventStrategy::Mode;
  const plan::EventStrategy& to = m.body<plan::Listen>(frame).to;
  ListenState& state = state_of(frame);
  if (to.mode == Mode::kAll) return all_met(state.met);
  if (to.until_condition) {
    state.seen.push_back(item);
    Datum holds;
    const Place place{.arguments = arguments::kBody, .field = "listen.to.until"};
    if (!evaluate_to(m, frame, *to.until_condition, Datum(Value::array(state.seen)), place, holds))
      return std::nullopt;
    return holds.value().truthy();
  }
  return !to.until_events;
}

// Every event counts, the small ones too: there may be many of them. False: raised.
bool has_room(Machine& m, Frame& frame, const Value& item) {
  ListenState& state = state_of(frame);
  if (state.queue.size() >= kInboxEvents) {
    raise(m, frame, faults::inbox_full());
    return false;
  }
  return admit(m, frame, item, "the event") &&
         admit_one_of_many(m, frame, item, "the event", state.unweighed);
}

void consume(Machine& m, Frame& frame, events::Probe& event) {
  const auto& listen = m.body<plan::Listen>(frame);
  ListenState& state = state_of(frame);
  const auto filter = fitting_filter(m, frame, event, false);
  if (!filter) return;
  const Value item = events::read(event.event(), listen.read);
  if (!has_room(m, frame, item)) return;
  if (!listen.to.filters.empty()) state.met[*filter] = true;
  const bool is_narrowed = correlate(m, frame, event, *filter);
  (listen.foreach ? state.queue.push_back(item) : state.results.push_back(item));
  const auto met = is_met(m, frame, item);
  if (!met) return;
  if (*met)
    close(m, frame);
  else if (is_narrowed)
    subscribe_again(m, frame);
  if (listen.foreach) return work(m, frame);
  finish_if_done(m, frame);
}

void consume_until(Machine& m, Frame& frame, events::Probe& event) {
  ListenState& state = state_of(frame);
  const auto filter = fitting_filter(m, frame, event, true);
  if (!filter) return;
  if (!state.until_met.empty()) state.until_met[*filter] = true;
  const bool is_all = m.body<plan::Listen>(frame).to.until_events->mode == plan::EventStrategy::Mode::kAll;
  if (is_all && !all_met(state.until_met)) return;
  close(m, frame);
  finish_if_done(m, frame);
}

void on(Machine& m, Frame& frame, WaitKind kind, const InputBody& body) {
  const auto& received = std::get<input::EventReceived>(body);
  if (received.event.is_null()) return raise(m, frame, faults::inbox_full());
  events::Probe event(received.event, m.now, received.extracted);
  if (kind == WaitKind::kUntil) return consume_until(m, frame, event);
  consume(m, frame, event);
}

void done(Machine& m, Frame& frame, ChildDone child) {
  if (!keep_result(m, frame, std::move(child.output))) return;
  if (child.is_exit) {
    state_of(frame).queue.clear();
    if (!state_of(frame).is_closed) close(m, frame);
  }
  work(m, frame);
}

}  // namespace

constinit const Kind kListen = {.enter = enter, .done = done, .on = on};

}  // namespace xf::engine::nodes
