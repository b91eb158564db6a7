// Errors as the API gives them: application/problem+json (RFC 9457).
#pragma once

#include <string>
#include <vector>

#include "base/http/message.h"
#include "base/json/value.h"
#include "base/result.h"
#include "xflow/definition/load.h"

namespace xf::gateway {

int status_for(Code);
http::Response problem(const Error&);
http::Response problem(int status, std::string_view detail);
// A refused definition: 400 with all of its problems.
http::Response problem(const std::vector<definition::Problem>&);

http::Response json_response(int status, const json::Value& body);
http::Response json_response(int status, std::string text);

}  // namespace xf::gateway
