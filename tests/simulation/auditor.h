// Auditor: a second, naive account of what is right. It sees what the outside world sees (acknowledgements, sends, ends)
// and knows each program's answer; it shares no code with the engine.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/json/value.h"
#include "base/time.h"
#include "program.h"

namespace xf::simulation {

class Auditor {
 public:
  struct Run {
    const Program* program = nullptr;
    std::int64_t n = 0;
    std::string instance;  // once acknowledged
  };

  void started(const std::string& key, const Program& program, std::int64_t n);
  // A start was acknowledged, for the first time or again.
  void acknowledged(const std::string& key, const std::string& instance);

  // A call left the process. `request` is its body.
  void sent(const json::Value& request, const std::string& idempotency_key, TimeUs now);
  // The service's response reached the process: from here on a new key is right.
  void responded(const json::Value& request, const std::string& idempotency_key);

  // How an instance stands at the very end of a simulation.
  void ended(const std::string& key, const std::string& instance, std::string_view status, const json::Value& output);
  // A wait of this long took that long.
  void waited(const std::string& task, std::int64_t wanted_us, std::int64_t took_us);
  void problem(std::string text);

  // After all ended(): everything that is wrong. Empty: the simulation was right.
  std::vector<std::string> judge();
  std::uint64_t sends() const { return sends_; }
  std::uint64_t resends() const { return resends_; }
  const std::map<std::string, Run>& runs() const { return runs_; }

 private:
  struct LogicalCall {
    std::map<std::string, bool> keys;  // idempotency key → a response was received under it
    std::string last;
  };

  std::map<std::string, Run> runs_;
  std::map<std::string, LogicalCall> calls_;  // by the request's text
  std::map<std::string, std::string> outputs_;  // business key → what is wrong with its end, empty when right
  std::map<std::string, unsigned> ends_;
  std::vector<std::string> problems_;
  std::uint64_t sends_ = 0, resends_ = 0;
};

}  // namespace xf::simulation
