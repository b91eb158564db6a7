// What people are shown of an instance, a definition or a schedule, made from what is stored.
#pragma once

#include "persistence/store.h"
#include "xflow/runtime/runtime.h"

namespace xf::runtime::embedded {

InstanceSummary summarize(const persistence::Instance&, const plan::DefinitionId&, std::uint64_t salt);
DefinitionSummary summarize(const persistence::Definition&, std::uint64_t instances_open);
ScheduleSummary summarize(const persistence::Schedule&, const plan::Plan&, std::uint64_t salt);

// The statuses of instances that have not ended, as bits.
std::uint8_t open_statuses();

}  // namespace xf::runtime::embedded
