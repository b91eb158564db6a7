#include "xflow/engine/resources.h"

#include <algorithm>

#include "base/check.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/scope.h"

namespace xf::engine {

const Resource* find_resource(const Machine& m, std::string_view uri) {
  const auto it =
      std::ranges::find_if(m.s.resources, [&](const Resource& r) { return r.pending == 0 && r.uri == uri; });
  return it == m.s.resources.end() ? nullptr : &*it;
}

bool ensure_resource(Machine& m, Frame& frame, const std::string& uri,
                     const std::optional<plan::Authentication>& authentication) {
  if (find_resource(m, uri)) return true;
  const CommandId id = m.next_id();
  m.s.resources.push_back({.uri = uri, .pending = id, .digest = {}, .content = {}});
  m.watch(frame, WaitKind::kFetch, id);
  command::Fetch fetch{.id = id, .uri = uri, .authentication = nullptr, .arguments = {}};
  if (authentication) {
    fetch.authentication = &*authentication;
    fetch.arguments = sealed_arguments(m, frame);
  }
  m.issue(std::move(fetch));
  return false;
}

void resource_arrived(Machine& m, Frame& frame, const input::Fetched& fetched) {
  const auto it = std::ranges::find(m.s.resources, fetched.fetch, &Resource::pending);
  XF_CHECK(it != m.s.resources.end(), "a Fetch is noted when it is commanded");
  if (const auto* fault = std::get_if<Fault>(&fetched.content)) {
    m.s.resources.erase(it);
    return raise(m, frame, *fault);
  }
  if (find_resource(m, it->uri)) {
    m.s.resources.erase(it);  // another task had asked too, and its answer came first
  } else {
    it->pending = 0;
    it->digest = fetched.digest;
    // Only schemas are read here; what is sent along with a call is kept by its digest, beside the journal.
    if (frame.stage != Stage::kBody) it->content = std::get<json::Value>(fetched.content);
  }
  m.make_ready(frame);
}

std::expected<std::shared_ptr<const schema::Schema>, Fault> schema_of(Machine& m,
                                                                      const plan::SchemaRef& ref) {
  if (ref.inline_schema) return ref.inline_schema;
  const auto cached = std::ranges::find(m.s.schemas, ref.uri, [](const auto& entry) { return entry.first; });
  if (cached != m.s.schemas.end()) return cached->second;
  auto compiled = schema::Schema::compile(find_resource(m, ref.uri)->content);
  if (!compiled)
    return std::unexpected(
        faults::make(Standard::kConfiguration, "the schema at " + ref.uri + ": " + compiled.error().message));
  m.s.schemas.emplace_back(ref.uri, *compiled);
  return *compiled;
}

}  // namespace xf::engine
