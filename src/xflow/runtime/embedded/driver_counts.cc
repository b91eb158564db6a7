// What others see of the driver's work: counts, and turns for live views.
#include <utility>

#include "xflow/runtime/embedded/driver.h"

namespace xf::runtime::embedded {

// One walk over an index, of what has not ended for good: some milliseconds for 200,000.
Result<void> Driver::count_instances() {
  counts_.instances = {};
  for (const auto& definition : catalog_.all())
    for (std::uint8_t status = 0; status < persistence::kStatuses; ++status) {
      const auto as_status = static_cast<engine::Status>(status);
      if (engine::is_final(as_status) && as_status != engine::Status::kFaulted) continue;
      XF_TRY_ASSIGN(const auto count,
                    reader_->count(definition, static_cast<std::uint8_t>(1u << status), UINT32_MAX));
      counts_.instances[status] += static_cast<std::int64_t>(count);
    }
  return {};
}

void Driver::count_status(Hot& hot) {
  const auto status = static_cast<std::uint8_t>(hot.instance.status());
  if (hot.is_counted && hot.row.status == status) return;
  if (std::exchange(hot.is_counted, true)) --counts_.instances[hot.row.status];
  ++counts_.instances[status];
  if (engine::is_final(hot.instance.status())) ++counts_.ended[status];
}

void Driver::tell(const Hot& hot, const engine::Input& input, engine::Trace trace) {
  const auto& tenant = catalog_.tenant(hot.row.tenant);
  group_.told.push_back({.tenant = tenant.name,
                         .salt = tenant.salt,
                         .instance = hot.row.key,
                         .status = hot.instance.status(),
                         .seq = input.seq,
                         .at = input.at,
                         .trace = std::move(trace)});
}

}  // namespace xf::runtime::embedded
