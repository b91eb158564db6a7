// CloudEvents over HTTP (binding 1.0): binary, structured and batch mode, to their JSON form.
#pragma once

#include <string_view>
#include <vector>

#include "base/http/message.h"
#include "base/json/value.h"
#include "base/result.h"

namespace xf::gateway {

inline constexpr std::size_t kBatchMax = 1000;
inline constexpr std::string_view kEvent = "application/cloudevents+json";
inline constexpr std::string_view kEventBatch = "application/cloudevents-batch+json";

// All of the request's events (binary mode when it has neither of these types), each complete and checked: id,
// source, type, specversion "1.0", attribute names.
Result<std::vector<json::Value>> decode_cloud_events(const http::Request&);

}  // namespace xf::gateway
