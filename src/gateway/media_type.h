// Media types of requests.
#pragma once

#include <string>
#include <string_view>

namespace xf::gateway {

// "Application/JSON; charset=utf-8" → "application/json".
std::string media_type(std::string_view content_type);
bool is_json(std::string_view media_type);  // application/json and …+json

}  // namespace xf::gateway
