// State: what an Instance is made of. Frames form a tree, one for each task that has begun and not ended; a
// frame with something under way has a Wait for it; the frames that can go on are in `ready`. For the engine
// alone.
//
// Everything here is in the snapshot and in the digest, except what is marked as a cache.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "xflow/engine/datum.h"
#include "xflow/engine/instance.h"
#include "xflow/engine/value_memo.h"

namespace xf::engine {

// Which place of its parent a frame fills. With its slot there, up to the root, this is the reference of its
// task.
enum class Part : std::uint8_t {
  kRoot,      // the workflow itself
  kBody,      // a task of the parent's list
  kHandler,   // a task of catch.do
  kBranch,    // a branch of a fork
  kFunction,  // the function that a call stands for
  kBefore,    // a task of an extension of the parent
  kAfter,
};

// How far a task has come. Every stage but kBody and the lists of extensions passes within one transition, or
// waits for an external schema and is then tried again from its start.
enum class Stage : std::uint8_t {
  kCreated,  // `if`, then the timeout begins
  kBefore,   // extensions, outermost first
  kEnter,    // input.schema, input.from
  kBody,     // the work of the node itself
  kLeave,    // output.as, output.schema, export.as, export.schema
  kAfter,    // extensions, innermost first
};

// ---- What each kind of node remembers beside that

struct ForState {
  Datum items;
  std::uint32_t index = 0;
};
struct ForkState {
  std::vector<Datum> outputs;  // by branch
  std::uint32_t open = 0;            // branches that have not ended
};
// A call that may have happened: should the same task run again within the retry, it says the same key.
struct Unsettled {
  std::string task;
  CommandId key = 0;
};
struct TryState {
  TimeUs first_at = 0;  // when the first attempt began
  std::uint32_t retries = 0;
  bool is_handling = false;  // catch.do has begun
  json::Value error;         // the last one caught; `catch.as`
  std::vector<Unsettled> last_attempt, this_attempt;
};
struct CallState {
  CommandId key = 0;          // the command under whose id the idempotency key was made; 0: none yet
  bool is_unsettled = false;  // sent, and nothing is known of it
};
struct ListenState {
  CommandId subscription = 0, until = 0;                        // 0: not (any more) subscribed
  std::vector<bool> met, until_met;                             // by filter (all)
  std::vector<std::pair<std::string, json::Value>> correlated;  // name → the expected value
  std::vector<Datum> results;                                   // what the task will give
  std::vector<json::Value> seen;  // what `until` is asked about; only if it is a condition
  std::deque<json::Value> queue;  // for foreach: not yet begun
  json::Value item;               // for foreach: in work
  std::uint32_t index = 0;        // of the item
  bool is_busy = false;           // an iteration runs
  bool is_closed = false;         // no more events are wanted
  bool is_full = false;           // held events fill the inbox: what comes now is lost, and a fault says so
  std::uint32_t held = 0;         // events in State::held
  std::uint64_t unweighed = 0;    // bytes taken since the instance was weighed last
};
using Own = std::variant<std::monostate, ForState, ForkState, std::unique_ptr<TryState>, CallState,
                         std::unique_ptr<ListenState>>;

// ---- Frames

struct Frame {
  Frame* parent = nullptr;
  Frame* child = nullptr;  // the first and the last
  Frame* tail = nullptr;
  Frame* next = nullptr;  // the next child of the same parent

  // The fetched function that it is part of, whose plan has its node; null: the instance's own definition.
  const plan::Plan* function = nullptr;
  plan::NodeId node = plan::kNoNode;
  std::uint32_t slot = 0;       // place in the parent's list, or number of the branch
  std::int32_t iteration = -1;  // of the innermost loop around it
  Part part = Part::kRoot;
  Stage stage = Stage::kCreated;
  bool is_queued = false;      // it is in `ready`
  bool is_doomed = false;      // in the course of being abandoned
  bool has_faulted = false;    // its failure has been told; it will not be told that it was cancelled
  std::uint8_t extension = 0;  // at kBefore and kAfter: which one
  std::uint16_t chosen =
      0;  // whose `then` counts: 0 the task's own, else 1 + the case of a switch, or 1: catch.then
  std::uint16_t scope = 0;  // how many loop variables and caught errors are visible to it
  std::uint16_t depth = 0;
  std::uint32_t waits = 0;  // how many entries of State::waits are its own
  TimeUs started_at = 0;

