// Order of versions, by Semantic Versioning 2.0 (precedence, §11).
#pragma once

#include <string_view>

namespace xf::runtime::embedded {

// < 0, 0, > 0. Build metadata is ignored. A text that is not a version comes before all that are.
int compare_versions(std::string_view, std::string_view);
bool is_prerelease(std::string_view);

}  // namespace xf::runtime::embedded
