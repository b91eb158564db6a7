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

// The request as it is sent, and as it may be seen.
struct Built {
  command::HttpRequest request, shown;
  bool is_hidden = false;

  template <typename T, typename Read>
  void put(T command::HttpRequest::* member, const Datum& value, const Read& read) {
    request.*member = read(value.value());
    shown.*member = read(value.shown());
    is_hidden |= value.is_hidden();
  }
  void put(Value command::HttpRequest::* member, const Datum& value) {
    put(member, value, [](const Value& v) { return v; });
  }
};

std::string text_of(const Value& value) {
  return std::string(value.is_string() ? value.as_string() : mask().as_string());
}

bool take_method(Machine& m, Frame& frame, const plan::Template& t, Built& out) {
  Datum method;
  if (!evaluate_body(m, frame, t, "method", method)) return false;
  if (!method.value().is_string()) {
    raise(m, frame, faults::make(Standard::kExpression, "method must give a string"));
    return false;
  }
  out.put(&command::HttpRequest::method, method, [](const Value& v) { return upper(text_of(v)); });
  return true;
}

bool take_uri(Machine& m, Frame& frame, const plan::Endpoint& endpoint, Built& out) {
  Datum uri;
  if (!expand_endpoint(m, frame, endpoint, "endpoint", uri)) return false;
  out.put(&command::HttpRequest::uri, uri, text_of);
  return true;
}

// Everything but what waits for secrets: that is filled in when the call is sent.
bool build(Machine& m, Frame& frame, const plan::CallHttp& http, Built& out) {
  const auto fill = [&](const plan::Template& t, std::string_view field, Value command::HttpRequest::* to) {
    if (is_sealed(t)) return true;
    Datum value;
    if (!evaluate_body(m, frame, t, field, value) || !admit(m, frame, value, field)) return false;
    out.put(to, value);
    return true;
  };
  out.request.has_body = out.shown.has_body = has_body(http);
  return (is_sealed(http.method) || take_method(m, frame, http.method, out)) &&
         (is_sealed(http.endpoint.uri) || take_uri(m, frame, http.endpoint, out)) &&
         fill(http.headers, "headers", &command::HttpRequest::headers) &&
         fill(http.query, "query", &command::HttpRequest::query) &&
         fill(http.body, "body", &command::HttpRequest::body);
}

void enter(Machine& m, Frame& frame) {
  const auto& http = m.body<plan::CallHttp>(frame);
  Built built;
  if (!build(m, frame, http, built)) return;
  command::StartCall call = prepare_call(m, frame);
  call.request = std::move(built.request);
  if (built.is_hidden) call.shown = std::move(built.shown);
  call.output = http.output;
  call.redirect = http.redirect;
  if (http.endpoint.authentication) call.authentication = &*http.endpoint.authentication;
  seal(m, frame, call, has_secrets(http));
  m.issue(std::move(call));
}

}  // namespace

constinit const Kind kCallHttp = {.enter = enter, .on = on_call};

}  // namespace xf::engine::nodes
