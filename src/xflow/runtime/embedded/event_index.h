// EventIndex: from an event to the subscriptions that it may concern, at a cost that does not depend on how
// many instances wait. A *shape* is what a listening task compares (which attributes, which correlations); an
// event is looked up once for each shape, by a hash of the values that it has there. Whether a candidate
// really fits is asked of the instance afterwards. One thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "persistence/store.h"
#include "xflow/engine/events.h"

namespace xf::runtime::embedded {

class EventIndex {
 public:
  Result<void> load(persistence::Reader&, persistence::Counters&);

  // The rows of a subscription. A shape seen for the first time is put into the batch.
  std::vector<persistence::Subscription> rows(const persistence::Instance&, const plan::Plan&,
                                              const engine::command::Subscribe&, persistence::Batch&);
  // The rows will be in the store once this group is settled.
  void add(const std::vector<persistence::Subscription>&, std::uint64_t group);
  void settled(std::uint64_t group);

  using PlanOf = std::function<plan::PlanPtr(persistence::DefinitionKey)>;
  Result<std::vector<persistence::Subscription>> candidates(persistence::TenantKey, engine::events::Probe&,
                                                            const PlanOf&, persistence::Reader&);

  // ---- Events kept for later listeners
  std::vector<std::pair<persistence::KeptEvent, engine::events::Probe>>& kept() { return kept_; }
  const std::vector<std::pair<persistence::KeptEvent, engine::events::Probe>>& kept() const { return kept_; }
  void keep(persistence::TenantKey, engine::events::Probe event, TimeUs expires_at, persistence::Batch&);
  void drop_expired(TimeUs now, persistence::Batch&);

 private:
  struct Shape {
    persistence::Shape row;
    std::string node;
    bool until = false;
    std::uint32_t filter = 0;
    std::vector<std::string> exact, expected;
    std::vector<std::pair<std::string, json::Value>> patterns;
  };
  static Shape parse(persistence::Shape);
  // The hash of what the event has where the shape looks; nothing when it cannot fit.
  static std::optional<std::int64_t> hash_of(const Shape&, engine::events::Probe&, const PlanOf&);

  std::map<persistence::TenantKey, std::vector<Shape>> shapes_;
  std::map<std::pair<persistence::DefinitionKey, std::string>, std::int64_t> keys_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<persistence::Subscription>> unsettled_;
  std::deque<std::pair<std::uint64_t, persistence::Subscription>> order_;
  std::vector<std::pair<persistence::KeptEvent, engine::events::Probe>> kept_;
  std::int64_t last_shape_ = 0, last_event_ = 0;
};

}  // namespace xf::runtime::embedded
