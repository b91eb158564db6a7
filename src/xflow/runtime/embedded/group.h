// Group: the turns that become durable together, and what follows once they are. The driver makes it; whoever
// drives the driver commits `batch`, then calls the answers and does the acts, in this order.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "persistence/store.h"
#include "xflow/functions/caller.h"
#include "xflow/runtime/runtime.h"

namespace xf::runtime::embedded {

namespace act {

struct Call {
  persistence::InstanceKey instance = 0;
  functions::WorkId work;
  plan::PlanPtr plan;
  engine::command::StartCall call;
  json::Value document;  // of an OpenAPI request
};
struct Fetch {
  persistence::InstanceKey instance = 0;
  functions::WorkId work;
  plan::PlanPtr plan;
  engine::command::Fetch fetch;
};
struct Cancel {
  functions::WorkId work;
};

}  // namespace act

using Act = std::variant<act::Call, act::Fetch, act::Cancel>;

// Null: it is durable. Else: it did not happen, and why.
using Answer = std::move_only_function<void(const Error*)>;

// One durable turn, for live views: as it is, since mostly nobody looks.
struct Told {
  std::string tenant;
  std::uint64_t salt = 0;  // the tenant's
  persistence::InstanceKey instance = 0;
  engine::Status status = engine::Status::kPending;
  std::uint64_t seq = 0;
  TimeUs at = 0;
  engine::Trace trace;

  std::vector<HistoryEntry> entries() &&;
};

inline std::vector<HistoryEntry> Told::entries() && {
  std::vector<HistoryEntry> out;
  out.reserve(trace.size());
  for (std::uint32_t i = 0; i < trace.size(); ++i)
    out.push_back({.position = {.seq = seq, .index = i}, .at = at, .entry = std::move(trace[i])});
  return out;
}

struct Group {
  std::uint64_t number = 0;
  persistence::Batch batch;
  std::vector<Answer> answers;
  std::vector<Told> told;
  std::vector<Act> acts;
};

}  // namespace xf::runtime::embedded
