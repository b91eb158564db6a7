#include "xflow/runtime/embedded/describe.h"

#include "base/json/print.h"
#include "xflow/runtime/embedded/ids.h"
#include "xflow/runtime/embedded/scheduler.h"

namespace xf::runtime::embedded {

InstanceSummary summarize(const persistence::Instance& row, const plan::DefinitionId& definition,
                          std::uint64_t salt) {
  InstanceSummary out{.id = instance_id(row.key, salt),
                      .key = row.business_key,
                      .definition = definition,
                      .status = static_cast<engine::Status>(row.status),
                      .created_at = started_at(row.key),
                      .updated_at = row.updated_at,
                      .ended_at = row.ended_at,
                      .parent = {}};
  if (row.parent != 0) out.parent = engine::ParentRef{instance_id(row.parent, salt), row.parent_command};
  return out;
}

DefinitionSummary summarize(const persistence::Definition& row, std::uint64_t instances_open) {
  return {.id = {row.ns, row.name, row.version},
          .title = row.title,
          .digest = row.digest,
          .deployed_at = row.deployed_at,
          .retired = row.state == persistence::DefinitionState::kRetired,
          .instances_open = instances_open};
}

ScheduleSummary summarize(const persistence::Schedule& row, const plan::Plan& plan, std::uint64_t salt) {
  const std::string kind = schedule_kind(plan.schedule);
  const auto& written = plan.source.get("schedule").get(kind);
  return {.definition = plan.id,
          .kind = kind,
          .expression = written.is_string() ? std::string(written.as_string()) : json::print(written),
          .paused = row.paused,
          .next = row.next,
          .last = row.last,
          .last_instance = row.last_instance == 0 ? std::string() : instance_id(row.last_instance, salt)};
}

std::uint8_t open_statuses() {
  std::uint8_t out = 0;
  for (std::uint8_t status = 0; status < persistence::kStatuses; ++status)
    if (!engine::is_final(static_cast<engine::Status>(status)))
      out = static_cast<std::uint8_t>(out | 1u << status);
  return out;
}

}  // namespace xf::runtime::embedded
