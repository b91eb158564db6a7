// Plan: what a definition is compiled to, and all that the engine knows of it. A flat, immutable list of
// nodes; every expression is compiled, every local reference is resolved. Shared between threads. It is a
// cache: never stored, never part of a digest; anything that outlives the process names a node by its
// reference (`/do/2/pay`).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/json/value.h"
#include "xflow/definition/plan/template.h"
#include "xflow/schema/schema.h"

namespace xf::plan {

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = UINT32_MAX;

struct DefinitionId {
  std::string ns;  // "namespace" is a word of the language
  std::string name;
  std::string version;
  bool operator==(const DefinitionId&) const = default;
};

// ---- Parts that many nodes share

// A duration as written: calendar months are added to the turn's time, the rest is exact. An expression is
// evaluated when the duration is needed; it gives an ISO 8601 string or a duration object.
struct Duration {
  std::int64_t months = 0;
  std::int64_t milliseconds = 0;
  std::optional<Template> expression;
};

// An authentication policy. The properties are templates that may touch $secrets: the runtime evaluates them
// when the call is sent, never step().
struct Authentication {
  enum class Scheme : std::uint8_t { kBasic, kBearer, kDigest, kOAuth2, kOidc } scheme = Scheme::kBasic;
  std::string secret;   // `use: name` inside the scheme: all properties come from that secret
  Template properties;  // the object below the scheme's key
};

struct SchemaRef {
  std::shared_ptr<const schema::Schema> inline_schema;  // compiled at deployment
  std::string uri;                                      // external: asked for by Fetch when first needed
  std::optional<Authentication> authentication;         // of that request
};

// `input`, `output`, `export`: a schema and a transformation, both optional.
struct Filter {
  std::optional<SchemaRef> schema;
  std::optional<Template> transform;  // from | as
};

enum class Directive : std::uint8_t { kContinue, kExit, kEnd, kGoTo };
struct Flow {
  Directive directive = Directive::kContinue;
  NodeId target = kNoNode;  // kGoTo: a sibling in the same list
};

// The tasks of one list, in order. Only these may be named by `then` within it.
struct TaskList {
  std::vector<NodeId> tasks;
};

// RFC 7807 fields, each a literal or an expression. `status` is a number.
struct ErrorTemplate {
  Template type, status, title, detail, instance;  // absent ones are literal null
};

struct ErrorFilter {
  // Unset ones match anything. Standard types match across both hosts and both path prefixes.
  std::optional<Template> type, status, instance, title, detail;
};

enum class Backoff : std::uint8_t { kConstant, kLinear, kExponential };
struct RetryPolicy {
  std::optional<Template> when, except_when;
  Duration delay;
  Backoff backoff = Backoff::kConstant;
  std::optional<std::uint32_t> attempts_max;            // limit.attempt.count: attempts after the first
  std::optional<Duration> attempt_duration;             // limit.attempt.duration: each attempt
  std::optional<Duration> total_duration;               // limit.duration: all attempts together
  std::optional<std::pair<Duration, Duration>> jitter;  // from, to
};

struct Endpoint {
  Template uri;  // a URI template (RFC 6570 simple expansion) or an expression
  bool is_uri_template = true;
  std::optional<Authentication> authentication;
};

struct ExternalResource {
  std::string name;
  Endpoint endpoint;
};

// ---- Events

struct EventFilter {
  // Attribute → constant (equal, or a full-match regular expression if it compiles) or expression (a boolean
  // over the event, or a value to be equal to).
  std::vector<std::pair<std::string, Template>> with;
  struct Correlation {
    std::string name;
    Template from;                   // evaluated on the event
    std::optional<Template> expect;  // unset: the first extracted value becomes the expectation
  };
  std::vector<Correlation> correlate;
};

struct EventStrategy {
  enum class Mode : std::uint8_t { kOne, kAll, kAny } mode = Mode::kOne;
  std::vector<EventFilter> filters;                   // empty with kAny: every event
  std::optional<Template> until_condition;            // kAny only
  std::shared_ptr<const EventStrategy> until_events;  // kAny only; has no until of its own
};

enum class EventRead : std::uint8_t { kData, kEnvelope, kRaw };

// ---- What each kind of node has of its own

struct Set {
  Template value;
};
struct Do {
  TaskList list;
};
struct For {
  std::string each = "item", at = "index";
  Template in;
  std::optional<Template> while_condition;
  TaskList list;
};
struct Fork {
  std::vector<NodeId> branches;
  bool compete = false;
};
struct Switch {
  struct Case {
    std::string name;
    std::optional<Template> when;  // unset: the default
    Flow then;
  };
  std::vector<Case> cases;
};
struct Try {
  TaskList list;
  std::optional<ErrorFilter> errors;
  std::string as = "error";
  std::optional<Template> when, except_when;
  std::optional<RetryPolicy> retry;
  std::optional<TaskList> handler;  // catch.do
  std::optional<Flow> then;         // catch.then
};
struct Raise {
  ErrorTemplate error;
};
struct Wait {
  Duration duration;
};
struct Emit {
  Template event;
};  // the `with` object; defaults are filled in by the engine
struct Listen {
  EventStrategy to;
  EventRead read = EventRead::kData;
  struct Foreach {
    std::string item = "item", at = "index";
    TaskList list;
    Filter output, export_;
  };
  std::optional<Foreach> foreach;
};
enum class HttpOutput : std::uint8_t { kContent, kRaw, kResponse };
struct CallHttp {
  Template method;
  Endpoint endpoint;
  Template headers, query, body;  // literal null when absent
  HttpOutput output = HttpOutput::kContent;
  bool redirect = false;
};
struct CallOpenApi {
  ExternalResource document;
  Template operation_id, parameters;
  std::optional<Authentication> authentication;
  HttpOutput output = HttpOutput::kContent;
  bool redirect = false;
};
// A function of `use.functions` (compiled in place, once for each name: `body`), or one that is fetched by
// its address and becomes a Plan of its own.
struct CallFunction {
  std::string name;
  NodeId body = kNoNode;  // kNoNode: fetched from `uri`
  std::string uri;
  Template arguments;  // `with`
};
struct RunWorkflow {
  DefinitionId target;  // version may be "latest"
  Template input;
  bool await = true;
};
// A kind of task that this build parses but cannot run: it faults when reached.
struct Unavailable {
  std::string what;
};  // "call: grpc"

using Body = std::variant<Set, Do, For, Fork, Switch, Try, Raise, Wait, Emit, Listen, CallHttp, CallOpenApi,
                          CallFunction, RunWorkflow, Unavailable>;

// ---- The node

struct Extension {
  std::string name;
  std::optional<Template> when;
  std::optional<TaskList> before, after;
};

struct Node {
  std::string name;
  std::string reference;              // JSON Pointer into the definition: /do/0/tryGetPet/try/0/getPet
  json::Value definition;             // the task as written: $task.definition
  std::optional<Template> condition;  // if
  Filter input, output, export_;
  std::optional<Duration> timeout;
  Flow then;
  std::vector<Extension> extensions;  // those that apply to this task, outermost first
  Body body;
};

// ---- Schedules

// What becomes of runs whose time passes while nobody can start them.
enum class Missed : std::uint8_t { kOnce, kSkip, kAll };

struct Schedule {
  std::optional<Duration> every, after;
  std::string cron;  // empty: none; five fields, or six with seconds first
  std::string zone;  // of `cron`; empty: UTC
  Missed missed = Missed::kOnce;
  std::optional<EventStrategy> on;
  EventRead read = EventRead::kData;
  bool empty() const { return !every && !after && cron.empty() && !on; }
};

// ---- The plan

// Of a definition, or of a fetched function: then `base` is its address, `main` its one task, and the references
// of its nodes are that address with a JSON Pointer behind '#'.
struct Plan {
  std::string base;  // relative addresses are seen from here; empty: there are none
  DefinitionId id;
  std::string title, summary;
  json::Value metadata;  // document.metadata and tags, for lists
  std::string digest;    // "sha256:…" over the canonical source JSON
  json::Value source;    // the definition as JSON: $workflow.definition
  std::vector<Node> nodes;
  TaskList main;  // the workflow's `do`
  Filter input, output;
  std::optional<Duration> timeout;
  Schedule schedule;
  std::vector<std::string> secrets;  // use.secrets: the only ones that may be read
  bool loose = false;                // evaluate.mode: loose
};

using PlanPtr = std::shared_ptr<const Plan>;

}  // namespace xf::plan
