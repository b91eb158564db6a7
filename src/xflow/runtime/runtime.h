// Runtime: what drives the core. The API, the CLI and the tests know only this port; `embedded/` (one process, SQLite)
// and later `temporal/` stand behind it.
//
// Every method may be called from any thread, returns at once and answers through its callback exactly once, on a
// thread of the runtime's: a callback must not block. A command's answer comes after it is durable, never before.
// Errors: kUnavailable = it did not happen, try again (full disk, stopping); kTimeout = perhaps it happened.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <span>
#include <string>
#include <vector>

#include "base/json/value.h"
#include "base/result.h"
#include "base/time.h"
#include "xflow/definition/plan/plan.h"
#include "xflow/engine/instance.h"
#include "xflow/engine/trace.h"

namespace xf::runtime {

template <typename T>
using Callback = std::move_only_function<void(Result<T>)>;

// A caller's own name for one request, so that sending it again does not do it again: kept 24 h for each tenant and
// operation; the same key with another body is refused (kReused).
struct Idempotency {
  std::string key = {};     // empty: none
  std::uint64_t body = 0;   // a digest of the request
};

// ---- Definitions

struct Deployment {
  plan::DefinitionId id;
  std::string digest;
  bool created = false;     // false: the identical definition was there
};
struct DefinitionSummary {
  plan::DefinitionId id;
  std::string title, digest;
  TimeUs deployed_at = 0;
  bool retired = false;     // takes no new instances
  std::uint64_t instances_open = 0;
};
struct DefinitionDetail {
  DefinitionSummary summary;
  std::string source;       // JSON, in the author's order
  std::string original;     // as it was sent
};

// ---- Instances

struct StartRequest {
  std::string tenant = "default";
  plan::DefinitionId definition = {};     // version may be "latest" or empty: the highest release
  json::Value input = {};
  std::string key = {};                   // business key
  Idempotency idempotency = {};
  std::int64_t wait_ms = 0;               // > 0: answer when it ended or this time has passed
};
struct InstanceSummary {
  std::string id, key;
  plan::DefinitionId definition;          // the version that it really runs
  engine::Status status = engine::Status::kPending;
  TimeUs created_at = 0, updated_at = 0;
  TimeUs ended_at = 0;                    // 0: not ended
  std::optional<engine::ParentRef> parent;
};
struct InstanceDetail {
  InstanceSummary summary;
  json::Value input, output;              // output when completed
  std::optional<engine::Fault> fault;     // when faulted
  std::vector<engine::Position> positions;
  std::vector<std::string> children;      // ids
  bool replayed = false;                  // a start that an idempotency key had already done
};
struct InstanceQuery {
  std::string tenant = "default";
  std::vector<engine::Status> statuses = {};   // empty: all
  plan::DefinitionId definition = {};          // empty parts match all
  TimeUs created_after = 0, created_before = 0;  // 0: open
  std::string text = {};                       // prefix of id, key or definition name
  std::uint32_t limit = 50;               // 1..500
  std::string cursor = {};                     // from the page before; empty: the newest
};
template <typename T>
struct Page {
  std::vector<T> items;
  std::string next;                       // empty: the last page
};

struct HistoryEntry {
  engine::TracePosition position;
  TimeUs at = 0;
  engine::TraceEntry entry;
};
struct HistoryQuery {
  std::string tenant = "default", instance;
  engine::TracePosition after;            // exclusive; {0,0}: from the start
  std::uint32_t limit = 500;
};

// ---- Schedules

struct ScheduleSummary {
  plan::DefinitionId definition;
  std::string kind;                       // every | cron | after | on
  std::string expression;                 // as written
  bool paused = false;
  TimeUs next = 0, last = 0;              // 0: none
  std::string last_instance;
};

struct Backup {
  std::string file;
  std::uint64_t bytes = 0;
};

// What a live view receives: each durable turn of an instance, in order.
using TurnListener = std::function<void(const std::string& tenant, const std::string& instance, engine::Status,
                                        std::span<const HistoryEntry>)>;

class Runtime {
 public:
  virtual ~Runtime() = default;

  virtual void deploy(std::string tenant, plan::PlanPtr, std::string original, Callback<Deployment>) = 0;
  virtual void definitions(std::string tenant, std::string cursor, std::uint32_t limit,
                           Callback<Page<DefinitionSummary>>) = 0;
  virtual void definition(std::string tenant, plan::DefinitionId, Callback<DefinitionDetail>) = 0;
  // Refused (kConflict) while instances run, unless `retire`: then it takes no new ones and stays.
  virtual void remove_definition(std::string tenant, plan::DefinitionId, bool retire, Callback<DefinitionSummary>) = 0;

  virtual void start(StartRequest, Callback<InstanceDetail>) = 0;
  virtual void instances(InstanceQuery, Callback<Page<InstanceSummary>>) = 0;
  virtual void instance(std::string tenant, std::string id, Callback<InstanceDetail>) = 0;
  virtual void history(HistoryQuery, Callback<Page<HistoryEntry>>) = 0;
  // Cancel, Suspend, Resume, Retry, Reset. kConflict when its state does not allow it; the message says why.
  virtual void command(std::string tenant, std::string id, engine::InputBody, Idempotency, Callback<InstanceDetail>) = 0;

  // CloudEvents in JSON form. Accepted (durable) all or none; answers how many subscriptions each one met.
  virtual void publish(std::string tenant, std::vector<json::Value> events, Idempotency,
                       Callback<std::vector<std::uint32_t>>) = 0;

  virtual void schedules(std::string tenant, Callback<std::vector<ScheduleSummary>>) = 0;
  enum class ScheduleAction : std::uint8_t { kPause, kResume, kTrigger };
  virtual void schedule(std::string tenant, plan::DefinitionId, ScheduleAction, Idempotency,
                        Callback<ScheduleSummary>) = 0;

  // Called after each durable turn, on a thread of the runtime's. One listener; set before the first start. `wanted`,
  // if there is one, is asked first, after the turns are durable and for many of them at once: false passes them over.
  virtual void listen(TurnListener, std::function<bool()> wanted = {}) = 0;

  // Ready: recovered, and able to write. The text says what is in the way.
  virtual Result<void> ready() const = 0;
  // A consistent copy of all data while running, into a new file below the data directory.
  virtual void backup(Callback<Backup>) = 0;
  // Finishes the turns in hand, keeps the rest, and returns when all is durable.
  virtual void stop() = 0;
};

}  // namespace xf::runtime
