// Program: a random workflow that is known twice: as the definition that the engine runs, and as a tree that is counted out
// naively here. The data is {key, n}; each node changes n by plain arithmetic, so that the right answer needs no engine.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace xf::simulation {

// SplitMix64 behind the few questions that the simulator asks of chance.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  bool percent(unsigned p) { return below(100) < p; }

 private:
  std::uint64_t state_;
};

struct Node {
  enum class Kind : std::uint8_t { kAdd, kWait, kCall, kFor, kFork, kTry, kSwitch, kListen, kChild } kind = Kind::kAdd;
  std::string site;          // unique in the program: "s7"
  std::int64_t amount = 0;   // kAdd: added; kWait: milliseconds; kFor: rounds
  std::vector<std::vector<Node>> parts;  // kFor: [body]; kFork: branches; kTry: [body, handler]; kSwitch: [even, odd]
};

// What an event to one listener carries; the world sends it, the naive account counts on it.
std::int64_t event_amount(const std::string& key, const std::string& site);
// What the service answers to n.
std::int64_t service_answer(std::int64_t n);

struct Expected {
  std::int64_t n = 0;
  std::map<std::string, std::int64_t> calls;  // site → how many logical calls were made there
};

class Program {
 public:
  // Some nodes, nested a few levels. `index` names the definition: sim/p<index>:1.0.0
  static Program random(Chance&, std::uint32_t index);

  std::string yaml() const;
  Expected run(const std::string& key, std::int64_t n) const;
  std::string name() const { return "p" + std::to_string(index_); }
  bool has_calls() const;
  // Sites of kListen, in no order that matters.
  std::vector<std::string> listeners() const;

 private:
  std::uint32_t index_ = 0;
  std::vector<Node> nodes_;
};

// The definition that kChild runs: adds 1000 after a short wait.
std::string child_yaml();
inline constexpr std::int64_t kChildAdds = 1000;
inline constexpr std::int64_t kCaughtAdds = 100;

}  // namespace xf::simulation
