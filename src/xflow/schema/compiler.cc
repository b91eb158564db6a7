// See compiler.h.
#include "xflow/schema/compiler.h"

#include <algorithm>

#include "base/match.h"

namespace xf::schema {
namespace {

constexpr std::size_t kNodesMax = 100'000;

bool looks_at_evaluated(const Keyword& keyword) {
  return std::holds_alternative<keyword::UnevaluatedProperties>(keyword) ||
         std::holds_alternative<keyword::UnevaluatedItems>(keyword);
}

}  // namespace

Result<Model> compile_model(const json::Value& schema, const Documents& documents) {
  return Compiler(documents).run(schema);
}

Result<Model> Compiler::run(const json::Value& schema) {
  auto root = registry_.add_root(schema);
  if (!root) return fail(Code::kInvalid, "the schema is wrong: " + root.error().message);
  node_of(*root);
  // Compiling an anchor may load documents, which may have more of them.
  for (std::size_t before = 0; before != model_.nodes.size();) {
    before = model_.nodes.size();
    XF_TRY(compile_pending());
    compile_dynamic_anchors();
  }
  XF_TRY(refuse_endless_references());
  return std::move(model_);
}

NodeId Compiler::node_of(const Place& place) {
  const auto [known, is_new] = known_.try_emplace({place.document, place.pointer}, model_.nodes.size());
  if (!is_new) return known->second;
  Node node;
  node.resource = place.resource;
  node.pointer = pointer_of(place);
  model_.nodes.push_back(std::move(node));
  pending_.emplace_back(known->second, place);
  return known->second;
}

std::string Compiler::pointer_of(const Place& place) const {
  if (place.document == 0) return place.pointer;
  return registry_.document_uri(place.document) + "#" + place.pointer;
}

Result<void> Compiler::compile_pending() {
  while (!pending_.empty()) {
    const auto [id, place] = std::move(pending_.front());
    pending_.pop_front();
    if (model_.nodes.size() > kNodesMax) return fail(Code::kInvalid, "the schema has more than 100000 parts");
    const auto first = static_cast<std::uint32_t>(model_.keywords.size());
    auto keywords = compile_keywords(*this, place);
    if (!keywords) {
      return fail(keywords.error().code,
                  "the schema is wrong at " + pointer_of(place) + keywords.error().message);
    }
    Node& node = model_.nodes[id];
    node.refuses_all = place.value->is_bool() && !place.value->as_bool();
    node.first = first;
    node.count = static_cast<std::uint32_t>(keywords->size());
    node.tracks_evaluated = std::ranges::any_of(*keywords, looks_at_evaluated);
    std::ranges::move(*keywords, std::back_inserter(model_.keywords));
  }
  return {};
}

std::uint32_t Compiler::dynamic_anchor(std::string_view name) {
  const auto known = std::ranges::find(model_.dynamic_anchors, name, &DynamicAnchor::name);
  if (known == model_.dynamic_anchors.end()) {
    model_.dynamic_anchors.push_back({std::string(name), {}});
    return static_cast<std::uint32_t>(model_.dynamic_anchors.size() - 1);
  }
  return static_cast<std::uint32_t>(known - model_.dynamic_anchors.begin());
}

void Compiler::compile_dynamic_anchors() {
  for (DynamicAnchor& anchor : model_.dynamic_anchors) {
    anchor.by_resource.clear();
    for (ResourceId id = 0; id < registry_.resource_count(); ++id) {
      const auto& places = registry_.resource(id).dynamic_anchors;
      if (const auto place = places.find(anchor.name); place != places.end())
        anchor.by_resource.emplace_back(id, node_of(place->second));
    }
  }
}

// A chain of `$ref` and `allOf` that comes back to itself would never look at the value.
Result<void> Compiler::refuse_endless_references() const {
  enum Colour : std::uint8_t { kWhite, kGrey, kBlack };
  std::vector<Colour> colours(model_.nodes.size(), kWhite);
  auto targets = [this](NodeId id) {
    std::vector<NodeId> found;
    const Node& node = model_.nodes[id];
    for (std::uint32_t i = node.first; i < node.first + node.count; ++i) {
      if (const auto* ref = std::get_if<keyword::Ref>(&model_.keywords[i])) found.push_back(ref->node);
      if (const auto* all = std::get_if<keyword::AllOf>(&model_.keywords[i]))
        found.insert(found.end(), all->nodes.begin(), all->nodes.end());
    }
    return found;
  };
  std::vector<std::pair<NodeId, std::vector<NodeId>>> way;
  for (NodeId start = 0; start < model_.nodes.size(); ++start) {
    if (colours[start] != kWhite) continue;
    colours[start] = kGrey;
    way.emplace_back(start, targets(start));
    while (!way.empty()) {
      auto& [id, left] = way.back();
      if (left.empty()) {
        colours[id] = kBlack;
        way.pop_back();
        continue;
      }
      const NodeId next = left.back();
      left.pop_back();
      if (colours[next] == kGrey)
        return fail(Code::kInvalid, "the schema is wrong at " + model_.nodes[id].pointer +
                                        ": its reference leads back to itself without looking at the value");
      if (colours[next] == kBlack) continue;
      colours[next] = kGrey;
      way.emplace_back(next, targets(next));
    }
  }
  return {};
}

}  // namespace xf::schema
