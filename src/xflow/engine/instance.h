// Instance: one run of a definition: where it stands (a tree of frames) and what it knows. Changed by step() alone.
// Belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "xflow/engine/input.h"

namespace xf::engine {

// The specification's seven words.
enum class Status : std::uint8_t { kPending, kRunning, kWaiting, kSuspended, kCancelled, kFaulted, kCompleted };
std::string_view to_string(Status);
inline bool is_final(Status s) { return s == Status::kCancelled || s == Status::kFaulted || s == Status::kCompleted; }

// Where an instance stands and why it waits.
enum class WaitingFor : std::uint8_t { kNothing, kTimer, kEvent, kCall, kChild, kRetry, kFetch };
struct Position {
  std::string task;
  std::vector<std::uint32_t> iteration;  // loop indices, outermost first
  TimeUs since = 0;
  WaitingFor waiting_for = WaitingFor::kNothing;
  TimeUs due = 0;                        // 0: none
  std::uint32_t attempt = 0;             // 0: not a retried task
  std::optional<Fault> last_error;
};

class Instance {
 public:
  Instance();  // before Started
  Instance(Instance&&) noexcept;
  Instance& operator=(Instance&&) noexcept;
  ~Instance();

  const std::string& id() const;
  const std::string& key() const;
  Status status() const;
  std::uint64_t last_seq() const;       // of the last Input that it took
  const json::Value& output() const;    // when completed; what may be seen of it
  const std::optional<Fault>& fault() const;  // when faulted
  const std::optional<ParentRef>& parent() const;
  std::uint32_t revision() const;
  // The versions of secrets that it knows, and whether its state has values that came from them: such a snapshot
  // must be sealed.
  const std::vector<SecretVersion>& secrets() const;
  bool holds_secrets() const;
  TimeUs started_at() const;
  std::vector<Position> positions(const plan::Plan&) const;
  // False: the subscription's inbox is full, and what is sent to it is lost.
  bool has_room(CommandId subscription) const;
  // The fetched function of this address that the instance is in; null: it is in none.
  plan::PlanPtr function(const std::string& address) const;

  // A digest of the whole state: equal exactly when two instances would behave alike from here on. Cheap enough to be
  // kept with every journal row.
  std::uint64_t digest() const;

  struct State;  // state.h, for the engine alone
  State& state() { return *state_; }
  const State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

// The snapshot's form: names nodes by reference, carries a format version. `decode` needs the same definition's Plan,
// and what the instance fetched.
std::string encode(const Instance&, const plan::Plan&);
Result<Instance> decode_instance(std::string_view, const plan::Plan&, const Contents& = {});

}  // namespace xf::engine
