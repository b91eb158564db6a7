// Program: a random workflow that is known twice: as the definition that the engine runs (program_yaml.cc),
// and as a tree that is counted out naively (program_run.cc). The data is {key, gen, n}: whose run it is, how
// often it was reset, and a number that each task changes by plain arithmetic, so that the right answer needs
// no engine.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chance.h"

namespace xf::simulation {

struct Node {
  enum class Kind : std::uint8_t {
    kAdd,         // set
    kWait,        // wait
    kFor,         // for: so many rounds
    kWhile,       // for + while: until n is large enough
    kFork,        // fork: the sum of the branches
    kCompete,     // fork, compete: one branch that ends and one that never would
    kTry,         // try + raise + catch
    kSwitch,      // switch on the parity of n
    kCall,        // call in a try that retries until it works; with a timeout
    kFragile,     // call that nobody catches: its failure is the instance's, until an operator retries it
    kListen,      // listen to one event
    kListenMany,  // any until three have come
    kListenAll,   // all of two
    kForeach,     // any until two have come, each worked on
    kTalk,        // fork: one branch emits what the other listens to
    kChild,       // run workflow, awaited
    kDetach,      // run workflow, not awaited
    kLate,        // a timeout that is caught
    kNever,       // listens for ever
  };
  Kind kind = Kind::kAdd;
  unsigned site = 0;                          // unique in the program; its task is "s<site>"
  std::int64_t amount = 0;                    // added; milliseconds; rounds; which way to never end
  std::vector<std::vector<Node>> parts = {};  // body; branches; body and handler; even and odd
};
using Nodes = std::vector<Node>;

// What an event to one listener carries; the world sends it, the naive account counts on it.
struct Event {
  std::string type, who;
  unsigned number = 0;
  std::int64_t amount = 0;
  std::string id() const { return who + "#" + std::to_string(number); }
};
Event make_event(std::string type, std::string who, unsigned number);
// What the service answers to n.
std::int64_t service_answer(std::int64_t n);

inline constexpr std::int64_t kModulo = 1009;  // keeps n small
inline constexpr std::int64_t kChildAdds = 1000, kCaughtAdds = 100, kLateAdds = 7;
inline constexpr std::int64_t kNapMs = 30;  // of the child

// What a run must have done at its end, and nothing else.
struct Expected {
  std::int64_t n = 0;
  bool times_out = false;
  std::set<std::string> calls;     // logical calls: whose, where, in which round, with which n
  std::set<std::string> children;  // the same of children, awaited or not
  std::vector<Event> events;       // that its listeners take
};

// Names a call or a child by what it is about.
std::string logical(const std::string& key, std::int64_t gen, const std::string& site, const std::string& at,
                    std::int64_t n);

class Program {
 public:
  // Some nodes, nested a few levels. `index` names the definition: sim/p<index>:1.0.0
  static Program random(Chance&, std::uint32_t index);
  // Waits for what never comes, and has a timeout of its own.
  static Program timing_out(Chance&, std::uint32_t index);

  std::string yaml() const;
  std::string name() const { return "p" + std::to_string(index_); }
  // From the first task (or the one at `from`) to the end.
  Expected run(const std::string& key, std::int64_t gen, std::int64_t n, std::size_t from = 0) const;
  std::size_t size() const { return nodes_.size(); }
  std::string position(std::size_t top) const {
    return "/do/" + std::to_string(top) + "/s" + std::to_string(nodes_[top].site);
  }
  // How long the task of this site waits at least; nothing when it does not.
  std::optional<std::int64_t> waits_ms(const std::string& task) const;
  std::int64_t timeout_ms() const { return timeout_ms_; }  // of the whole; 0: none

 private:
  std::uint32_t index_ = 0;
  Nodes nodes_;
  std::int64_t timeout_ms_ = 0;
};

// Definitions that programs run: `child` adds kChildAdds after a nap, `sleeper` does not end in the time of a
// world.
std::string child_yaml();
std::string sleeper_yaml();

}  // namespace xf::simulation
