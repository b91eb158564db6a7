// A compiled schema: a flat list of nodes, each a run of keywords with everything resolved. No JSON is read
// any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/json/value.h"
#include "xflow/schema/decimal.h"
#include "xflow/schema/format.h"
#include "xflow/schema/name_table.h"
#include "xflow/schema/pattern.h"

namespace xf::schema {

using NodeId = std::uint32_t;

// Bits of Types::mask.
enum TypeBit : std::uint8_t {
  kNullBit = 1,
  kBooleanBit = 2,
  kObjectBit = 4,
  kArrayBit = 8,
  kNumberBit = 16,
  kStringBit = 32,
  kIntegerBit = 64,
};

namespace keyword {

struct Types {
  std::uint8_t mask = 0;
};
struct Const {
  json::Value value;
};
struct Enum {
  std::vector<json::Value> values;
};
enum class Bound : std::uint8_t { kMinimum, kMaximum, kExclusiveMinimum, kExclusiveMaximum };
struct Limit {
  Bound bound = Bound::kMinimum;
  double number = 0;
  json::Value value;  // as written: its digits decide when a double would round
  bool is_exact = false;
};
struct MultipleOf {
  Divisor divisor;
  json::Value value;
};
enum class Counted : std::uint8_t { kCharacters, kItems, kProperties };
struct Count {
  Counted what = Counted::kItems;
  bool is_maximum = false;
  std::uint64_t limit = 0;
};
struct Matches {
  Pattern pattern;
};
struct Format {
  FormatCheck check = nullptr;
  std::string name;
  bool is_asserted = false;  // by the meta-schema; otherwise only when the caller asks
};

// `properties`, `patternProperties` and `additionalProperties`, which look at each other.
struct Properties {
  NameTable names;  // gives an index into `nodes`
  std::vector<NodeId> nodes;
  std::vector<std::pair<Pattern, NodeId>> patterns;
  std::optional<NodeId> additional;
};
struct Required {
  std::vector<json::Value> names;  // strings
};
struct PropertyNames {
  NodeId node = 0;
};
struct DependentRequired {
  std::vector<std::pair<json::Value, std::vector<json::Value>>> names;
  bool is_dependencies = false;  // draft-07's keyword
};
struct DependentSchemas {
  std::vector<std::pair<json::Value, NodeId>> schemas;
  bool is_dependencies = false;
};

// `prefixItems` and `items`; in draft-07 `items` and `additionalItems`.
struct Items {
  std::vector<NodeId> prefix;
  std::optional<NodeId> rest;
};
struct Contains {
  NodeId node = 0;
  std::uint64_t least = 1;
  std::optional<std::uint64_t> most;
  bool marks = false;  // 2020-12: what it matches counts as evaluated
};
struct UniqueItems {};

struct AllOf {
  std::vector<NodeId> nodes;
};
struct AnyOf {
  std::vector<NodeId> nodes;
};
struct OneOf {
  std::vector<NodeId> nodes;
};
struct Not {
  NodeId node = 0;
};
struct Conditional {
  NodeId condition = 0;
  std::optional<NodeId> then, otherwise;
};
struct Ref {
  NodeId node = 0;
};
struct DynamicRef {
  NodeId node = 0;           // when no resource on the way has the anchor
  std::uint32_t anchor = 0;  // index into Model::dynamic_anchors
};
// Always last in their node: they look at what the others have evaluated.
struct UnevaluatedProperties {
  NodeId node = 0;
};
struct UnevaluatedItems {
  NodeId node = 0;
};

}  // namespace keyword

using Keyword =
    std::variant<keyword::Types, keyword::Const, keyword::Enum, keyword::Limit, keyword::MultipleOf,
                 keyword::Count, keyword::Matches, keyword::Format, keyword::Properties, keyword::Required,
                 keyword::PropertyNames, keyword::DependentRequired, keyword::DependentSchemas,
                 keyword::Items, keyword::Contains, keyword::UniqueItems, keyword::AllOf, keyword::AnyOf,
                 keyword::OneOf, keyword::Not, keyword::Conditional, keyword::Ref, keyword::DynamicRef,
                 keyword::UnevaluatedProperties, keyword::UnevaluatedItems>;

struct Node {
  std::uint32_t first = 0, count = 0;  // its run in Model::keywords
  std::uint32_t resource = 0;
  bool refuses_all = false;       // the schema `false`
  bool tracks_evaluated = false;  // has a keyword that looks at what the others have evaluated
  std::string pointer;  // "/properties/a"; with the document's address before '#' when it is another one
};

// A `$dynamicAnchor` of one name: where each resource has it.
struct DynamicAnchor {
  std::string name;
  std::vector<std::pair<std::uint32_t, NodeId>> by_resource;  // sorted
};

struct Model {
  std::vector<Node> nodes;  // 0 is the root
  std::vector<Keyword> keywords;
  std::vector<DynamicAnchor> dynamic_anchors;
};

}  // namespace xf::schema
