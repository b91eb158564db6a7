// The API's requests (api/openapi.yaml): from JSON bodies and query strings to the runtime's structs. A
// member that the contract does not know is refused by name: a misspelt `wiat` must not be ignored.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "base/json/value.h"
#include "xflow/runtime/runtime.h"

namespace xf::gateway {

Result<runtime::StartRequest> decode_start(const json::Value& body);
Result<engine::input::Reset> decode_reset(const json::Value& body);
// {reason?} or nothing.
Result<std::string> decode_reason(const json::Value& body);
// {} or nothing.
Result<void> decode_nothing(const json::Value& body);

// Looks up one parameter of the query string, percent-decoded; nullptr when it is absent.
using Parameters = std::vector<std::pair<std::string, std::string>>;
Result<runtime::InstanceQuery> decode_instance_query(const Parameters&);
struct PageRequest {
  std::uint32_t limit = 50;
  std::string cursor;
};
Result<PageRequest> decode_page(const Parameters&);
// A parameter that is `true` or `false`; false when absent.
Result<bool> decode_flag(const Parameters&, std::string_view name);

}  // namespace xf::gateway
