// call: http
//   enter             → StartCall
//   completed         → complete(its value)
//   failed            → fault
#include "xflow/engine/data_flow.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/nodes/call.h"
#include "xflow/engine/scope.h"

namespace xf::engine::nodes {
namespace {

using json::Value;

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
  return out;
}

bool has_secrets(const plan::CallHttp& http) {
  return is_sealed(http.method) || is_sealed(http.endpoint.uri) || is_sealed(http.headers) ||
         is_sealed(http.query) || is_sealed(http.body);
}

bool has_body(const plan::CallHttp& http) { return !http.body.is_literal() || !http.body.value().is_null(); }

bool take_method(Machine& m, Frame& frame, const plan::Template& t, std::string& out) {
  Value method;
  if (!evaluate_body(m, frame, t, "method", method)) return false;
  if (!method.is_string()) {
    raise(m, frame, faults::make(Standard::kExpression, "method must give a string"));
    return false;
  }
  out = upper(method.as_string());
  return true;
}

// Everything but what waits for secrets: that is filled in when the call is sent.
bool build(Machine& m, Frame& frame, const plan::CallHttp& http, command::HttpRequest& request) {
  const auto fill = [&](const plan::Template& t, std::string_view field, Value& out) {
    return is_sealed(t) || (evaluate_body(m, frame, t, field, out) && admit(m, frame, out, field));
  };
  request.has_body = has_body(http);
  return (is_sealed(http.method) || take_method(m, frame, http.method, request.method)) &&
         (is_sealed(http.endpoint.uri) || expand_endpoint(m, frame, http.endpoint, "endpoint", request.uri)) &&
         fill(http.headers, "headers", request.headers) && fill(http.query, "query", request.query) &&
         fill(http.body, "body", request.body);
}

void enter(Machine& m, Frame& frame) {
  const auto& http = m.body<plan::CallHttp>(frame);
  command::HttpRequest request;
  if (!build(m, frame, http, request)) return;
  command::StartCall call = prepare_call(m, frame);
  call.request = std::move(request);
  call.output = http.output;
  call.redirect = http.redirect;
  if (http.endpoint.authentication) call.authentication = &*http.endpoint.authentication;
  call.sealed = has_secrets(http);
  // An authentication's properties are evaluated when it is sent, too.
  if (call.sealed || call.authentication) call.arguments = sealed_arguments(m, frame);
  m.issue(std::move(call));
}

}  // namespace

constinit const Kind kCallHttp = {.enter = enter, .on = on_call};

}  // namespace xf::engine::nodes
