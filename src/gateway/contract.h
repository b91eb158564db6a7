// The API's contract, api/openapi.yaml, as it was when this program was built.
#pragma once

#include <string_view>

namespace xf::gateway {

extern const std::string_view kContract;

}  // namespace xf::gateway
