// Reading names and versions as documents carry them.
#pragma once

#include "xflow/definition/dsl1/context.h"

namespace xf::dsl1 {

// Letters, digits and inner hyphens, 63 at most: a namespace or name. Empty when it is not one (reported).
std::string resource_name(Context&, const Place&);
// Semantic Versioning 2.0.0. Empty when it is not one (reported).
std::string semver(Context&, const Place&);

}  // namespace xf::dsl1
