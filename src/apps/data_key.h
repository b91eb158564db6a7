// The key that seals what a data directory holds of secrets: a file beside the data, for its owner alone. A backup
// of the data does not have it.
#pragma once

#include <string>

#include "base/seal.h"

namespace xf::apps {

// Made at the first call. Code::kInvalid: it cannot be made or read, or others may read it.
Result<SealKey> data_key(const std::string& directory);

}  // namespace xf::apps
