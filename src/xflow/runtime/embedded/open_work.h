// OpenWork: what an instance has asked for and not been answered. Follows from its inputs and commands alone,
// so that a replay rebuilds it; a snapshot carries it beside the engine's state.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "persistence/store.h"
#include "xflow/engine/command.h"
#include "xflow/engine/instance.h"

namespace xf::runtime::embedded {

struct OpenWork {
  struct Subscription {
    engine::command::Subscribe command;
    std::set<std::uint64_t> seen;  // events taken, by a digest of (source, id)
  };
  struct Child {
    bool await = true;
    persistence::InstanceKey key = 0;  // 0: to be looked up
  };
  std::map<engine::CommandId, engine::command::StartCall> calls;
  std::map<engine::CommandId, engine::command::Fetch> fetches;
  std::map<engine::CommandId, TimeUs> timers;
  std::map<engine::CommandId, Subscription> subscriptions;
  std::map<engine::CommandId, Child> children;

  // False: nobody asked for this, or it has been answered already; such an input is not journaled.
  bool wants(const engine::InputBody&) const;
  void take(const engine::InputBody&);
  void ask(const engine::Command&);
  bool owed() const { return !calls.empty() || !fetches.empty(); }
  bool empty() const { return !owed() && timers.empty() && subscriptions.empty() && children.empty(); }
};

// What tells one event from another: its source and id.
std::uint64_t event_digest(const json::Value& event);

std::string encode(const OpenWork&, const plan::Plan&);
// `instance` has the functions that the work may be of.
Result<OpenWork> decode_open_work(std::string_view, const plan::Plan&, const engine::Instance& instance);

}  // namespace xf::runtime::embedded
