// Live: follows instances' histories over server-sent events. A turn only says "there is more"; what is sent
// is always read from the history, so a stream has no gap and no double, wherever it starts and however slow
// its reader is.
//
// Thread-safe. Outlives neither the runtime nor is outlived by it: shut down before the runtime stops.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/http/server.h"
#include "xflow/runtime/runtime.h"

namespace xf::gateway {

class Follower;

class Live : public std::enable_shared_from_this<Live> {
 public:
  explicit Live(runtime::Runtime& runtime) : runtime_(runtime) {}

  // Answers with a stream of the history behind `after`, then of what comes, until the instance has ended.
  void follow(std::string tenant, std::string instance, engine::TracePosition after, http::Responder);
  // Whether anybody follows anything. Whoever begins later reads what was durable before.
  bool is_followed() const { return followed_.load() > 0; }
  // The runtime's TurnListener: wakes those that follow this instance.
  void turned(const std::string& instance);

 private:
  friend class Follower;
  void remove(const std::string& instance, const Follower*);

  runtime::Runtime& runtime_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::vector<std::shared_ptr<Follower>>> followers_;  // by instance
  std::atomic<std::size_t> followed_ = 0;                                              // how many instances
};

}  // namespace xf::gateway
