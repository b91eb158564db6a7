// Auditor: a second, naive account of what is right. It sees what the world outside of the process sees
// (answers, calls, what is on the disk) and knows each program's answer; it shares no code with the engine.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json/value.h"
#include "base/time.h"
#include "program.h"

namespace xf::simulation {

enum class Order : std::uint8_t { kCancel, kSuspend, kResume, kRetry, kReset };
std::string_view to_string(Order);

class Auditor {
 public:
  explicit Auditor(const std::vector<Program>& programs) : programs_(programs) {}

  // ---- Clients. `key` is a run's business key.
  void start_sent(const std::string& key, std::size_t program, std::int64_t n);
  void start_acknowledged(const std::string& key, std::int64_t instance, bool is_stored);
  void end_acknowledged(const std::string& key, const std::string& status, const json::Value& output);
  void order_sent(const std::string& key, Order);
  void order_acknowledged(const std::string& key, Order);
  // A reset is an order with this meaning.
  void reset_acknowledged(const std::string& key, std::int64_t gen, std::size_t from, std::int64_t n);

  // What follows from this commit is about to be seen.
  void follow(std::uint64_t group) { group_ = group; }

  // ---- The network
  struct Sent {
    std::int64_t instance = 0;
    json::Value body;
    std::string idempotency_key;
    std::uint64_t life = 0;  // of the process
    bool is_stored = false;  // the turn that wants it is on the disk
    bool never = false;      // nobody will answer
  };
  void sent(const Sent&);
  void performed(const json::Value& body, const std::string& idempotency_key);
  void responded(const std::string& idempotency_key);  // the process knows the outcome

  // ---- What was told of durable turns
  void told(std::int64_t instance, std::uint64_t seq, std::size_t entries, TimeUs at, TimeUs clock_max);

  // ---- What is on the disk in the end
  struct Entry {
    TimeUs at = 0;
    std::string what, task;
    std::int32_t iteration = -1;
  };
  struct Found {
    std::int64_t instance = 0, parent = 0;
    std::string definition = {}, key = {}, status = {}, fault_type = {};
    json::Value input = {}, output = {};
    TimeUs started_at = 0, ended_at = 0;
    std::vector<std::size_t> entries = {};  // by input
    std::vector<Entry> history = {};
  };
  void found(const Found&);
  void left_over(const std::string& what) {
    problem(what + " is left on the disk when everything has ended");
  }
  void problem(std::string text);

  // After all found(): everything that is wrong. Empty: the simulation was right.
  std::vector<std::string> judge();
  bool has_problems() const { return !problems_.empty(); }
  std::uint64_t resends() const { return resends_; }

 private:
  struct Run {
    std::size_t program = 0;
    std::int64_t gen = 0, n = 0;
    std::size_t from = 0;
    std::int64_t instance = 0;  // once acknowledged
    bool is_cancelled = false, is_suspended = false, is_disturbed = false;
    std::uint64_t suspended_in = 0;                                          // group
    std::map<std::int64_t, std::pair<std::size_t, std::int64_t>> gens = {};  // how each began: from, n
    unsigned found = 0;
  };
  struct Call {
    std::map<std::string, std::uint64_t> keys;  // → the last life that sent it
    std::string last;
  };

  void judge_end(const Found&, Run&);
  void judge_waits(const Found&);
  void judge_calls(const std::string& key, const Run&);
  void judge_children(const std::string& key, const Run&);
  void judge_child(const Found&, const Run&);
  static std::string logical_of(const json::Value& body);
  Expected expected(const std::string& key, const Run&) const;

  const std::vector<Program>& programs_;
  std::map<std::string, Run> runs_;
  std::map<std::int64_t, std::string> key_of_;   // by instance, of runs
  std::map<std::string, Call> calls_;            // by what they are about
  std::map<std::string, std::string> requests_;  // by idempotency key
  std::map<std::string, std::set<std::string>> performed_;
  std::set<std::string> known_;  // keys whose outcome the process learnt
  std::map<std::int64_t, std::map<std::uint64_t, std::size_t>> told_;
  std::map<std::int64_t, std::vector<Found>> children_;
  std::vector<std::string> problems_;
  std::uint64_t resends_ = 0, group_ = 0;
};

}  // namespace xf::simulation
