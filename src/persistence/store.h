// Store: the durable state of the embedded engine, as a port. One Batch is one atomic, durable step: when
// commit() returns, all of it has happened or none of it. Readers see what is committed and never block a
// commit.
//
// Plain data only: what a blob holds (inputs, traces, snapshots, definitions) is the engine's business. Every
// row carries its tenant.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace xf::persistence {

using TenantKey = std::int64_t;
using DefinitionKey = std::int64_t;
// Grows with the time of the start, so that the order of the keys is the order of the starts.
using InstanceKey = std::int64_t;

struct Tenant {
  TenantKey key = 0;
  std::string name = {};
  std::uint64_t salt = 0;  // sets its instances' ids apart from those of every other data directory
};

// ---- Definitions

enum class DefinitionState : std::uint8_t { kActive, kRetired, kRemoved };
struct Definition {
  DefinitionKey key = 0;
  TenantKey tenant = 0;
  std::string ns = {}, name = {}, version = {}, title = {}, digest = {};
  TimeUs deployed_at = 0;
  DefinitionState state = DefinitionState::kActive;
  bool operator==(const Definition&) const = default;
};
struct DefinitionText {
  DefinitionKey key = 0;
  std::string source = {};    // JSON, in the author's order
  std::string original = {};  // as it was sent
};

// ---- Instances

// Statuses are the engine's numbers, 0..kStatuses-1.
inline constexpr std::uint8_t kStatuses = 7;
struct Instance {
  InstanceKey key = 0;
  TenantKey tenant = 0;
  DefinitionKey definition = 0;
  std::uint8_t status = 0;
  TimeUs updated_at = 0;
  TimeUs ended_at = 0;  // 0: not ended
  std::string business_key = {};
  InstanceKey parent = 0;  // 0: none
  std::uint64_t parent_command = 0;
  bool parent_awaits = false;
  bool owed = false;  // has calls or fetches without an answer: recovery sends them again
  bool operator==(const Instance&) const = default;
};
struct JournalRow {
  InstanceKey instance = 0;
  TenantKey tenant = 0;
  std::uint64_t seq = 0;  // from 1, without gaps
  TimeUs at = 0;
  std::string input = {}, trace = {};
  std::uint64_t digest = 0;  // of the state after this input
  bool operator==(const JournalRow&) const = default;
};
struct Snapshot {
  InstanceKey instance = 0;
  TenantKey tenant = 0;
  std::uint64_t seq = 0;  // of the last input it contains
  std::string state = {};
};
// All that is needed to bring an instance back: the journal begins behind the snapshot.
struct StoredInstance {
  Instance row;
  std::optional<Snapshot> snapshot = {};
  std::vector<JournalRow> tail;
};
struct Incident {
  InstanceKey instance = 0;
  TenantKey tenant = 0;
  TimeUs at = 0;
  std::string reason = {};
};

// ---- What instances wait for

struct Timer {
  TimeUs due = 0;
  InstanceKey instance = 0;
  std::uint64_t timer = 0;
  TenantKey tenant = 0;
  auto operator<=>(const Timer&) const = default;
};
// `shape` names what is compared, `hash` the values it is compared with: one look-up finds the candidates.
struct Subscription {
  std::int64_t shape = 0, hash = 0;
  InstanceKey instance = 0;
  std::uint64_t command = 0;
  std::uint32_t filter = 0;
  TenantKey tenant = 0;
  auto operator<=>(const Subscription&) const = default;
};
struct Shape {
  std::int64_t key = 0;
  TenantKey tenant = 0;
  DefinitionKey definition = 0;
  std::string text = {};  // what it compares, unique within the definition
};
// An input that is durable and not yet applied.
struct Mail {
  std::int64_t key = 0;  // grows
  TenantKey tenant = 0;
  InstanceKey instance = 0;
  DefinitionKey definition = 0;  // of an instance that is to be started; else 0
  bool parent_awaits = false;    // of such an instance
  std::string input = {};
};
// An event that is kept for later listeners.
struct KeptEvent {
  std::int64_t key = 0;  // grows
  TenantKey tenant = 0;
  TimeUs expires_at = 0;
  std::string event = {};
};

// ---- Beside the instances

struct IdempotencyRow {
  TenantKey tenant = 0;
  std::string operation = {}, key = {};
  std::uint64_t body = 0;
  TimeUs at = 0;
  std::string answer = {};
};
struct Schedule {
  TenantKey tenant = 0;
  std::string ns = {}, name = {};  // one for each, whatever the version
  DefinitionKey definition = 0;
  bool paused = false;
  TimeUs next = 0, last = 0;  // 0: none
  InstanceKey last_instance = 0;
  std::string state = {};  // of a schedule by events: what has arrived
  bool operator==(const Schedule&) const = default;
};
// One version of a secret that this directory was given. The newest counts; older ones are kept for the instances
// that may still need them.
struct Secret {
  TenantKey tenant = 0;
  std::string name = {};
  std::uint64_t version = 0;  // from 1
  TimeUs since = 0;
  std::string sealed = {};  // its value; empty: it was taken away
};
struct Content {
  TenantKey tenant = 0;
  std::string digest = {}, value = {};
};

// ---- One atomic step

