// call: openapi
//   enter     → the document is not here → Fetch, then again
//             → StartCall
//   completed → complete(its value)
//   failed    → fault
#include "xflow/engine/fault.h"
#include "xflow/engine/nodes/call.h"
#include "xflow/engine/resources.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

using json::Value;

void enter(Machine& m, Frame& frame) {
  const auto& openapi = m.body<plan::CallOpenApi>(frame);
  Datum uri;
  if (!expand_endpoint(m, frame, openapi.document.endpoint, "document.endpoint", uri)) return;
  if (uri.is_hidden()) return raise(m, frame, secret_leaves("document.endpoint"));
  const std::string address(uri.value().as_string());
  if (!ensure_resource(m, frame, address, ResourceUse::kSent, openapi.document.endpoint.authentication)) return;

  command::OpenApiRequest request;
  request.document_digest = find_resource(m, address, ResourceUse::kSent)->digest;
  request.document_uri = address;
  if (!is_sealed(openapi.operation_id)) {
    Value operation;
    if (!evaluate_open(m, frame, openapi.operation_id, "operationId", operation)) return;
    if (!operation.is_string())
      return raise(m, frame, faults::make(Standard::kExpression, "operationId must give a string"));
    request.operation = operation.as_string();
  }
  Datum parameters;
  if (!is_sealed(openapi.parameters) &&
      !evaluate_body(m, frame, openapi.parameters, "parameters", parameters))
    return;
  command::StartCall call = prepare_call(m, frame);
  if (parameters.is_hidden()) {
    request.parameters = parameters.shown();
    call.shown = request;
  }
  request.parameters = parameters.value();
  call.request = std::move(request);
  call.output = openapi.output;
  call.redirect = openapi.redirect;
  if (openapi.authentication) call.authentication = &*openapi.authentication;
  seal(m, frame, call, is_sealed(openapi.operation_id) || is_sealed(openapi.parameters));
  m.issue(std::move(call));
}

}  // namespace

constinit const Kind kCallOpenApi = {.enter = enter, .on = on_call};

}  // namespace xf::engine::nodes
