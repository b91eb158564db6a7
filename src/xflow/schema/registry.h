// Registry: every document of one compilation, its resources (what an `$id` begins) and their anchors. It
// answers what a reference points at. It fetches nothing: documents are given, or are the standard's own.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json/value.h"
#include "base/result.h"

namespace xf::schema {

enum class Draft : std::uint8_t { k07, k202012 };

// Which keywords a resource speaks: its draft and, by `$vocabulary` of its meta-schema, the parts of it.
struct Dialect {
  Draft draft = Draft::k202012;
  bool applicator = true;
  bool validation = true;
  bool unevaluated = true;
  bool asserts_format = false;
};

using ResourceId = std::uint32_t;

// A place in a document: what may be compiled to a node.
struct Place {
  std::uint32_t document = 0;
  ResourceId resource = 0;
  std::string pointer;  // from the document's root
  const json::Value* value = nullptr;
};

struct Resource {
  std::string uri;  // without fragment; empty for a root without `$id`
  Place root;
  Dialect dialect;
  std::map<std::string, Place, std::less<>> anchors;
  std::map<std::string, Place, std::less<>> dynamic_anchors;  // these are anchors too
};

using Documents = std::vector<std::pair<std::string, json::Value>>;

class Registry {
 public:
  explicit Registry(const Documents& given) : given_(given) {}

  // Takes the schema to compile as the first document.
  Result<Place> add_root(const json::Value&);
  // What `reference` means inside of `from`.
  Result<Place> find(const Resource& from, std::string_view reference);

  const Resource& resource(ResourceId id) const { return resources_[id]; }
  // The resource of a subschema: its own when an `$id` begins one there.
  ResourceId resource_below(const Place&, std::string_view way) const;
  const std::string& document_uri(std::uint32_t document) const { return documents_[document].uri; }
  std::size_t resource_count() const noexcept { return resources_.size(); }

 private:
  struct Document {
    std::string uri;  // by which it was found
    json::Value root;
  };

  Result<ResourceId> load(std::string uri, const json::Value&, const Dialect& inherited);
  Result<void> index(Place, std::vector<Place>& todo);
  Result<ResourceId> begin_resource(std::string uri, const Place&, const Dialect& inherited);
  Result<void> add_anchors(const Place&);
  Result<Dialect> dialect_of(const json::Value& schema, const Dialect& inherited);
  Result<Dialect> dialect_named(std::string_view uri, const Dialect& inherited, int depth);
  Result<ResourceId> resource_at(const std::string& uri, const Dialect& inherited);
  Result<Place> follow_pointer(ResourceId, std::string_view pointer);

  const Documents& given_;
  std::vector<bool> loaded_;
  bool all_loaded_ = false;
  std::deque<Document> documents_;  // addresses stay
  std::deque<Resource> resources_;
  std::map<std::string, ResourceId, std::less<>> by_uri_;
  std::map<std::pair<std::uint32_t, std::string>, ResourceId> by_place_;
};

// "a/b" -> "a~1b".
std::string escape_pointer(std::string_view token);
std::string unescape_pointer(std::string_view token);

// Levels of nesting in a schema document.
inline constexpr std::size_t kSchemaDepthMax = 256;

}  // namespace xf::schema
