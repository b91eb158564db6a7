// A program as a definition.
#include "program.h"

namespace xf::simulation {

namespace {

using Kind = Node::Kind;

class Writer {
 public:
  std::string list(const Nodes& nodes, std::size_t indent) {
    std::string out;
    for (const Node& node : nodes) out += one(node, indent);
    return out;
  }

 private:
  // The rounds of the loops around, as text.
  std::string at() const {
    std::string out;
    for (const std::string& loop : loops_) out += (out.empty() ? "" : ", ") + std::string("$") + loop;
    return "([" + out + "] | map(tostring) | join(\".\"))";
  }
  std::string who(const std::string& site) const {
    return ".key + \"/\" + (.gen | tostring) + \"/" + site + "/\" + " + at();
  }
  std::string named(const std::string& site) const {
    return "'${ {key, gen, n, site: \"" + site + "\", at: " + at() + "} }'";
  }
  std::string call(const std::string& site) const {
    return "{method: post, endpoint: 'http://service.sim/', body: " + named(site) + "}";
  }
  std::string filter(const std::string& type, const std::string& site) const {
    return "{with: {type: " + type + "}, correlate: {who: {from: .data.who, expect: '${ " + who(site) +
           " }'}}}";
  }
  std::string loop(const Node& node, const std::string& site, const std::string& in, std::int64_t rounds) {
    loops_.push_back("i" + site);
    std::string out = in + "for: {each: i" + site + ", in: '[range(" + std::to_string(rounds) + ")]'}\n" +
                      in + "do:\n" + list(node.parts[0], in.size() + 2);
    loops_.pop_back();
    return out;
  }
  std::string one(const Node& node, std::size_t indent);
  std::string body(const Node& node, const std::string& site, const std::string& in);
  std::string loser(const Node& node, const std::string& site) const;

