// HttpCaller: does calls of HTTP and OpenAPI operations, and fetches external resources, over the outbound
// client.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/http/client.h"
#include "xflow/functions/caller.h"
#include "xflow/functions/http/tokens.h"

namespace xf::functions {

// Thread-safe; callbacks run on the client's thread.
class HttpCaller : public Caller {
 public:
  explicit HttpCaller(std::unique_ptr<http::Client> client);
  ~HttpCaller() override;

  void call(WorkId, plan::PlanPtr, engine::command::StartCall, json::Value secrets, json::Value document,
            std::move_only_function<void(Outcome)>) override;
  void fetch(WorkId, plan::PlanPtr, engine::command::Fetch, json::Value secrets,
             std::move_only_function<void(std::variant<Content, engine::Fault>)>) override;
  void cancel(const WorkId&) override;

 private:
  struct Work;
  void send(std::shared_ptr<Work>);
  void authorize(std::shared_ptr<Work>);
  void answered(std::shared_ptr<Work>, http::CallOutcome);
  void remember(const std::shared_ptr<Work>&, http::CallId);
  bool forget(const Work&);

  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Work>> under_way_;  // by instance and command
  std::unique_ptr<http_call::Tokens> tokens_;
  std::unique_ptr<http::Client> client_;  // ends, with its callbacks, before what they use
};

}  // namespace xf::functions
