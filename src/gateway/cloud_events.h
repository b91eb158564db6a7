// CloudEvents over HTTP (binding 1.0): binary, structured and batch mode, to their JSON form.
#pragma once

#include <vector>

#include "base/http/message.h"
#include "base/json/value.h"
#include "base/result.h"

namespace xf::gateway {

inline constexpr std::size_t kBatchMax = 1000;

// All of the request's events, each complete and checked: id, source, type, specversion "1.0", attribute
// names.
Result<std::vector<json::Value>> decode_cloud_events(const http::Request&);

}  // namespace xf::gateway
