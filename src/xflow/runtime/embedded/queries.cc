#include "xflow/runtime/embedded/queries.h"

#include <algorithm>
#include <charconv>

#include "xflow/runtime/embedded/describe.h"
#include "xflow/runtime/embedded/ids.h"
#include "xflow/runtime/embedded/loader.h"

namespace xf::runtime::embedded {

using persistence::Definition;
using persistence::InstanceFilter;

namespace {

constexpr std::uint32_t kPageMax = 500;
constexpr std::uint32_t kChildrenMax = 1'000;
constexpr std::uint32_t kRowsStep = 64;

std::string cursor_of(const Definition& definition) {
  return definition.ns + '/' + definition.name + '/' + definition.version;
}

bool matches(const plan::DefinitionId& wanted, const Definition& definition) {
  return (wanted.ns.empty() || wanted.ns == definition.ns) &&
         (wanted.name.empty() || wanted.name == definition.name) &&
         (wanted.version.empty() || wanted.version == definition.version);
}

}  // namespace

// ---- Definitions

Result<Page<DefinitionSummary>> Queries::definitions(const std::string& tenant, const std::string& cursor,
                                                     std::uint32_t limit) {
  XF_TRY(catalog_.load(*reader_));
  limit = std::clamp<std::uint32_t>(limit, 1, kPageMax);
  Page<DefinitionSummary> page;
  bool behind = cursor.empty();
  for (const auto* definition : catalog_.list(catalog_.find_tenant(tenant))) {
    if (!behind) {
      behind = cursor_of(*definition) == cursor;
      continue;
    }
    if (page.items.size() == limit) {
      const auto& last = page.items.back().id;
      page.next = last.ns + '/' + last.name + '/' + last.version;
      break;
    }
    XF_TRY_ASSIGN(const auto open, reader_->count(definition->key, open_statuses(), UINT32_MAX));
    page.items.push_back(summarize(*definition, open));
  }
  if (!behind) return fail(Code::kInvalid, "this cursor is of no page (any more): begin with the first page");
  return page;
}

Result<DefinitionDetail> Queries::definition(const std::string& tenant, const plan::DefinitionId& id) {
  XF_TRY(catalog_.load(*reader_));
  const auto* definition = catalog_.find(catalog_.find_tenant(tenant), id);
  if (definition == nullptr)
    return fail(Code::kNotFound, "there is no definition " + id.ns + "/" + id.name + ":" +
                                     (id.version.empty() ? "latest" : id.version));
  XF_TRY_ASSIGN(const auto open, reader_->count(definition->key, open_statuses(), UINT32_MAX));
  XF_TRY_ASSIGN(auto text, reader_->definition_text(definition->key));
  if (!text) return fail(Code::kCorrupt, "the text of a definition is missing");
  return DefinitionDetail{summarize(*definition, open), std::move(text->source), std::move(text->original)};
}

Result<const Definition*> Queries::definition_of(persistence::DefinitionKey key) {
  if (const auto* known = catalog_.at(key)) return known;
  XF_TRY(catalog_.load(*reader_));
  if (const auto* known = catalog_.at(key)) return known;
  return fail(Code::kCorrupt, "the definition of an instance is missing");
}

// ---- Instances

Result<InstanceFilter> Queries::filter_of(const InstanceQuery& query, persistence::TenantKey tenant) {
  InstanceFilter filter{.tenant = tenant, .limit = std::clamp<std::uint32_t>(query.limit, 1, kPageMax)};
  for (const auto status : query.statuses)
    filter.statuses = static_cast<std::uint8_t>(filter.statuses | 1u << static_cast<unsigned>(status));
  if (query.created_after > 0) filter.key_min = first_key_at(query.created_after);
  if (query.created_before > 0) filter.key_before = first_key_at(query.created_before);
  if (!query.cursor.empty()) {
    persistence::InstanceKey key = 0;
    const char* end = query.cursor.data() + query.cursor.size();
    if (const auto parsed = std::from_chars(query.cursor.data(), end, key);
        parsed.ec != std::errc{} || parsed.ptr != end || key <= 0)
      return fail(Code::kInvalid, "this cursor is of no page: begin with the first page");
    filter.key_before = std::min(filter.key_before, key);
  }
  const auto keys = [&](auto wanted) {
    std::vector<persistence::DefinitionKey> out;
    for (const auto* definition : catalog_.list(tenant))
      if (wanted(*definition)) out.push_back(definition->key);
    return out;
  };
  const auto& wanted = query.definition;
  if (!wanted.ns.empty() || !wanted.name.empty() || !wanted.version.empty())
    filter.definitions = keys([&](const Definition& definition) { return matches(wanted, definition); });
  if (!query.text.empty()) {
    filter.text = InstanceFilter::Text{.business_key = query.text};
    if (const auto range = id_prefix_range(query.text))
      std::tie(filter.text->key_min, filter.text->key_max) = *range;
    filter.text->definitions =
        keys([&](const Definition& definition) { return definition.name.starts_with(query.text); });
  }
  return filter;
}

Result<Page<InstanceSummary>> Queries::instances(const InstanceQuery& query) {
  XF_TRY(catalog_.load(*reader_));
  Page<InstanceSummary> page;
  const auto tenant = catalog_.find_tenant(query.tenant);
  if (tenant == 0) return page;
  XF_TRY_ASSIGN(auto filter, filter_of(query, tenant));
  const auto wanted = filter.limit++;  // one more tells whether there is another page
  XF_TRY_ASSIGN(const auto rows, reader_->instances(filter));
  for (const auto& row : rows) {
    if (page.items.size() == wanted) {
      page.next = std::to_string(rows[wanted - 1].key);
      break;
    }
    XF_TRY_ASSIGN(const auto* definition, definition_of(row.definition));
    page.items.push_back(summarize(row, id_of(*definition), catalog_.tenant(tenant).salt));
  }
  return page;
}

Result<persistence::Instance> Queries::find(const std::string& tenant_name, const std::string& id) {
  auto tenant = catalog_.find_tenant(tenant_name);
  if (tenant == 0) {
    XF_TRY(catalog_.load(*reader_));
    tenant = catalog_.find_tenant(tenant_name);
  }
  const auto key = tenant == 0 ? std::nullopt : parse_instance_id(id, catalog_.tenant(tenant).salt);
  if (key) {
    XF_TRY_ASSIGN(auto row, reader_->instance(*key));
    if (row && row->tenant == tenant) return *std::move(row);
  }
  return fail(Code::kNotFound, "there is no instance " + id);
}

Result<InstanceDetail> Queries::instance(const std::string& tenant, const std::string& id) {
  XF_TRY_ASSIGN(const auto row, find(tenant, id));
  return detail(row);
}

Result<InstanceDetail> Queries::instance(persistence::InstanceKey key) {
  XF_TRY_ASSIGN(const auto row, reader_->instance(key));
  if (!row) return fail(Code::kNotFound, "there is no such instance (any more)");
  return detail(*row);
}

Result<InstanceDetail> Queries::detail(const persistence::Instance& row) {
  XF_TRY_ASSIGN(const auto* definition, definition_of(row.definition));
  const auto salt = catalog_.tenant(row.tenant).salt;
  InstanceDetail out{.summary = summarize(row, id_of(*definition), salt),
                     .input = {},
                     .output = {},
                     .fault = {},
                     .positions = {},
                     .children = {}};
  XF_TRY_ASSIGN(const auto first, reader_->journal(row.key, 1, 1));
  if (!first.empty()) {
    XF_TRY_ASSIGN(auto started, engine::decode_input(first.front().input));
    if (auto* body = std::get_if<engine::input::Started>(&started.body)) out.input = std::move(body->input);
  }
  XF_TRY_ASSIGN(const auto children, reader_->children(row.key, kChildrenMax));
  for (const auto child : children) out.children.push_back(instance_id(child, salt));
  XF_TRY_ASSIGN(const auto incident, reader_->incident(row.key));
  if (incident) {
    out.summary.status = engine::Status::kFaulted;
    out.fault = engine::Fault{.type = "https://serverlessworkflow.io/spec/1.0.0/errors/runtime",
                              .title = "The instance cannot be continued by this program",
                              .detail = incident->reason};
    return out;
  }
  XF_TRY_ASSIGN(auto stored, reader_->load(row.key));
  if (!stored) return fail(Code::kNotFound, "the instance was deleted a moment ago");
  // It may have gone on since its row was read: what is shown is of one moment.
  out.summary = summarize(stored->row, id_of(*definition), salt);
  XF_TRY_ASSIGN(const auto plan, catalog_.plan(row.definition, *reader_));
  XF_TRY_ASSIGN(const auto loaded, restore(*std::move(stored), *plan,
                                           {.contents = contents_of(*reader_, row.tenant), .vault = vault_.get()}));
  out.output = loaded.instance.output();
  out.fault = loaded.instance.fault();
  if (!engine::is_final(loaded.instance.status())) out.positions = loaded.instance.positions(*plan);
  return out;
}

Result<Page<HistoryEntry>> Queries::history(const HistoryQuery& query) {
  XF_TRY_ASSIGN(const auto row, find(query.tenant, query.instance));
  const auto limit = std::clamp<std::uint32_t>(query.limit, 1, 10 * kPageMax);
  Page<HistoryEntry> page;
  std::uint64_t seq = std::max<std::uint64_t>(1, query.after.seq);
  for (;;) {
    XF_TRY_ASSIGN(const auto rows, reader_->journal(row.key, seq, kRowsStep));
    for (const auto& turn : rows) {
      seq = turn.seq + 1;
      XF_TRY_ASSIGN(auto trace, engine::decode_trace(turn.trace));
      for (std::uint32_t i = 0; i < trace.size(); ++i) {
        if (turn.seq == query.after.seq && i <= query.after.index) continue;
        if (page.items.size() == limit) {
          const auto& last = page.items.back().position;
          page.next = std::to_string(last.seq) + '.' + std::to_string(last.index);
          return page;
        }
        page.items.push_back(
            {.position = {.seq = turn.seq, .index = i}, .at = turn.at, .entry = std::move(trace[i])});
      }
    }
    if (rows.size() < kRowsStep) return page;
  }
}

// ---- Schedules

Result<std::vector<ScheduleSummary>> Queries::schedules(const std::string& tenant_name) {
  XF_TRY(catalog_.load(*reader_));
  std::vector<ScheduleSummary> out;
  const auto tenant = catalog_.find_tenant(tenant_name);
  XF_TRY_ASSIGN(const auto rows, reader_->schedules());
  for (const auto& row : rows) {
    if (row.tenant != tenant) continue;
    XF_TRY_ASSIGN(const auto plan, catalog_.plan(row.definition, *reader_));
    out.push_back(summarize(row, *plan, catalog_.tenant(tenant).salt));
  }
  return out;
}

}  // namespace xf::runtime::embedded
