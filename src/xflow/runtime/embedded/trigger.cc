#include "xflow/runtime/embedded/trigger.h"

#include <algorithm>

#include "base/json/parse.h"
#include "base/json/print.h"

namespace xf::runtime::embedded {

using engine::events::Probe;
using json::Value;
using Mode = plan::EventStrategy::Mode;

namespace {

// What is gathered is written with every event that comes, so it is bounded: of sets that nobody completes the
// oldest is given up first.
constexpr std::size_t kEventsMax = 1'000;
constexpr std::size_t kBytesMax = 4u << 20;

// Its attributes, and every correlation has a value: the expected one, where the definition says which.
bool fits(const plan::EventFilter& filter, Probe& event) {
  return event.with_fits(filter) && std::ranges::all_of(filter.correlate, [&](const auto& correlation) {
           const auto value = event.extract(correlation);
           return value && (!correlation.expect || engine::events::alone(*correlation.expect) == *value);
         });
}

// No filter at all: every event.
bool fits_any(const std::vector<plan::EventFilter>& filters, Probe& event) {
  return filters.empty() || std::ranges::any_of(filters, [&](const auto& f) { return fits(f, event); });
}

const plan::EventFilter* first_fit(const std::vector<plan::EventFilter>& filters, Probe& event) {
  static const plan::EventFilter kEverything;
  if (filters.empty()) return &kEverything;
  const auto found = std::ranges::find_if(filters, [&](const auto& f) { return fits(f, event); });
  return found == filters.end() ? nullptr : &*found;
}

// Whether the event agrees with what the others of its set have in common.
bool joins(const Value& keys, const plan::EventFilter& filter, Probe& event) {
  return std::ranges::all_of(filter.correlate, [&](const auto& correlation) {
    const Value* known = correlation.expect ? nullptr : keys.find(correlation.name);
    return !known || *known == event.extract(correlation).value_or(Value());
  });
}

void add_keys(Value& keys, const plan::EventFilter& filter, Probe& event) {
  for (const auto& correlation : filter.correlate)
    if (!correlation.expect && !keys.find(correlation.name))
      keys = std::move(keys).with(correlation.name, event.extract(correlation).value_or(Value()));
}

Value read_all(const std::vector<Value>& events, plan::EventRead mode) {
  Value out = Value::array();
  for (const Value& event : events) out = std::move(out).append(engine::events::read(event, mode));
  return out;
}

Value bits_of(const std::vector<bool>& bits) {
  Value out = Value::array();
  for (const bool bit : bits) out = std::move(out).append(Value::boolean(bit));
  return out;
}

std::vector<bool> bits_from(const Value& array) {
  std::vector<bool> out;
  for (const Value& bit : array.elements()) out.push_back(bit.truthy());
  return out;
}

bool all(const std::vector<bool>& bits) {
  return std::ranges::all_of(bits, [](bool bit) { return bit; });
}

}  // namespace

Trigger Trigger::parse(const std::string& state) {
  Trigger out;
  const auto sets = json::parse(state);
  if (!sets || !sets->is_array()) return out;
  for (const Value& set : sets->elements()) {
    Gathered& one = out.sets_.emplace_back();
    one.keys = set.get("keys");
    one.met = bits_from(set.get("met"));
    one.until_met = bits_from(set.get("untilMet"));
    for (const Value& event : set.get("events").elements()) {
      one.events.push_back(event);
      one.bytes += json::print(event).size();
    }
  }
  return out;
}

std::string Trigger::print() const {
  if (sets_.empty()) return {};
  Value out = Value::array();
  for (const Gathered& set : sets_)
    out = std::move(out).append(Value::object({{"keys", set.keys},
                                               {"met", bits_of(set.met)},
                                               {"untilMet", bits_of(set.until_met)},
                                               {"events", Value::array(set.events)}}));
  return json::print(out);
}

bool Trigger::concerns(const plan::EventStrategy& on, Probe& event) {
  const bool may_be_any = on.mode == Mode::kAny;
  if (on.filters.empty() ? may_be_any : fits_any(on.filters, event)) return true;
  return on.until_events && fits_any(on.until_events->filters, event);
}

std::optional<Value> Trigger::take(const plan::Schedule& schedule, Probe& event, TimeUs now) {
  const plan::EventStrategy& on = *schedule.on;
  if (on.mode == Mode::kAll || on.until_condition || on.until_events) {
    auto out = on.mode == Mode::kAll ? take_all(schedule, event) : take_until(schedule, event, now);
    forget_old();
    return out;
  }
  if (!first_fit(on.filters, event)) return std::nullopt;
  return read_all({event.event()}, schedule.read);
}

// The oldest set that the event can join, or a new one.
Trigger::Sets::iterator Trigger::find_or_begin(const plan::EventFilter& filter, Probe& event,
                                               std::size_t needed) {
  auto set = std::ranges::find_if(sets_, [&](const Gathered& one) {
    return joins(one.keys, filter, event) && (needed == SIZE_MAX || !one.met[needed]);
  });
  if (set == sets_.end()) {
    set = sets_.insert(sets_.end(), Gathered{.met = {}, .until_met = {}, .events = {}});
  }
  add_keys(set->keys, filter, event);
  set->events.push_back(event.event());
  set->bytes += json::print(event.event()).size();
  return set;
}

void Trigger::forget_old() {
  std::size_t events = 0, bytes = 0;
  for (const Gathered& set : sets_) {
    events += set.events.size();
    bytes += set.bytes;
  }
  while (events > kEventsMax || bytes > kBytesMax) {
    events -= sets_.front().events.size();
    bytes -= sets_.front().bytes;
    sets_.erase(sets_.begin());
  }
}

std::optional<Value> Trigger::release(Sets::iterator set, plan::EventRead mode) {
  Value out = read_all(set->events, mode);
  sets_.erase(set);
  return out;
}

// An event counts once: for the first filter that it fits and that a set still needs, else for a new set.
std::optional<Value> Trigger::take_all(const plan::Schedule& schedule, Probe& event) {
  const auto& filters = schedule.on->filters;
  std::optional<std::size_t> wanted;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    if (!fits(filters[i], event)) continue;
    if (!wanted) wanted = i;
    const bool is_missing = std::ranges::any_of(
        sets_, [&](const Gathered& set) { return !set.met[i] && joins(set.keys, filters[i], event); });
    if (!is_missing) continue;
    wanted = i;
    break;
  }
  if (!wanted) return std::nullopt;
  const auto set = find_or_begin(filters[*wanted], event, *wanted);
  set->met.resize(filters.size());
  set->met[*wanted] = true;
  return all(set->met) ? release(set, schedule.read) : std::nullopt;
}

// What belongs together is gathered until the condition holds for it, or the events of `until` have come.
std::optional<Value> Trigger::take_until(const plan::Schedule& schedule, Probe& event, TimeUs now) {
  const plan::EventStrategy& on = *schedule.on;
  if (const plan::EventFilter* filter = first_fit(on.filters, event)) {
    const auto set = find_or_begin(*filter, event, SIZE_MAX);
    const Value so_far = read_all(set->events, schedule.read);
    if (on.until_condition && engine::events::alone(*on.until_condition, so_far, now).truthy())
      return release(set, schedule.read);
  }
  if (!on.until_events) return std::nullopt;
  const auto& filters = on.until_events->filters;
  const plan::EventFilter* filter = first_fit(filters, event);
  if (!filter) return std::nullopt;
  const auto set =
      std::ranges::find_if(sets_, [&](const Gathered& one) { return joins(one.keys, *filter, event); });
  if (set == sets_.end()) return std::nullopt;
  set->until_met.resize(filters.size());
  if (!filters.empty()) set->until_met[std::size_t(filter - filters.data())] = true;
  if (on.until_events->mode == Mode::kAll && !all(set->until_met)) return std::nullopt;
  return release(set, schedule.read);
}

}  // namespace xf::runtime::embedded
