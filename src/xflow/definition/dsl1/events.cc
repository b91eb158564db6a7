#include "xflow/definition/dsl1/events.h"

#include <algorithm>

#include "xflow/definition/dsl1/common.h"
#include "xflow/definition/dsl1/expressions.h"
#include "xflow/definition/dsl1/fields.h"

namespace xf::dsl1 {
namespace {

constexpr std::string_view kTextAttributes[] = {"id",      "source",          "type",      "time",
                                                "subject", "datacontenttype", "dataschema"};

void check_attributes(Context& cx, const Place& place) {
  for (const std::string_view name : kTextAttributes) {
    if (const yaml::Entry* entry = place.node().find(name)) text(cx, Place(place, *entry));
  }
}

plan::EventFilter::Correlation correlation(Context& cx, const Place& place) {
  plan::EventFilter::Correlation out;
  out.name = std::string(place.name());
  const Fields f(cx, place, "a correlation", {"from", "expect"});
  if (!f) return out;
  if (const auto from = f.require("from")) out.from = expression(cx, *from).value_or(plan::Template());
  if (const auto expect = f.get("expect")) out.expect = value(cx, *expect);
  return out;
}

plan::EventFilter event_filter(Context& cx, const Place& place) {
  plan::EventFilter out;
  const Fields f(cx, place, "an event filter", {"with", "correlate"});
  if (!f) return out;
  const auto with = f.require("with");
  if (with && expect_mapping(cx, *with, "the event's attributes")) {
    if (with->value().size() == 0)
      cx.report.key(*with, "the event filter is empty", "name at least one attribute");
    check_attributes(cx, *with);
    for (const yaml::Entry& entry : with->node().entries) {
      out.with.emplace_back(entry.key, value(cx, Place(*with, entry)));
    }
  }
  const auto correlate = f.get("correlate");
  if (correlate && expect_mapping(cx, *correlate, "the correlations")) {
    for (const yaml::Entry& entry : correlate->node().entries) {
      out.correlate.push_back(correlation(cx, Place(*correlate, entry)));
    }
  }
  return out;
}

std::vector<plan::EventFilter> event_filters(Context& cx, const Place& place) {
  std::vector<plan::EventFilter> out;
  if (!expect_list(cx, place, "event filters")) return out;
  for (std::size_t i = 0; i < place.node().items.size(); ++i)
    out.push_back(event_filter(cx, Place(place, i)));
  return out;
}

plan::EventStrategy strategy(Context& cx, const Place& place, bool may_have_until) {
  plan::EventStrategy out;
  const Fields f(cx, place, "an event strategy",
                 may_have_until ? std::vector<std::string_view>{"one", "all", "any", "until"}
                                : std::vector<std::string_view>{"one", "all", "any"});
  const auto mode = f.exactly_one({"one", "all", "any"});
  if (!mode) return out;
  using Mode = plan::EventStrategy::Mode;
  out.mode = mode->name() == "one" ? Mode::kOne : mode->name() == "all" ? Mode::kAll : Mode::kAny;
  if (out.mode == Mode::kOne) {
    out.filters.push_back(event_filter(cx, *mode));
  } else {
    out.filters = event_filters(cx, *mode);
  }
  const auto until = may_have_until ? f.get("until") : std::nullopt;
  if (!until) return out;
  if (out.mode != Mode::kAny) {
    cx.report.key(*until, "'until' is only possible with 'any'");
  } else if (until->value().is_object()) {
    out.until_events = std::make_shared<const plan::EventStrategy>(strategy(cx, *until, false));
  } else {
    out.until_condition = expression(cx, *until);
  }
  return out;
}

}  // namespace

plan::EventStrategy event_strategy(Context& cx, const Place& place) { return strategy(cx, place, true); }

plan::EventRead event_read(Context& cx, const Place& place) {
  return static_cast<plan::EventRead>(choice(cx, place, {"data", "envelope", "raw"}));
}

plan::Template event_to_emit(Context& cx, const Place& place) {
  if (!expect_mapping(cx, place, "the event's attributes")) return {};
  check_attributes(cx, place);
  if (place.node().find("type") == nullptr)
    cx.report.key(place, "missing property 'type' in the event to emit");
  if (cx.lacks(Version::kMain) && place.node().find("source") == nullptr) {
    cx.report.key(place, "missing property 'source' in the event to emit", "it is optional only after 1.0.3");
  }
  for (const std::string_view name : {"source", "dataschema"}) {
    const yaml::Entry* entry = place.node().find(name);
    if (entry == nullptr || !entry->node.value.is_string()) continue;
    const Place attribute(place, *entry);
    if (attribute.value().as_string().find("${") == std::string_view::npos) check_uri(cx, attribute);
  }
  return value(cx, place);
}

}  // namespace xf::dsl1