struct Batch {
  std::vector<Tenant> tenants;
  std::vector<std::pair<Definition, DefinitionText>> definitions;
  std::vector<std::pair<DefinitionKey, DefinitionState>> definition_states;
  std::vector<Instance> started;  // new rows
  std::vector<Instance> changed;  // status, updated_at, ended_at and owed of known rows
  std::vector<JournalRow> journal;
  std::vector<Snapshot> snapshots;  // replace the older one
  std::vector<Timer> timers, timers_gone;
  std::vector<Shape> shapes;
  std::vector<Subscription> subscriptions, subscriptions_gone;
  std::vector<Mail> mail;
  std::vector<std::int64_t> mail_gone;
  std::vector<KeptEvent> events;
  std::vector<std::int64_t> events_gone;
  std::vector<IdempotencyRow> idempotency;  // replace an older row of the same key
  std::vector<Schedule> schedules;          // replace
  std::vector<std::pair<TenantKey, std::pair<std::string, std::string>>> schedules_gone;  // (namespace, name)
  std::vector<Secret> secrets, secrets_gone;
  std::vector<Content> contents;    // kept when the digest is there already
  std::vector<Incident> incidents;  // replace
  std::vector<InstanceKey> incidents_gone;
  std::vector<InstanceKey> deleted;  // instances, with all that belongs to them
  TimeUs idempotency_before = 0;     // older rows are deleted, a few at a time
  bool empty() const;
};

// ---- Reading

struct Counters {
  TenantKey tenant = 0;
  DefinitionKey definition = 0;
  InstanceKey instance = 0;
  std::int64_t shape = 0, mail = 0, event = 0;
};

struct InstanceFilter {
  TenantKey tenant = 0;
  std::uint8_t statuses = 0;                                   // bit 1 << status; 0: all
  std::optional<std::vector<DefinitionKey>> definitions = {};  // unset: all
  InstanceKey key_min = 0;                                     // inclusive
  InstanceKey key_before = INT64_MAX;                          // exclusive: where the page before ended
  struct Text {                                                // any of these
    InstanceKey key_min = 1, key_max = 0;                      // inclusive; empty when max < min
    std::string business_key = {};                             // prefix; never empty
    std::vector<DefinitionKey> definitions = {};
  };
  std::optional<Text> text = {};
  std::uint32_t limit = 50;
};

// What is committed. One thread at a time; each call sees one consistent state.
class Reader {
 public:
  virtual ~Reader() = default;

  virtual Result<Counters> counters() = 0;  // the highest keys given so far
  virtual Result<std::vector<Tenant>> tenants() = 0;
  virtual Result<std::vector<Definition>> definitions() = 0;
  virtual Result<std::optional<DefinitionText>> definition_text(DefinitionKey) = 0;
  virtual Result<std::vector<Shape>> shapes() = 0;
  virtual Result<std::vector<Mail>> mail() = 0;  // by key
  virtual Result<std::vector<KeptEvent>> events() = 0;
  virtual Result<std::vector<Schedule>> schedules() = 0;
  virtual Result<std::vector<Incident>> incidents() = 0;
  virtual Result<std::vector<Secret>> secrets() = 0;  // by tenant, name, version
  virtual Result<std::vector<Instance>> owed(InstanceKey after, std::uint32_t limit) = 0;

  virtual Result<std::optional<StoredInstance>> load(InstanceKey) = 0;
  // Those behind `after`, in order.
  virtual Result<std::vector<Timer>> timers(const Timer& after, std::uint32_t limit) = 0;
  virtual Result<std::vector<Subscription>> subscriptions(const Subscription& after, std::uint32_t limit) = 0;
  virtual Result<std::optional<IdempotencyRow>> idempotency(TenantKey, const std::string& operation,
                                                            const std::string& key) = 0;
  virtual Result<std::optional<std::string>> content(TenantKey, const std::string& digest) = 0;
  virtual Result<std::optional<Incident>> incident(InstanceKey) = 0;
  // The instance that this command of the parent started; 0: none (yet).
  virtual Result<InstanceKey> child(InstanceKey parent, std::uint64_t command) = 0;
  virtual Result<std::vector<InstanceKey>> children(InstanceKey parent, std::uint32_t limit) = 0;
  // How many instances of the definition have one of the statuses; counting ends at `limit`.
  virtual Result<std::uint64_t> count(DefinitionKey, std::uint8_t statuses, std::uint64_t limit) = 0;
  // Instances of these statuses that ended before, from the oldest start after `after`. `next` is where to go
  // on.
  virtual Result<std::vector<InstanceKey>> ended(std::uint8_t statuses, TimeUs before, InstanceKey after,
                                                 std::uint32_t limit) = 0;

  virtual Result<std::optional<Instance>> instance(InstanceKey) = 0;
  // Newest first.
  virtual Result<std::vector<Instance>> instances(const InstanceFilter&) = 0;
  // From `seq_min` on.
  virtual Result<std::vector<JournalRow>> journal(InstanceKey, std::uint64_t seq_min,
                                                  std::uint32_t limit) = 0;
};

// What the data takes, and how often its log was moved into it.
struct Usage {
  std::uint64_t data_bytes = 0, log_bytes = 0, checkpoints = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  // One thread at a time. kUnavailable, kExhausted: nothing of it happened, and it may be tried again later.
  virtual Result<void> commit(const Batch&) = 0;
  // Any thread. The reader must not outlive the store.
  virtual Result<std::unique_ptr<Reader>> reader() = 0;
  // A consistent copy of everything, while commits go on; bytes written. The target must not exist.
  virtual Result<std::uint64_t> backup(const std::string& target) = 0;
  // Any thread.
  virtual Usage usage() const { return {}; }
};

}  // namespace xf::persistence
