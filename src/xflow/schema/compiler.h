// Compiler: from schema documents to a Model. Nodes are made on demand, one for each place that is referred
// to, by a work list: neither nesting nor cycles of references reach the C stack.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "xflow/schema/model.h"
#include "xflow/schema/registry.h"

namespace xf::schema {

// Code::kInvalid names the place: "the schema is wrong at /properties/a/minimum: must be a number, is a
// string".
Result<Model> compile_model(const json::Value& schema, const Documents&);

// The nodes of one compilation; what the compilers of keywords ask for.
class Compiler {
 public:
  explicit Compiler(const Documents& documents) : registry_(documents) {}

  Result<Model> run(const json::Value& schema);

  // The node of a place, compiled now or later.
  NodeId node_of(const Place&);
  Result<Place> find(const Place& from, std::string_view reference) {
    return registry_.find(registry_.resource(from.resource), reference);
  }
  const Resource& resource_of(const Place& place) const { return registry_.resource(place.resource); }
  // The resource of what lies at `way` (a pointer without its first '/') below a place.
  ResourceId resource_at(const Place& place, std::string_view way) const {
    return registry_.resource_below(place, way);
  }
  // Asks that every resource's `$dynamicAnchor` of this name is compiled.
  std::uint32_t dynamic_anchor(std::string_view name);

 private:
  Result<void> compile_pending();
  void compile_dynamic_anchors();
  std::string pointer_of(const Place&) const;
  Result<void> refuse_endless_references() const;

  Registry registry_;
  Model model_;
  std::map<std::pair<std::uint32_t, std::string>, NodeId> known_;
  std::deque<std::pair<NodeId, Place>> pending_;
};

// The keywords of one schema object, in the order in which they are evaluated.
Result<std::vector<Keyword>> compile_keywords(Compiler&, const Place&);

}  // namespace xf::schema
