// Caller: does the calls and fetches that instances command, outside the core. One port; `functions/http` is its
// adapter over the outbound HTTP client. Callbacks come on a thread of the caller's and must not block.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "base/json/value.h"
#include "xflow/definition/plan/plan.h"
#include "xflow/engine/command.h"

namespace xf::functions {

// Names one piece of work for cancelling it: an instance's command.
struct WorkId {
  std::string instance;
  engine::CommandId command = 0;
  bool operator==(const WorkId&) const = default;
};

class Caller {
 public:
  virtual ~Caller() = default;

  struct Outcome {
    std::variant<json::Value, engine::Fault> value;  // the task's raw output, or what went wrong
    bool outcome_unknown = false;  // sent, and no response seen: it may have happened
  };
  // `plan` keeps what the command points into. `secrets` is {name: value} of those the plan declares.
  // `document` is the content of an OpenAPI request's digest, else null.
  virtual void call(WorkId, plan::PlanPtr, engine::command::StartCall, json::Value secrets, json::Value document,
                    std::move_only_function<void(Outcome)>) = 0;

  struct Content {
    std::string digest;        // "sha256:…" over the bytes received
    json::Value value;         // JSON or YAML, parsed
  };
  virtual void fetch(WorkId, plan::PlanPtr, engine::command::Fetch, json::Value secrets,
                     std::move_only_function<void(std::variant<Content, engine::Fault>)>) = 0;

  // What has not been answered yet will not be; harmless when it is done already.
  virtual void cancel(const WorkId&) = 0;
};

}  // namespace xf::functions
