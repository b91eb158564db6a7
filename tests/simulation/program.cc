// Random workflows and their naive account; see program.h.
#include "program.h"

#include "base/random.h"

namespace xf::simulation {
namespace {

using Kind = Node::Kind;
using Nodes = std::vector<Node>;

constexpr unsigned kDepthMax = 3;

class Maker {
 public:
  explicit Maker(Chance& chance) : chance_(chance) {}

  Nodes list(unsigned depth, unsigned count_max) {
    Nodes out;
    for (std::uint64_t i = 0, n = 1 + chance_.below(count_max); i < n; ++i) out.push_back(node(depth));
    return out;
  }

 private:
  Node node(unsigned depth) {
    static constexpr Kind kLeaves[] = {Kind::kAdd, Kind::kWait, Kind::kCall, Kind::kCall, Kind::kListen, Kind::kChild, Kind::kWait};
    static constexpr Kind kAll[] = {Kind::kFor, Kind::kFork, Kind::kTry, Kind::kSwitch, Kind::kAdd, Kind::kWait, Kind::kCall};
    Node out;
    out.site = "s" + std::to_string(sites_++);
    out.kind = depth == 0 ? kLeaves[chance_.below(std::size(kLeaves))] : kAll[chance_.below(std::size(kAll))];
    // A loop's rounds would all wait for the same event and take it together: listeners stand outside of loops.
    if (in_loop_ > 0 && out.kind == Kind::kListen) out.kind = Kind::kAdd;
    switch (out.kind) {
      case Kind::kAdd: out.amount = static_cast<std::int64_t>(chance_.below(9)) + 1; break;
      case Kind::kWait: out.amount = static_cast<std::int64_t>(chance_.below(5000)) + 1; break;
      case Kind::kFor:
        out.amount = static_cast<std::int64_t>(chance_.below(5));
        ++in_loop_;
        out.parts.push_back(list(depth - 1, 3));
        --in_loop_;
        break;
      case Kind::kFork:
        for (std::uint64_t i = 0, n = 2 + chance_.below(2); i < n; ++i) out.parts.push_back(list(depth - 1, 2));
        break;
      case Kind::kTry:
      case Kind::kSwitch:
        out.parts.push_back(list(depth - 1, 3));
        out.parts.push_back(list(depth - 1, 2));
        break;
      case Kind::kCall:
      case Kind::kListen:
      case Kind::kChild: break;
    }
    return out;
  }