  std::vector<std::string> loops_;
};

std::string Writer::one(const Node& node, std::size_t indent) {
  const std::string site = "s" + std::to_string(node.site);
  return std::string(indent, ' ') + "- " + site + ":\n" + body(node, site, std::string(indent + 4, ' '));
}

// A branch that never ends by itself.
std::string Writer::loser(const Node& node, const std::string& site) const {
  switch (node.amount % 4) {
    case 0: return "{listen: {to: {one: {with: {type: sim.never}}}}}";
    case 1: return "{wait: {days: 3650}}";
    case 2:
      return "{run: {workflow: {namespace: sim, name: sleeper, version: '1.0.0', input: " + named(site) +
             "}}}";
    default:
      return "{call: http, with: {method: post, endpoint: 'http://never.sim/', body: " + named(site) + "}}";
  }
}

std::string Writer::body(const Node& node, const std::string& site, const std::string& in) {
  const std::string amount = std::to_string(node.amount), pad = in + "      ";
  const std::string summed = in + "output: {as: '$input + {n: ($input.n + (map(.amount) | add))}'}\n";
  switch (node.kind) {
    case Kind::kAdd: return in + "set: '${ .n += " + amount + " }'\n";
    case Kind::kWait: return in + "wait: {milliseconds: " + amount + "}\n";
    case Kind::kFor: return loop(node, site, in, node.amount);
    case Kind::kWhile: return in + "while: '.n < " + amount + "'\n" + loop(node, site, in, 3);
    case Kind::kFork: {
      std::string out = in + "output: {as: '$input + {n: ((map(.n) | add) % 1009)}'}\n" + in + "fork:\n" +
                        in + "  branches:\n";
      for (std::size_t i = 0; i < node.parts.size(); ++i)
        out += in + "    - " + site + "b" + std::to_string(i) + ":\n" + in + "        do:\n" +
               list(node.parts[i], in.size() + 10);
      return out;
    }
    case Kind::kCompete: {
      const std::string win =
          in + "    - " + site + "win:\n" + in + "        do:\n" + list(node.parts[0], in.size() + 10);
      const std::string lose = in + "    - " + site + "lose: " + loser(node, site) + "\n";
      return in + "fork:\n" + in + "  compete: true\n" + in + "  branches:\n" +
             (node.amount < 4 ? win + lose : lose + win);
    }
    case Kind::kTry:
      return in + "try:\n" + list(node.parts[0], in.size() + 2) + in + "  - " + site + "r:\n" + pad +
             "if: .n % 2 == 1\n" + pad +
             "raise: {error: {type: 'https://sim.test/odd', status: 418, title: odd, detail: '${ .n | "
             "tostring }'}}\n" +
             in + "catch:\n" + in + "  errors: {with: {type: 'https://sim.test/odd'}}\n" + in + "  do:\n" +
             in + "    - " + site + "h:\n" + in + "        set: '${ .n = (($error.detail | tonumber) + " +
             std::to_string(kCaughtAdds) + ") }'\n" + list(node.parts[1], in.size() + 4);
    case Kind::kSwitch:
      return in + "do:\n" + in + "  - " + site + "w:\n" + pad + "switch:\n" + pad +
             "  - even: {when: '.n % 2 == 0', then: " + site + "e}\n" + pad + "  - odd: {then: " + site +
             "o}\n" + in + "  - " + site + "e:\n" + pad + "do:\n" + list(node.parts[0], in.size() + 8) + pad +
             "then: exit\n" + in + "  - " + site + "o:\n" + pad + "do:\n" +
             list(node.parts[1], in.size() + 8);
    case Kind::kCall:
      return in + "try:\n" + in + "  - " + site + "c:\n" + pad + "call: http\n" + pad +
             "with: " + call(site) + "\n" + pad + "output: {as: '$input + {n: .n}'}\n" + pad +
             "timeout: {after: {seconds: 2}}\n" + in + "catch:\n" + in +
             "  retry: {delay: {milliseconds: 50}, backoff: {linear: {}}, jitter: {from: {milliseconds: 0}, "
             "to: {milliseconds: 20}}}\n";
    case Kind::kFragile:
      return in + "call: http\n" + in + "with: " + call(site) + "\n" + in +
             "output: {as: '$input + {n: .n}'}\n";
    case Kind::kListen: return in + "listen: {to: {one: " + filter("sim.go", site) + "}}\n" + summed;
    case Kind::kListenMany:
      return in + "listen: {to: {any: [" + filter("sim.many", site) + "], until: '( . | length ) > 2'}}\n" +
             summed;
    case Kind::kListenAll:
      return in + "listen: {to: {all: [" + filter("sim.a", site) + ", " + filter("sim.b", site) + "]}}\n" +
             summed;
    case Kind::kForeach:
      return in + "listen: {to: {any: [" + filter("sim.many", site) + "], until: '( . | length ) > 1'}}\n" +
             in + "foreach:\n" + in + "  item: e" + site + "\n" + in + "  do:\n" + in + "    - " + site +
             "f: {wait: {milliseconds: 5}}\n" + in + "    - " + site + "g: {set: '${ {amount: ($e" + site +
             ".amount * 2)} }'}\n" + summed;
    case Kind::kTalk:
      return in + "output: {as: '$input + {n: ((map(.n) | add) % 1009)}'}\n" + in + "fork:\n" + in +
             "  branches:\n" + in + "    - " + site + "hear:\n" + in +
             "        listen: {to: {one: " + filter("sim.talk", site) + "}}\n" + in +
             "        output: {as: '$input + {n: ($input.n + .[0].amount)}'}\n" + in + "    - " + site +
             "say:\n" + in + "        do:\n" + in + "          - " + site +
             "pause: {wait: {milliseconds: " + amount + "}}\n" + in + "          - " + site + "emit:\n" + in +
             "              emit: {event: {with: {type: sim.talk, source: /sim/talk, " +
             "xflowttl: P30D, data: {who: '${ " + who(site) + " }', amount: '${ .n }'}}}}\n" + in +
             "              output: {as: '$input'}\n";
    case Kind::kChild:
      return in + "run: {workflow: {namespace: sim, name: child, version: '1.0.0', input: " + named(site) +
             "}}\n" + in + "output: {as: '$input + {n: (.n % 1009)}'}\n";
    case Kind::kDetach:
      return in + "run: {await: false, workflow: {namespace: sim, name: child, version: '1.0.0', input: " +
             named(site) + "}}\n";
    case Kind::kLate:
      return in + "try:\n" + in + "  - " + site + "l:\n" + pad +
             "listen: {to: {one: {with: {type: sim.never}}}}\n" + pad +
             "timeout: {after: {milliseconds: " + amount + "}}\n" + in + "catch:\n" + in +
             "  errors: {with: {status: 408}}\n" + in + "  do:\n" + in + "    - " + site +
             "h: {set: '${ .n += " + std::to_string(kLateAdds) + " }'}\n";
    case Kind::kNever: return in + "listen: {to: {one: {with: {type: sim.never}}}}\n";
  }
  return {};
}

std::string document(const std::string& name) {
  return "document: {dsl: '1.0.3', namespace: sim, name: " + name + ", version: '1.0.0'}\n";
}

}  // namespace

std::string Program::yaml() const {
  const std::string timeout =
      timeout_ms_ == 0 ? "" : "timeout: {after: {milliseconds: " + std::to_string(timeout_ms_) + "}}\n";
  return document(name()) + timeout + "do:\n" + Writer().list(nodes_, 2);
}

std::string child_yaml() {
  return document("child") + "do:\n  - nap: {wait: {milliseconds: " + std::to_string(kNapMs) + "}}\n" +
         "  - add: {set: '${ .n += " + std::to_string(kChildAdds) + " }'}\n";
}

std::string sleeper_yaml() { return document("sleeper") + "do:\n  - sleep: {wait: {days: 3650}}\n"; }

}  // namespace xf::simulation