  Datum raw;     // raw input
  Datum input;   // transformed input
  Datum output;  // from kLeave: raw output; from kAfter: transformed
  Own own;
};

// Owns all frames; keeps a few ended ones for the next task.
class Frames {
 public:
  Frames() = default;
  Frames(const Frames&) = delete;
  Frames& operator=(const Frames&) = delete;
  ~Frames();

  // As the last child of its parent.
  Frame* add(Frame* parent);
  // Takes it and all below it out of the tree.
  void remove(Frame*);
  Frame* root() const { return root_; }

 private:
  void unlink(Frame*);
  void recycle(Frame*);

  Frame* root_ = nullptr;
  Frame* spare_ = nullptr;  // linked by `next`
  std::uint32_t spares_ = 0;
};

// ---- What is under way

enum class WaitKind : std::uint8_t {
  kDelay,    // timer of a `wait`
  kTimeout,  // timer of a task's or the workflow's timeout
  kBackoff,  // timer before a retry
  kAttempt,  // timer of one attempt's limit
  kCall,
  kFetch,
  kEvents,
  kUntil,
  kChild,
};
constexpr bool is_timer(WaitKind kind) { return kind <= WaitKind::kAttempt; }
constexpr bool is_events(WaitKind kind) { return kind == WaitKind::kEvents || kind == WaitKind::kUntil; }

struct Wait {
  CommandId id = 0;
  Frame* frame = nullptr;
  WaitKind kind = WaitKind::kDelay;
  TimeUs due = 0;  // of a timer
};

// An external resource as this instance first saw it. The same address read here and sent along with calls is
// two resources.
enum class ResourceUse : std::uint8_t {
  kRead,  // a schema or a function: its content is at hand
  kSent,  // a document that only the callers read, by its digest
};
struct Resource {
  std::string uri;
  ResourceUse use = ResourceUse::kRead;
  CommandId pending = 0;  // the Fetch that asks for it; 0: it is here
  std::string digest;
  json::Value content;  // kRead. Stored by digest, beside the snapshot
};

// ---- The whole

struct Instance::State {
  std::string id, key;
  std::optional<ParentRef> parent;
  std::uint64_t seed = 0;
  std::uint64_t draws = 0;  // random numbers taken so far
  std::uint32_t revision = 0;
  Status status = Status::kPending;
  bool is_suspended = false;
  bool is_yielded = false;  // a Yield has not been answered
  std::uint64_t last_seq = 0;
  std::uint64_t cycled = 0;  // transitions in cycles since the last outside Input
  CommandId last_id = 0;
  TimeUs started_at = 0;
  TimeUs frozen_at = 0;  // when a fault stopped everything; 0: not
  json::Value input;     // raw input of the workflow: $workflow.input
  Datum context;
  Datum output;
  std::optional<Fault> fault;

  Frames frames;
  std::vector<Frame*> ready;  // a stack: the first branch runs as far as it can, then the next
  std::vector<Wait> waits;    // in the order of their ids
  std::vector<Wait> frozen;   // what was under way when a fault stopped everything
  Frame* failed = nullptr;    // the frame whose fault nobody took
  std::deque<Input> held;     // came while suspended, to be applied at Resume
  std::vector<Resource> resources;
  std::vector<SecretVersion> secrets;  // in effect: those that the last Input found
  bool holds_secrets = false;          // something here was computed from one, and is hidden
  std::vector<Unsettled> unsettled;  // of calls that a Retry of the instance gave up: as in TryState

  // Caches.
  json::Value workflow_descriptor;                                                     // $workflow
  std::vector<std::pair<std::string, std::shared_ptr<const schema::Schema>>> schemas;  // of resources, by URI
  std::vector<plan::PlanPtr> functions;  // of resources; each Plan::base is its URI
  ValueMemo memo;
};

}  // namespace xf::engine
