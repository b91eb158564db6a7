// An operation of an OpenAPI 3.x or Swagger 2.0 document, turned into the HTTP request that performs it.
// Pure: the document was fetched before, and references inside it are resolved here ('#/…' only).
#pragma once

#include <string_view>

#include "base/json/value.h"
#include "base/result.h"
#include "xflow/engine/command.h"

namespace xf::functions::openapi {

// `parameters` is an object of the operation's parameters by name; for a body, the member `body` (or the name
// of a Swagger 2.0 body parameter), or else all members that no parameter takes. `document_uri` is the base
// of relative servers. Code::kInvalid: the operation is not there, a required parameter is missing, or a
// parameter is unknown.
Result<engine::command::HttpRequest> request_for(const json::Value& document, std::string_view document_uri,
                                                 std::string_view operation_id,
                                                 const json::Value& parameters);

}  // namespace xf::functions::openapi
