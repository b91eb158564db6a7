// Indexing is a work list over the places where a draft has subschemas, so that an `$id` inside of an `enum`
// or an unknown keyword is no identifier.
#include "xflow/schema/registry.h"

#include <optional>

#include "base/json/parse.h"
#include "xflow/schema/metaschemas.h"
#include "xflow/schema/parts.h"
#include "xflow/schema/uri.h"

namespace xf::schema {
namespace {

using json::Value;

enum class Shape : std::uint8_t { kOne, kList, kOneOrList, kMap };
struct Child {
  std::string_view keyword;
  Shape shape;
  bool in_07, in_202012;
};
constexpr Child kChildren[] = {
    {"$defs", Shape::kMap, false, true},
    {"definitions", Shape::kMap, true, true},
    {"properties", Shape::kMap, true, true},
    {"patternProperties", Shape::kMap, true, true},
    {"dependentSchemas", Shape::kMap, false, true},
    {"dependencies", Shape::kMap, true, true},
    {"allOf", Shape::kList, true, true},
    {"anyOf", Shape::kList, true, true},
    {"oneOf", Shape::kList, true, true},
    {"prefixItems", Shape::kList, false, true},
    {"items", Shape::kOneOrList, true, true},
    {"additionalItems", Shape::kOne, true, false},
    {"additionalProperties", Shape::kOne, true, true},
    {"contains", Shape::kOne, true, true},
    {"contentSchema", Shape::kOne, false, true},
    {"propertyNames", Shape::kOne, true, true},
    {"unevaluatedItems", Shape::kOne, false, true},
    {"unevaluatedProperties", Shape::kOne, false, true},
    {"not", Shape::kOne, true, true},
    {"if", Shape::kOne, true, true},
    {"then", Shape::kOne, true, true},
    {"else", Shape::kOne, true, true},
};

// The text of a member that is a string; empty otherwise.
std::string_view text_of(const Value& schema, std::string_view key) {
  const Value& value = schema.get(key);
  return value.is_string() ? value.as_string() : std::string_view();
}

std::string_view without_empty_fragment(std::string_view uri) {
  return uri.ends_with('#') ? uri.substr(0, uri.size() - 1) : uri;
}

// What `$id` says before its fragment. In draft-07 a `$ref` hides its siblings.
std::string_view own_uri(const Value& schema, const Dialect& dialect) {
  if (dialect.draft == Draft::k07 && schema.find("$ref")) return {};
  return split_fragment(text_of(schema, "$id")).base;
}

bool is_index(std::string_view token) {
  return !token.empty() && token.size() < 10 && (token == "0" || token[0] != '0') &&
         token.find_first_not_of("0123456789") == std::string_view::npos;
}

const Value* step_into(const Value& value, const std::string& token) {
  if (!value.is_array()) return value.find(token);
  if (!is_index(token)) return nullptr;
  const std::size_t at = std::stoul(token);
  return at < value.size() ? &value.elements()[at] : nullptr;
}

// Refuses what is nested too deep for a schema, without recursion.
Result<void> check_depth(const Value& root) {
  std::vector<std::pair<const Value*, std::size_t>> todo{{&root, 1}};
  while (!todo.empty()) {
    const auto [value, depth] = todo.back();
    todo.pop_back();
    if (depth > kSchemaDepthMax)
      return fail(Code::kInvalid,
                  "the schema is nested deeper than " + std::to_string(kSchemaDepthMax) + " levels");
    for (const Value& element : elements_of(*value)) todo.emplace_back(&element, depth + 1);
    for (const json::Member& member : members_of(*value)) todo.emplace_back(&member.value, depth + 1);
  }
  return {};
}

}  // namespace

std::string escape_pointer(std::string_view token) {
  std::string out;
  for (char c : token) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

std::string unescape_pointer(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape =
        token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1');
    out += escape ? (token[++i] == '0' ? '~' : '/') : token[i];
  }
  return out;
}

Result<Place> Registry::add_root(const Value& schema) {
  loaded_.assign(given_.size(), false);
  auto id = load("", schema, Dialect{});
  if (!id) return std::unexpected(std::move(id).error());
  return resources_[*id].root;
}

Result<ResourceId> Registry::load(std::string uri, const Value& schema, const Dialect& inherited) {
  XF_TRY(check_depth(schema));
  const auto document = static_cast<std::uint32_t>(documents_.size());
  documents_.push_back({uri, schema});
  const Place root{document, 0, "", &documents_.back().root};
  XF_TRY_ASSIGN(const ResourceId first, begin_resource(std::move(uri), root, inherited));
  if (const std::string_view own = own_uri(*root.value, resources_[first].dialect); !own.empty()) {
    resources_[first].uri = resolve_uri(resources_[first].uri, own);
    by_uri_.emplace(resources_[first].uri, first);
  }
  std::vector<Place> todo{resources_[first].root};
  while (!todo.empty()) {
    const Place place = std::move(todo.back());
    todo.pop_back();
    XF_TRY(index(place, todo));
  }
  return first;
}

// One schema object: its own identity, then its subschemas go onto the list.
Result<void> Registry::index(Place place, std::vector<Place>& todo) {
  if (!place.value->is_object()) return {};
  const Value& schema = *place.value;
  const Dialect outer = resources_[place.resource].dialect;
  const std::string_view own = own_uri(schema, outer);
  if (!own.empty() && !place.pointer.empty()) {
    const std::string uri = resolve_uri(resources_[place.resource].uri, own);
    XF_TRY_ASSIGN(place.resource, begin_resource(uri, place, outer));
  }
  XF_TRY(add_anchors(place));
  const bool seven = resources_[place.resource].dialect.draft == Draft::k07;
  for (const Child& child : kChildren) {
    const Value* value = (seven ? child.in_07 : child.in_202012) ? schema.find(child.keyword) : nullptr;
    if (!value) continue;
    const std::string pointer = place.pointer + "/" + std::string(child.keyword);
    auto push = [&](const std::string& token, const Value& at) {
      todo.push_back({place.document, place.resource, pointer + token, &at});
    };
    if (child.shape == Shape::kOne || child.shape == Shape::kOneOrList) push("", *value);
    if (child.shape == Shape::kList || child.shape == Shape::kOneOrList) {
      for (std::size_t i = 0; i < elements_of(*value).size(); ++i)
        push("/" + std::to_string(i), elements_of(*value)[i]);
    }
    if (child.shape == Shape::kMap) {
      for (const json::Member& m : members_of(*value)) push("/" + escape_pointer(m.key.as_string()), m.value);
    }
  }
  return {};
}

Result<ResourceId> Registry::begin_resource(std::string uri, const Place& place, const Dialect& inherited) {
  const auto id = static_cast<ResourceId>(resources_.size());
  Resource resource{uri, place, inherited, {}, {}};
  resource.root.resource = id;
  XF_TRY_ASSIGN(resource.dialect, dialect_of(*place.value, inherited));
  resources_.push_back(std::move(resource));
  by_uri_.emplace(std::move(uri), id);
  by_place_[{place.document, place.pointer}] = id;
  return id;
}

Result<void> Registry::add_anchors(const Place& place) {
  Resource& resource = resources_[place.resource];
  const Value& schema = *place.value;
  if (resource.dialect.draft == Draft::k07) {
    const std::string_view fragment = split_fragment(text_of(schema, "$id")).fragment;
    if (!fragment.empty() && !schema.find("$ref")) resource.anchors.emplace(fragment, place);
    return {};
  }
  for (const std::string_view keyword : {"$anchor", "$dynamicAnchor"}) {
    const std::string_view name = text_of(schema, keyword);
    if (name.empty()) continue;
    const auto [known, is_new] = resource.anchors.emplace(name, place);
    if (!is_new && known->second.value != place.value)
      return fail(Code::kInvalid, "the anchor \"" + std::string(name) + "\" is defined twice: at " +
                                      known->second.pointer + " and at " + place.pointer);
    if (keyword == "$dynamicAnchor") resource.dynamic_anchors.emplace(name, place);
  }
  return {};
}

Result<Dialect> Registry::dialect_of(const Value& schema, const Dialect& inherited) {
  const Value* named = schema.find("$schema");
  if (!named) return inherited;
  if (!named->is_string()) return fail(Code::kInvalid, "`$schema` must be a string");
  return dialect_named(without_empty_fragment(named->as_string()), inherited, 0);
}

Result<Dialect> Registry::dialect_named(std::string_view uri, const Dialect& inherited, int depth) {
  constexpr int kMetaSchemasMax = 8;
  if (uri == kDraft202012) return Dialect{};
  if (uri == kDraft07 || uri == "https://json-schema.org/draft-07/schema")
    return Dialect{.draft = Draft::k07};
  const std::string name(uri);
  // A meta-schema is written in its own dialect as a rule: it is looked at with the outer one's eyes.
  for (std::size_t i = 0; i < given_.size(); ++i) {
    if (given_[i].first != name) continue;
    const Value& vocabulary = given_[i].second.get("$vocabulary");
    if (!vocabulary.is_object()) {
      const std::string_view parent = without_empty_fragment(text_of(given_[i].second, "$schema"));
      return parent.empty() || depth > kMetaSchemasMax ? Result<Dialect>(inherited)
                                                       : dialect_named(parent, inherited, depth + 1);
    }
    Dialect dialect{.applicator = false, .validation = false, .unevaluated = false};
    for (const json::Member& member : vocabulary.members()) {
      const std::string_view key = member.key.as_string();
      const std::string_view part =
          key.starts_with(kVocabulary202012) ? key.substr(kVocabulary202012.size()) : std::string_view();
      if (part == "applicator")
        dialect.applicator = true;
      else if (part == "validation")
        dialect.validation = true;
      else if (part == "unevaluated")
        dialect.unevaluated = true;
      else if (part == "format-assertion")
        dialect.asserts_format = true;
      else if (part.empty() && member.value.truthy())
        return fail(Code::kInvalid, "the meta-schema " + name + " requires the vocabulary " +
                                        std::string(key) + ", which is not known here");
    }
    return dialect;
  }
  return fail(Code::kInvalid,
              "`$schema` is " + name +
                  ", which is not known here: use \"https://json-schema.org/draft/2020-12/schema\" "
                  "or \"http://json-schema.org/draft-07/schema#\"");
}

Result<ResourceId> Registry::resource_at(const std::string& uri, const Dialect& inherited) {
  if (const auto known = by_uri_.find(uri); known != by_uri_.end()) return known->second;
  for (std::size_t i = 0; i < given_.size(); ++i) {
    if (loaded_[i] || without_empty_fragment(given_[i].first) != uri) continue;
    loaded_[i] = true;
    return load(uri, given_[i].second, inherited);
  }
  if (const std::string_view text = metaschema_text(uri); !text.empty()) {
    XF_TRY_ASSIGN(const Value schema, json::parse(text));
    return load(uri, schema, Dialect{});
  }
  // Perhaps it is an `$id` inside of another document; one that is no schema of a known draft does not matter
  // here.
  for (std::size_t i = 0; i < given_.size() && !all_loaded_; ++i) {
    if (loaded_[i]) continue;
    loaded_[i] = true;
    (void)load(given_[i].first, given_[i].second, inherited);
  }
  all_loaded_ = true;
  if (const auto known = by_uri_.find(uri); known != by_uri_.end()) return known->second;
  return fail(Code::kInvalid, "refers to " + (uri.empty() ? "its own document" : uri) +
                                  ", which is not among the documents given; nothing is fetched");
}

Result<Place> Registry::find(const Resource& from, std::string_view reference) {
  const std::string target = resolve_uri(from.uri, reference);
  const SplitUri split = split_fragment(target);
  const Dialect inherited = from.dialect;
  XF_TRY_ASSIGN(const ResourceId id, resource_at(std::string(split.base), inherited));
  const auto fragment = percent_decode(split.fragment);
  if (!fragment) return fail(Code::kInvalid, "has a bad %-escape in " + std::string(reference));
  if (fragment->empty()) return resources_[id].root;
  if (fragment->starts_with('/')) return follow_pointer(id, *fragment);
  const auto anchor = resources_[id].anchors.find(*fragment);
  if (anchor == resources_[id].anchors.end())
    return fail(Code::kInvalid, "refers to the anchor \"" + *fragment + "\", which does not exist");
  return anchor->second;
}

ResourceId Registry::resource_below(const Place& place, std::string_view way) const {
  const auto own = by_place_.find({place.document, place.pointer + "/" + std::string(way)});
  return own == by_place_.end() ? place.resource : own->second;
}

// The place belongs to the innermost resource that the pointer passes through.
Result<Place> Registry::follow_pointer(ResourceId id, std::string_view pointer) {
  Place place = resources_[id].root;
  std::string_view rest = pointer;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string token = unescape_pointer(rest.substr(0, slash));
    rest.remove_prefix(slash);
    place.value = step_into(*place.value, token);
    if (!place.value)
      return fail(Code::kInvalid, "refers to " + std::string(pointer) + ", which does not exist");
    place.pointer += "/" + escape_pointer(token);
    if (const auto inner = by_place_.find({place.document, place.pointer}); inner != by_place_.end())
      place.resource = inner->second;
  }
  return place;
}

}  // namespace xf::schema
