// Input: what happened to an instance. Only inputs are journaled; everything else is computed from them again.
// The runtime numbers them (`seq`, from 1, without gaps) and dates them (`at`); an instance knows no other time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json/value.h"
#include "base/time.h"
#include "xflow/definition/plan/plan.h"

namespace xf::engine {

// Ids that an instance gives to its commands: counted by the instance, unique in it, never used again.
using CommandId = std::uint64_t;

// RFC 7807, as the language has it.
struct Fault {
  std::string type = {};  // URI
  std::int64_t status = 500;
  std::string title = {}, detail = {};
  std::string instance = {};  // JSON Pointer to the task
  json::Value extra = {};     // further members of a raised error; null or an object
};
json::Value to_json(const Fault&);

struct ParentRef {
  std::string instance;
  CommandId command = 0;
};

namespace input {

struct Started {
  std::string instance;               // its id
  std::string key;                    // business key; may be empty
  json::Value input;
  std::uint64_t seed = 0;             // all chance in the instance (jitter, ids of emitted events) comes from it
  std::uint32_t revision = 0;         // engine/revision.h; kept for life
  std::optional<ParentRef> parent;
};
struct Continued {};                  // answers Yield
struct TimerFired { CommandId timer = 0; };
struct CallCompleted {
  CommandId call = 0;
  std::variant<json::Value, Fault> outcome;  // the task's raw output
  bool outcome_unknown = false;              // with a Fault: sent, and no response seen; it may have happened
};
struct Fetched {
  CommandId fetch = 0;
  std::string digest;                        // of the content, "sha256:…"
  std::variant<json::Value, Fault> content;  // JSON or YAML as a value; stored by digest beside the journal
};
struct EventReceived {
  CommandId subscription = 0;
  std::uint32_t filter = 0;           // which of the subscription's filters it matched
  json::Value event;                  // the CloudEvent in its JSON form; null: the inbox was full here
  json::Value extracted = {};         // events::Probe::extracted(): what its correlations say about the event
};
enum class ChildStatus : std::uint8_t { kCompleted, kFaulted, kCancelled };
struct ChildCompleted {
  CommandId child = 0;
  ChildStatus status = ChildStatus::kCompleted;
  json::Value output;                 // kCompleted
  Fault fault;                        // kFaulted
};
struct Cancel { std::string reason; };
struct Suspend { std::string reason; };
struct Resume {};
struct Retry {};                      // continues a faulted instance from the task that failed
struct Reset {                        // goes back to a task of the main list (or deeper, outside loops and forks)
  std::string position;               // its reference: /do/2/pay
  json::Value data;                   // its raw input
  std::optional<json::Value> context; // keeps the present one when unset
};
struct Upgraded { std::uint32_t revision = 0; };

}  // namespace input

using InputBody = std::variant<input::Started, input::Continued, input::TimerFired, input::CallCompleted, input::Fetched,
                               input::EventReceived, input::ChildCompleted, input::Cancel, input::Suspend, input::Resume,
                               input::Retry, input::Reset, input::Upgraded>;

// A secret is an input by name and version: the journal has the version, the value comes beside it.
struct SecretVersion {
  std::string name;
  std::uint64_t version = 0;  // 0: it is not there (any more)
  bool operator==(const SecretVersion&) const = default;
};

struct Input {
  std::uint64_t seq = 0;
  TimeUs at = 0;
  InputBody body;
  std::vector<SecretVersion> secrets = {};  // that are not what the instance found at its last Input
};

// The journal's form. Versioned; `decode` refuses what it does not know (Code::kCorrupt). A Fetched comes back
// without its content, which is stored by digest: fill() puts it there again.
std::string encode(const Input&);
Result<Input> decode_input(std::string_view);

// What is stored by digest. An error says that it cannot be read.
using Contents = std::function<Result<json::Value>(const std::string& digest)>;
Result<void> fill(InputBody&, const Contents&);

}  // namespace xf::engine
