// The embedded engine put together: store, outbound client, caller, runtime.
#pragma once

#include "base/metrics.h"
#include "cli/cli.h"

namespace xf::apps {

// In memory, for one run; calls may reach this machine and its network.
Result<std::unique_ptr<runtime::Runtime>> throw_away(json::Value secrets);
// On disk, below `options.data`; calls reach the public internet and what the options allow. `metrics`
// outlives it.
Result<std::unique_ptr<runtime::Runtime>> durable(const cli::ServeOptions& options,
                                                  metrics::Registry& metrics);

}  // namespace xf::apps