  Chance& chance_;
  unsigned sites_ = 0, in_loop_ = 0;
};

// ---- As a definition

void write(std::string& out, const Nodes& nodes, std::size_t indent);

void write_node(std::string& out, const Node& node, std::size_t indent) {
  const std::string pad(indent, ' '), in(indent + 4, ' ');
  out += pad + "- " + node.site + ":\n";
  const std::string amount = std::to_string(node.amount);
  switch (node.kind) {
    case Kind::kAdd: out += in + "set: '${ .n += " + amount + " }'\n"; break;
    case Kind::kWait: out += in + "wait: {milliseconds: " + amount + "}\n"; break;
    case Kind::kCall:
      // Whatever fails is tried again until it does not.
      out += in + "try:\n" + in + "  - " + node.site + "c:\n" + in + "      call: http\n" + in +
             "      with: {method: post, endpoint: 'http://service.sim/', body: '${ {key, n, site: \"" + node.site + "\"} }'}\n" + in +
             "      output: {as: '$input + {n: .n}'}\n" + in + "catch:\n" + in +
             "  errors: {with: {type: 'https://open-workflow-specification.org/spec/1.0.0/errors/communication'}}\n" + in +
             "  retry: {delay: {milliseconds: 50}, backoff: {linear: {}}, jitter: {from: {milliseconds: 0}, to: {milliseconds: 20}}}\n";
      break;
    case Kind::kFor:
      out += in + "for: {each: i, in: '[range(" + amount + ")]'}\n" + in + "do:\n";
      write(out, node.parts[0], indent + 6);
      break;
    case Kind::kFork:
      out += in + "output: {as: '{key: $input.key, n: (map(.n) | add)}'}\n" + in + "fork:\n" + in + "  branches:\n";
      for (std::size_t i = 0; i < node.parts.size(); ++i) {
        out += in + "    - " + node.site + "b" + std::to_string(i) + ":\n" + in + "        do:\n";
        write(out, node.parts[i], indent + 14);
      }
      break;
    case Kind::kTry:
      out += in + "try:\n";
      write(out, node.parts[0], indent + 6);
      out += in + "  - " + node.site + "r:\n" + in + "      if: .n % 2 == 1\n" + in +
             "      raise: {error: {type: 'https://sim.test/odd', status: 418, title: odd, detail: '${ .n | tostring }'}}\n" + in +
             "catch:\n" + in + "  errors: {with: {type: 'https://sim.test/odd'}}\n" + in + "  do:\n" + in + "    - " + node.site +
             "h:\n" + in + "        set: '${ {key: .key, n: (($error.detail | tonumber) + " + std::to_string(kCaughtAdds) + ")} }'\n";
      write(out, node.parts[1], indent + 8);
      break;
    case Kind::kSwitch:
      out += in + "do:\n" + in + "  - " + node.site + "w:\n" + in + "      switch:\n" + in + "        - even: {when: '.n % 2 == 0', then: " +
             node.site + "e}\n" + in + "        - odd: {then: " + node.site + "o}\n" + in + "  - " + node.site + "e:\n" + in + "      do:\n";
      write(out, node.parts[0], indent + 12);
      out += in + "      then: exit\n" + in + "  - " + node.site + "o:\n" + in + "      do:\n";
      write(out, node.parts[1], indent + 12);
      break;
    case Kind::kListen:
      out += in + "listen:\n" + in + "  to:\n" + in + "    one:\n" + in + "      with: {type: sim.go}\n" + in + "      correlate:\n" + in +
             "        who: {from: .data.who, expect: '${ .key + \"/" + node.site + "\" }'}\n" + in +
             "output: {as: '{key: $input.key, n: ($input.n + .[0].amount)}'}\n";
      break;
    case Kind::kChild:
      out += in + "run: {workflow: {namespace: sim, name: child, version: '1.0.0', input: '${ . }'}}\n";
      break;
  }
}

void write(std::string& out, const Nodes& nodes, std::size_t indent) {
  for (const Node& node : nodes) write_node(out, node, indent);
}

// ---- Counted out

std::int64_t run_list(const Nodes& nodes, const std::string& key, std::int64_t n, Expected& e);

std::int64_t run_node(const Node& node, const std::string& key, std::int64_t n, Expected& e) {
  switch (node.kind) {
    case Kind::kAdd: return n + node.amount;
    case Kind::kWait: return n;
    case Kind::kCall: ++e.calls[node.site]; return service_answer(n);
    case Kind::kFor:
      for (std::int64_t i = 0; i < node.amount; ++i) n = run_list(node.parts[0], key, n, e);
      return n;
    case Kind::kFork: {
      std::int64_t sum = 0;
      for (const Nodes& branch : node.parts) sum += run_list(branch, key, n, e);
      return sum;
    }
    case Kind::kTry:
      n = run_list(node.parts[0], key, n, e);
      return n % 2 == 1 ? run_list(node.parts[1], key, n + kCaughtAdds, e) : n;
    case Kind::kSwitch: return run_list(node.parts[n % 2 == 0 ? 0 : 1], key, n, e);
    case Kind::kListen: return n + event_amount(key, node.site);
    case Kind::kChild: return n + kChildAdds;
  }
  return n;
}

std::int64_t run_list(const Nodes& nodes, const std::string& key, std::int64_t n, Expected& e) {
  for (const Node& node : nodes) n = run_node(node, key, n, e);
  return n;
}

void collect(const Nodes& nodes, Kind kind, std::vector<std::string>& sites) {
  for (const Node& node : nodes) {
    if (node.kind == kind) sites.push_back(node.site);
    for (const Nodes& part : node.parts) collect(part, kind, sites);
  }
}

}  // namespace

std::uint64_t Chance::next() { return next_random(state_); }

std::int64_t event_amount(const std::string& key, const std::string& site) {
  std::int64_t sum = 0;
  for (char c : key + site) sum = (sum * 31 + c) % 997;
  return sum;
}

// Stays small however often it is applied, and tells apart being applied once and twice.
std::int64_t service_answer(std::int64_t n) { return (n * 3 + 1) % 100'003; }

Program Program::random(Chance& chance, std::uint32_t index) {
  Program out;
  out.index_ = index;
  out.nodes_ = Maker(chance).list(kDepthMax, 5);
  return out;
}

std::string Program::yaml() const {
  std::string out = "document: {dsl: '1.0.3', namespace: sim, name: " + name() + ", version: '1.0.0'}\ndo:\n";
  write(out, nodes_, 2);
  return out;
}

Expected Program::run(const std::string& key, std::int64_t n) const {
  Expected out;
  out.n = run_list(nodes_, key, n, out);
  return out;
}

bool Program::has_calls() const {
  std::vector<std::string> sites;
  collect(nodes_, Kind::kCall, sites);
  return !sites.empty();
}

std::vector<std::string> Program::listeners() const {
  std::vector<std::string> sites;
  collect(nodes_, Kind::kListen, sites);
  return sites;
}

std::string child_yaml() {
  return "document: {dsl: '1.0.3', namespace: sim, name: child, version: '1.0.0'}\ndo:\n  - nap: {wait: {milliseconds: 30}}\n"
         "  - add: {set: '${ .n += " + std::to_string(kChildAdds) + " }'}\n";
}

}  // namespace xf::simulation
