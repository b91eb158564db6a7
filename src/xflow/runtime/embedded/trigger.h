// Trigger: the `on` of a schedule: which events have come, and whether they are enough to start an instance.
// Events that belong together by their correlations are gathered apart from others; one that completes a set
// starts an instance with it, in the order in which they came.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "xflow/engine/events.h"

namespace xf::runtime::embedded {

class Trigger {
 public:
  // What print() gave; empty for none yet.
  static Trigger parse(const std::string& state);
  std::string print() const;

  // Whether the event is any of those that the schedule waits for.
  static bool concerns(const plan::EventStrategy&, engine::events::Probe&);
  // The events that start an instance now, as the schedule reads them; nothing when more are needed.
  std::optional<json::Value> take(const plan::Schedule&, engine::events::Probe&, TimeUs now);

 private:
  struct Gathered {
    json::Value keys = json::Value::object();  // correlation → the value that all of them have
    std::vector<bool> met, until_met;          // by filter
    std::vector<json::Value> events;           // whole
    std::size_t bytes = 0;                     // of their JSON
  };
  using Sets = std::vector<Gathered>;

  Sets::iterator find_or_begin(const plan::EventFilter&, engine::events::Probe&, std::size_t needed);
  std::optional<json::Value> take_all(const plan::Schedule&, engine::events::Probe&);
  std::optional<json::Value> take_until(const plan::Schedule&, engine::events::Probe&, TimeUs now);
  std::optional<json::Value> release(Sets::iterator, plan::EventRead);
  void forget_old();

  Sets sets_;  // the oldest first
};

}  // namespace xf::runtime::embedded
