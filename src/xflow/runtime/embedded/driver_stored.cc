// What the driver puts into the group beside the turns themselves, and what it needs to bring an instance back.
#include "base/json/print.h"
#include "xflow/runtime/embedded/driver.h"

namespace xf::runtime::embedded {

namespace in = engine::input;

Sources Driver::sources_of(persistence::TenantKey tenant) {
  // What cannot be read now is no incident of the instance.
  auto read = [this, stored = contents_of(*reader_, tenant)](const std::string& digest) {
    auto content = stored(digest);
    if (!content && content.error().code == Code::kUnavailable) give_up(content.error());
    return content;
  };
  return {.contents = std::move(read), .vault = options_.vault.get()};
}

void Driver::snapshot(Hot& hot) {
  group_.batch.snapshots.push_back(
      {hot.row.key, hot.row.tenant, hot.seq,
       encode_snapshot(hot.row.key, hot.instance, hot.open, *hot.plan, options_.vault.get())});
  hot.snapshot_bytes = group_.batch.snapshots.back().state.size();
  hot.tail_bytes = 0;
}

void Driver::keep_content(persistence::TenantKey tenant, const in::Fetched& fetched) {
  if (const auto* content = std::get_if<json::Value>(&fetched.content))
    group_.batch.contents.push_back({tenant, fetched.digest, json::print(*content)});
}

// What is queued and known to nobody else becomes durable with the group.
void Driver::keep_mail(Work& work) {
  const bool known =
      work.mail != 0 || (work.due != 0 && !parked_.contains(work.instance)) ||
      (!parked_.contains(work.instance) && (std::holds_alternative<in::CallCompleted>(work.body) ||
                                            std::holds_alternative<in::Fetched>(work.body)));
  if (known) return;
  if (const auto* fetched = std::get_if<in::Fetched>(&work.body)) keep_content(work.tenant, *fetched);
  work.mail = ++counters_.mail;
  group_.batch.mail.push_back({.key = work.mail,
                               .tenant = work.tenant,
                               .instance = work.instance,
                               .definition = work.definition,
                               .parent_awaits = work.row.parent_awaits,
                               .input = engine::encode(engine::Input{1, 1, work.body})});
}

}  // namespace xf::runtime::embedded
