#include "xflow/runtime/embedded/event_index.h"

#include <algorithm>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/runtime/embedded/event_match.h"

namespace xf::runtime::embedded {

using engine::events::Probe;
using json::Value;
using persistence::Subscription;

namespace {

constexpr std::uint32_t kReadMax = 10'000;

// A literal that cannot match anything but itself.
bool is_exact(const Value& literal) {
  return !literal.is_string() || !engine::events::may_be_pattern(literal.as_string());
}

class Hash {
 public:
  void add(const Value& value) {
    for (const char c : json::canonical(value))
      state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    state_ = (state_ ^ 0xff) * 0x100000001b3u;
  }
  std::int64_t value() const { return static_cast<std::int64_t>(state_); }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

// What is compared, as text: equal texts are the same shape.
std::string describe(const std::string& node, bool until, std::size_t index,
                     const engine::command::Subscribe::Filter& filter) {
  Value exact = Value::array(), patterns = Value::array(), expected = Value::array();
  for (const auto& [name, literal] : filter.literals) {
    if (is_exact(literal)) {
      exact = std::move(exact).append(Value::string(name));
    } else {
      patterns = std::move(patterns).append(Value::array({Value::string(name), literal}));
    }
  }
  for (const auto& [name, value] : filter.expected)
    if (value) expected = std::move(expected).append(Value::string(name));
  return json::canonical(Value::object({{"node", Value::string(node)},
                                        {"until", Value::boolean(until)},
                                        {"filter", Value::integer(static_cast<std::int64_t>(index))},
                                        {"exact", exact},
                                        {"patterns", patterns},
                                        {"expected", expected}}));
}

std::int64_t hash_of(const engine::command::Subscribe::Filter& filter) {
  Hash hash;
  for (const auto& [name, literal] : filter.literals)
    if (is_exact(literal)) hash.add(literal);
  for (const auto& [name, value] : filter.expected)
    if (value) hash.add(*value);
  return hash.value();
}

plan::NodeId node_named(const plan::Plan& plan, const std::string& reference) {
  const auto found = std::ranges::find(plan.nodes, reference, &plan::Node::reference);
  return found == plan.nodes.end() ? plan::kNoNode : static_cast<plan::NodeId>(found - plan.nodes.begin());
}

}  // namespace

EventIndex::Shape EventIndex::parse(persistence::Shape row) {
  Shape out;
  const auto text = json::parse(row.text);
  out.row = std::move(row);
  if (!text) return out;
  out.node = text->get("node").as_string();
  out.until = text->get("until").truthy();
  out.filter = static_cast<std::uint32_t>(text->get("filter").as_int64());
  for (const auto& name : text->get("exact").elements()) out.exact.emplace_back(name.as_string());
  for (const auto& name : text->get("expected").elements()) out.expected.emplace_back(name.as_string());
  for (const auto& pair : text->get("patterns").elements())
    out.patterns.emplace_back(pair.elements()[0].as_string(), pair.elements()[1]);
  return out;
}

Result<void> EventIndex::load(persistence::Reader& reader, persistence::Counters& counters) {
  *this = {};
  last_shape_ = counters.shape;
  last_event_ = counters.event;
  XF_TRY_ASSIGN(auto shapes, reader.shapes());
  for (auto& shape : shapes) {
    keys_[{shape.definition, shape.text}] = shape.key;
    shapes_[shape.tenant].push_back(parse(std::move(shape)));
  }
  XF_TRY_ASSIGN(auto events, reader.events());
  for (auto& event : events) {
    auto value = json::parse(event.event);
    if (!value) continue;
    Probe probe(*std::move(value), event.expires_at);
    kept_.emplace_back(std::move(event), std::move(probe));
  }
  return {};
}

std::vector<Subscription> EventIndex::rows(const persistence::Instance& instance, const plan::Plan& plan,
                                           const engine::command::Subscribe& subscribe,
                                           persistence::Batch& batch) {
  static const std::vector<engine::command::Subscribe::Filter> kEverything(1);
  std::vector<Subscription> out;
  const auto& filters = subscribe.filters.empty() ? kEverything : subscribe.filters;
  const std::string node =
      subscribe.node < plan.nodes.size() ? plan.nodes[subscribe.node].reference : std::string();
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const std::string text = describe(node, subscribe.until, i, filters[i]);
    auto& key = keys_[{instance.definition, text}];
    if (key == 0) {
      key = ++last_shape_;
      const persistence::Shape row{
          .key = key, .tenant = instance.tenant, .definition = instance.definition, .text = text};
      batch.shapes.push_back(row);
      shapes_[instance.tenant].push_back(parse(row));
    }
    out.push_back({.shape = key,
                   .hash = embedded::hash_of(filters[i]),
                   .instance = instance.key,
                   .command = subscribe.id,
                   .filter = static_cast<std::uint32_t>(i),
                   .tenant = instance.tenant});
  }
  return out;
}

void EventIndex::add(const std::vector<Subscription>& rows, std::uint64_t group) {
  for (const auto& row : rows) {
    unsettled_[{row.shape, row.hash}].push_back(row);
    order_.emplace_back(group, row);
  }
}

void EventIndex::settled(std::uint64_t group) {
  for (; !order_.empty() && order_.front().first <= group; order_.pop_front()) {
    const auto& row = order_.front().second;
    const auto found = unsettled_.find({row.shape, row.hash});
    if (found == unsettled_.end()) continue;
    std::erase(found->second, row);
    if (found->second.empty()) unsettled_.erase(found);
  }
}

std::optional<std::int64_t> EventIndex::hash_of(const Shape& shape, Probe& event, const PlanOf& plan_of) {
  for (const auto& [name, pattern] : shape.patterns)
    if (!event.literal_fits(name, pattern)) return std::nullopt;
  Hash hash;
  for (const auto& name : shape.exact) {
    const auto* attribute = event.event().find(name);
    if (attribute == nullptr) return std::nullopt;
    hash.add(*attribute);
  }
  if (shape.expected.empty()) return hash.value();
  const auto plan = plan_of(shape.row.definition);
  if (!plan) return std::nullopt;
  const auto filters = filters_of(*plan, node_named(*plan, shape.node), shape.until);
  if (shape.filter >= filters.size()) return std::nullopt;
  const auto& correlations = filters[shape.filter].correlate;
  for (const auto& name : shape.expected) {
    const auto found = std::ranges::find(correlations, name, &plan::EventFilter::Correlation::name);
    const auto value = found == correlations.end() ? std::nullopt : event.extract(*found);
    if (!value) return std::nullopt;
    hash.add(*value);
  }
  return hash.value();
}

Result<std::vector<Subscription>> EventIndex::candidates(persistence::TenantKey tenant, Probe& event,
                                                         const PlanOf& plan_of, persistence::Reader& reader) {
  std::vector<Subscription> out;
  for (const auto& shape : shapes_[tenant]) {
    const auto hash = hash_of(shape, event, plan_of);
    if (!hash) continue;
    Subscription after{.shape = shape.row.key, .hash = *hash, .instance = INT64_MIN};
    for (;;) {
      XF_TRY_ASSIGN(const auto found, reader.subscriptions(after, kReadMax));
      out.insert(out.end(), found.begin(), found.end());
      if (found.size() < kReadMax) break;
      after = found.back();
    }
    if (const auto fresh = unsettled_.find({shape.row.key, *hash}); fresh != unsettled_.end())
      out.insert(out.end(), fresh->second.begin(), fresh->second.end());
  }
  // By instance and command, so that the order does not depend on which of them were in the store.
  std::ranges::sort(out, {}, [](const Subscription& s) {
    return std::tuple(s.instance, s.command, s.filter, s.shape, s.hash);
  });
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

void EventIndex::keep(persistence::TenantKey tenant, Probe event, TimeUs expires_at,
                      persistence::Batch& batch) {
  persistence::KeptEvent row{
      .key = ++last_event_, .tenant = tenant, .expires_at = expires_at, .event = json::print(event.event())};
  batch.events.push_back(row);
  kept_.emplace_back(std::move(row), std::move(event));
}

void EventIndex::drop_expired(TimeUs now, persistence::Batch& batch) {
  std::erase_if(kept_, [&](const auto& entry) {
    if (entry.first.expires_at > now) return false;
    batch.events_gone.push_back(entry.first.key);
    return true;
  });
}

}  // namespace xf::runtime::embedded
