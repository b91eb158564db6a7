// Command: all that the core may ask of the world. Each carries an id counted by the instance, so that doing one twice
// is harmless; what has been asked for is cancelled by its id, and what arrives too late changes nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "xflow/engine/input.h"

namespace xf::engine::command {

// ---- Calls

// A call's arguments are fixed when it is commanded, except those that touch $secrets or $authorization: these stay
// templates and are evaluated when it is sent (functions/), from the arguments that travel beside them.
struct HttpRequest {
  std::string method;           // upper case
  std::string uri;              // expanded
  json::Value headers, query;   // objects or null
  json::Value body;             // null: none
  bool has_body = false;
};
struct OpenApiRequest {
  std::string document_digest;  // of the content that Fetched brought
  std::string document_uri;     // base for relative servers
  std::string operation;
  json::Value parameters;       // object or null
};
struct StartCall {
  CommandId id = 0;
  plan::NodeId node = plan::kNoNode;
  plan::PlanPtr function;       // the fetched function that the node is of; null: the instance's own definition
  std::string task;             // the node's reference, with iteration indices: for logs and positions
  std::variant<HttpRequest, OpenApiRequest> request;
  plan::HttpOutput output = plan::HttpOutput::kContent;
  bool redirect = false;
  // Points into the node's Plan (which outlives the command); null: none.
  const plan::Authentication* authentication = nullptr;
  // Set when part of the request waits for secrets: the sender evaluates those of the node's templates that use them
  // and puts their values into `request`. `arguments` is [input, variables…] as for Template::evaluate, with $secrets
  // and $authorization still null; it is there whenever the call is sealed or has an authentication.
  bool sealed = false;
  json::Value arguments;
  // What people may see of the request and of the arguments, where they hold what was read from a secret: responses
  // and faults tell of the call by these.
  std::optional<std::variant<HttpRequest, OpenApiRequest>> shown;
  json::Value shown_arguments;  // null: the arguments
  TimeUs deadline = 0;          // 0: none; the engine's own timer also stops it
  std::uint32_t attempt = 1;
  // The idempotency key of this attempt: the same after a crash and for a retry whose outcome was unknown, a new one
  // once a response was received.
  std::string idempotency_key;
};
struct CancelCall { CommandId id = 0; };

// An external resource, by address. GET; the content is kept by digest.
struct Fetch {
  CommandId id = 0;
  std::string uri;
  plan::PlanPtr function;  // as for StartCall
  const plan::Authentication* authentication = nullptr;
  json::Value arguments;  // as for a sealed StartCall: what the authentication's properties are evaluated over
};

// ---- Timers

struct StartTimer {
  CommandId id = 0;
  TimeUs due = 0;
};
struct CancelTimer { CommandId id = 0; };

// ---- Events

// What a subscription waits for, with everything evaluated that can be: literal attributes and expected correlation
// values are for indexing; what is left to be evaluated on each event is in engine/events.h. Commanded again under the
// same id, the filters replace those given before (a correlation became known) and what waits in its inbox stays.
struct Subscribe {
  CommandId id = 0;
  plan::NodeId node = plan::kNoNode;  // kNoNode: of a fetched function; the engine judges each event itself
  bool until = false;           // the node's until_events rather than its filters
  struct Filter {
    // Equal to the literal, or matching it as a regular expression.
    std::vector<std::pair<std::string, json::Value>> literals;
    // Correlation name → the value that must be extracted. A name without a value takes the first.
    std::vector<std::pair<std::string, std::optional<json::Value>>> expected;
    bool has_expressions = false;  // the node's `with` also has expressions
  };
  std::vector<Filter> filters;  // in the order of the node's; empty: every event
};
struct Unsubscribe { CommandId id = 0; };
struct Publish {
  CommandId id = 0;
  json::Value event;            // a complete CloudEvent in JSON form
};

// ---- Children

struct StartChild {
  CommandId id = 0;
  plan::DefinitionId target;
  json::Value input;
  bool await = true;
};
struct CancelChild { CommandId id = 0; };

// ---- The turn itself

struct Yield {};                // journal Continued and step again, fairly among instances
struct Complete { json::Value output; };  // what may be seen of it
struct Fail { Fault fault; };   // an incident: a person may retry or reset
struct Cancelled {};

}  // namespace xf::engine::command

namespace xf::engine {

using Command = std::variant<command::StartCall, command::CancelCall, command::Fetch, command::StartTimer, command::CancelTimer,
                             command::Subscribe, command::Unsubscribe, command::Publish, command::StartChild,
                             command::CancelChild, command::Yield, command::Complete, command::Fail, command::Cancelled>;

}  // namespace xf::engine
