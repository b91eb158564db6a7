// Nodes, references and the keywords that put schemas together.
#include "xflow/schema/evaluator.h"

#include <algorithm>

#include "base/match.h"
#include "xflow/schema/message.h"
#include "xflow/schema/registry.h"

namespace xf::schema {

std::string pointer_to(const At& at) {
  std::vector<const At*> way;
  for (const At* step = &at; step->parent; step = step->parent) way.push_back(step);
  std::string out;
  for (auto step = way.rbegin(); step != way.rend(); ++step) {
    out += '/';
    out += (*step)->key ? escape_pointer((*step)->key->as_string()) : std::to_string((*step)->index);
  }
  return out;
}

void Evaluator::record(const Node& node, const At& at, std::string_view way, std::string message) {
  sink_->push_back({pointer_to(at), node.pointer + std::string(way), std::move(message)});
}

bool Evaluator::node(NodeId id, const Value& value, const At& at, Evaluated* seen) {
  const Node& node = model_.nodes[id];
  if (!budget_.charge(1)) return false;
  if (node.refuses_all) return violated({node, value, at, seen}, "", [] { return "is not allowed here"; });
  if (depth_ >= options_.depth_max) {
    too_deep_ = true;
    budget_.spend_all();
    return false;
  }
  ++depth_;
  const bool enters =
      !model_.dynamic_anchors.empty() && (resources_.empty() || resources_.back() != node.resource);
  if (enters) resources_.push_back(node.resource);
  bool ok = false;
  if (node.tracks_evaluated) {
    Evaluated own;
    ok = keywords(node, value, at, &own);
    if (ok && seen) seen->merge(own);
  } else {
    ok = keywords(node, value, at, seen);
  }
  if (enters) resources_.pop_back();
  --depth_;
  return ok;
}

bool Evaluator::keywords(const Node& node, const Value& value, const At& at, Evaluated* seen) {
  const Subject subject{node, value, at, seen};
  bool ok = true;
  for (std::uint32_t i = node.first; i < node.first + node.count; ++i) {
    const Keyword& keyword = model_.keywords[i];
    // What a failed keyword has looked at is not known, so nothing can be said about the rest.
    const bool looks_at_rest = std::holds_alternative<keyword::UnevaluatedProperties>(keyword) ||
                               std::holds_alternative<keyword::UnevaluatedItems>(keyword);
    if (!ok && looks_at_rest) continue;
    if (std::visit([&](const auto& k) { return apply(k, subject); }, keyword)) continue;
    ok = false;
    if (!goes_on()) break;
  }
  return ok;
}

bool Evaluator::quietly(NodeId id, const Value& value, const At& at, Evaluated* seen) {
  std::vector<Violation>* const sink = std::exchange(sink_, nullptr);
  const bool ok = node(id, value, at, seen);
  sink_ = sink;
  return ok;
}

bool Evaluator::apply(const keyword::Ref& ref, const Subject& s) {
  return node(ref.node, s.value, s.at, s.seen);
}

bool Evaluator::apply(const keyword::DynamicRef& ref, const Subject& s) {
  // The outermost resource on the way here that has the anchor.
  const auto& by_resource = model_.dynamic_anchors[ref.anchor].by_resource;
  for (const std::uint32_t resource : resources_) {
    const auto found =
        std::ranges::lower_bound(by_resource, resource, {}, &std::pair<std::uint32_t, NodeId>::first);
    if (found != by_resource.end() && found->first == resource)
      return node(found->second, s.value, s.at, s.seen);
  }
  return node(ref.node, s.value, s.at, s.seen);
}

bool Evaluator::apply(const keyword::AllOf& all, const Subject& s) {
  bool ok = true;
  for (const NodeId id : all.nodes) {
    if (node(id, s.value, s.at, s.seen)) continue;
    ok = false;
    if (!goes_on()) break;
  }
  return ok;
}

bool Evaluator::apply(const keyword::AnyOf& any, const Subject& s) {
  bool ok = false;
  for (const NodeId id : any.nodes) {
    Evaluated branch;
    if (!quietly(id, s.value, s.at, s.seen ? &branch : nullptr)) continue;
    ok = true;
    if (!s.seen) break;
    s.seen->merge(branch);
  }
  return ok || violated(s, "/anyOf", [&] {
           return "fits none of the " + std::to_string(any.nodes.size()) + " forms allowed" +
                  nearest(any.nodes, s);
         });
}

bool Evaluator::apply(const keyword::OneOf& one, const Subject& s) {
  std::size_t first = one.nodes.size();
  for (std::size_t i = 0; i < one.nodes.size(); ++i) {
    Evaluated branch;
    if (!quietly(one.nodes[i], s.value, s.at, s.seen ? &branch : nullptr)) continue;
    if (first != one.nodes.size()) {
      return violated(s, "/oneOf", [&] {
        return "must fit exactly one of " + std::to_string(one.nodes.size()) +
               " forms, fits those numbered " + std::to_string(first) + " and " + std::to_string(i);
      });
    }
    first = i;
    if (s.seen) s.seen->merge(branch);
  }
  return first != one.nodes.size() || violated(s, "/oneOf", [&] {
           return "fits none of the " + std::to_string(one.nodes.size()) + " forms allowed" +
                  nearest(one.nodes, s);
         });
}

bool Evaluator::apply(const keyword::Not& negation, const Subject& s) {
  return !quietly(negation.node, s.value, s.at, nullptr) ||
         violated(s, "/not", [] { return "must not fit the schema under `not`"; });
}

bool Evaluator::apply(const keyword::Conditional& c, const Subject& s) {
  Evaluated branch;
  if (!quietly(c.condition, s.value, s.at, s.seen ? &branch : nullptr))
    return !c.otherwise || node(*c.otherwise, s.value, s.at, s.seen);
  if (s.seen) s.seen->merge(branch);
  return !c.then || node(*c.then, s.value, s.at, s.seen);
}

// The alternative that went deepest into the value before it failed is most probably the one that was meant.
std::string Evaluator::nearest(std::span<const NodeId> nodes, const Subject& s) {
  std::vector<Violation> best;
  std::vector<Violation>* const sink = sink_;
  for (const NodeId id : nodes) {
    std::vector<Violation> found;
    sink_ = &found;
    node(id, s.value, s.at, nullptr);
    const bool deeper = !found.empty() &&
                        (best.empty() || found[0].instance_pointer.size() > best[0].instance_pointer.size());
    if (deeper && !has_stopped()) best = std::move(found);
  }
  sink_ = sink;
  if (best.empty()) return {};
  const std::string& where = best[0].instance_pointer;
  return "; in the nearest " + (where.empty() ? "the value" : where) + " " + best[0].message;
}

}  // namespace xf::schema
