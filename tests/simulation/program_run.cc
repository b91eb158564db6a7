// A program counted out by hand: no clock, no events, no engine.
#include "program.h"

namespace xf::simulation {

namespace {

using Kind = Node::Kind;

class Counter {
 public:
  Counter(std::string key, std::int64_t gen, Expected& out) : key_(std::move(key)), gen_(gen), out_(out) {}

  std::int64_t list(const Nodes& nodes, std::int64_t n, std::size_t from = 0) {
    for (std::size_t i = from; i < nodes.size(); ++i) n = one(nodes[i], n);
    return n;
  }

 private:
  std::string site(const Node& node) const { return "s" + std::to_string(node.site); }
  std::string at() const {
    std::string out;
    for (const std::int64_t round : rounds_) out += (out.empty() ? "" : ".") + std::to_string(round);
    return out;
  }
  std::string name(const Node& node, std::int64_t n) const {
    return logical(key_, gen_, site(node), at(), n);
  }

  // Takes the events that the node waits for; gives the sum of what they carry.
  std::int64_t hear(const Node& node, std::initializer_list<const char*> types) {
    const std::string who = key_ + "/" + std::to_string(gen_) + "/" + site(node) + "/" + at();
    std::int64_t sum = 0;
    unsigned number = 0;
    for (const char* type : types) {
      out_.events.push_back(make_event(type, who, number++));
      sum += out_.events.back().amount;
    }
    return sum;
  }

  std::int64_t loop(const Node& node, std::int64_t n, std::int64_t rounds, std::int64_t bound) {
    rounds_.push_back(0);
    for (; rounds_.back() < rounds && n < bound; ++rounds_.back()) n = list(node.parts[0], n);
    rounds_.pop_back();
    return n;
  }

  std::int64_t one(const Node& node, std::int64_t n) {
    switch (node.kind) {
      case Kind::kAdd: return n + node.amount;
      case Kind::kWait: return n;
      case Kind::kFor: return loop(node, n, node.amount, INT64_MAX);
      case Kind::kWhile: return loop(node, n, kWhileRounds, node.amount);
      case Kind::kFork: {
        std::int64_t sum = 0;
        for (const Nodes& branch : node.parts) sum += list(branch, n);
        return sum % kModulo;
      }
      case Kind::kCompete: return list(node.parts[0], n);
      case Kind::kTry:
        n = list(node.parts[0], n);
        return n % 2 == 1 ? list(node.parts[1], n + kCaughtAdds) : n;
      case Kind::kSwitch: return list(node.parts[n % 2 == 0 ? 0 : 1], n);
      case Kind::kCall:
      case Kind::kFragile: out_.calls.insert(name(node, n)); return service_answer(n);
      case Kind::kListen: return n + hear(node, {"sim.go"});
      case Kind::kListenMany: return n + hear(node, {"sim.many", "sim.many", "sim.many"});
      case Kind::kListenAll: return n + hear(node, {"sim.a", "sim.b"});
      case Kind::kForeach: return n + 2 * hear(node, {"sim.many", "sim.many"});
      case Kind::kTalk: return 3 * n % kModulo;
      case Kind::kChild: out_.children.insert(name(node, n)); return (n + kChildAdds) % kModulo;
      case Kind::kDetach: out_.children.insert(name(node, n)); return n;
      case Kind::kLate: return n + kLateAdds;
      case Kind::kNever: out_.times_out = true; return n;
    }
    return n;
  }

  static constexpr std::int64_t kWhileRounds = 3;
  std::string key_;
  std::int64_t gen_;
  Expected& out_;
  std::vector<std::int64_t> rounds_;
};

}  // namespace

Expected Program::run(const std::string& key, std::int64_t gen, std::int64_t n, std::size_t from) const {
  Expected out;
  out.n = Counter(key, gen, out).list(nodes_, n, from);
  return out;
}

}  // namespace xf::simulation
