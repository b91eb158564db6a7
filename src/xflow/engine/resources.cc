#include "xflow/engine/resources.h"

#include <algorithm>

#include "base/check.h"
#include "xflow/definition/load.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/scope.h"
#include "xflow/schema/uri.h"

namespace xf::engine {

namespace {

const Resource* find(const Instance::State& s, std::string_view uri, ResourceUse use) {
  const auto it = std::ranges::find_if(
      s.resources, [&](const Resource& r) { return r.pending == 0 && r.use == use && r.uri == uri; });
  return it == s.resources.end() ? nullptr : &*it;
}

std::string told(const std::vector<definition::Problem>& problems) {
  constexpr std::size_t kTold = 5;
  std::string out;
  for (std::size_t i = 0; i < std::min(kTold, problems.size()); ++i) {
    const definition::Problem& p = problems[i];
    out += (i > 0 ? "; " : "") + (p.pointer.empty() ? std::string() : p.pointer + ": ") + p.message;
    if (!p.hint.empty()) out += " (" + p.hint + ")";
  }
  return out;
}

}  // namespace

const Resource* find_resource(const Machine& m, std::string_view uri, ResourceUse use) {
  return find(m.s, uri, use);
}

std::string address(const Machine& m, const Frame& frame, std::string_view written) {
  const std::string& base = is_root(frame) ? m.plan.base : m.plan_of(frame).base;
  return base.empty() ? std::string(written) : schema::resolve_uri(base, written);
}

bool ensure_resource(Machine& m, Frame& frame, const std::string& uri, ResourceUse use,
                     const std::optional<plan::Authentication>& authentication) {
  if (find_resource(m, uri, use)) return true;
  const CommandId id = m.next_id();
  m.s.resources.push_back({.uri = uri, .use = use, .pending = id, .digest = {}, .content = {}});
  m.watch(frame, WaitKind::kFetch, id);
  command::Fetch fetch{
      .id = id, .uri = uri, .function = function_of(m, frame), .authentication = nullptr, .arguments = {}};
  if (authentication) {
    fetch.authentication = &*authentication;
    fetch.arguments = sealed_arguments(m, frame).value();
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
  if (find_resource(m, it->uri, it->use)) {
    m.s.resources.erase(it);  // another task had asked too, and its answer came first
  } else {
    it->pending = 0;
    it->digest = fetched.digest;
    if (it->use == ResourceUse::kRead) it->content = std::get<json::Value>(fetched.content);
  }
  m.make_ready(frame);
}

std::expected<std::shared_ptr<const schema::Schema>, Fault> schema_of(Machine& m, const Frame& frame,
                                                                      const plan::SchemaRef& ref) {
  if (ref.inline_schema) return ref.inline_schema;
  const std::string uri = address(m, frame, ref.uri);
  const auto cached = std::ranges::find(m.s.schemas, uri, [](const auto& entry) { return entry.first; });
  if (cached != m.s.schemas.end()) return cached->second;
  auto compiled = schema::Schema::compile(find_resource(m, uri, ResourceUse::kRead)->content);
  if (!compiled)
    return std::unexpected(
        faults::make(Standard::kConfiguration, "the schema at " + uri + ": " + compiled.error().message));
  m.s.schemas.emplace_back(uri, *compiled);
  return *compiled;
}

std::expected<plan::PlanPtr, Fault> function_at(Instance::State& s, const std::string& uri) {
  const auto cached = std::ranges::find(s.functions, uri, [](const auto& plan) { return plan->base; });
  if (cached != s.functions.end()) return *cached;
  auto loaded = definition::load_function(find(s, uri, ResourceUse::kRead)->content, uri);
  if (!loaded)
    return std::unexpected(
        faults::make(Standard::kConfiguration, "the function at " + uri + ": " + told(loaded.error())));
  return s.functions.emplace_back(*std::move(loaded));
}

plan::PlanPtr function_of(const Machine& m, const Frame& frame) {
  if (!frame.function) return nullptr;
  return *std::ranges::find(m.s.functions, frame.function, [](const auto& plan) { return plan.get(); });
}

}  // namespace xf::engine
