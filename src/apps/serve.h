// `xflow serve`: the durable server, until a signal ends it.
#pragma once

#include "cli/cli.h"

namespace xf::apps {

int serve(const cli::ServeOptions&);

}  // namespace xf::apps
