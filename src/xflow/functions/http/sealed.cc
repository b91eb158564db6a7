// What is evaluated when a call is sent; see sealed.h.
#include "xflow/functions/http/sealed.h"

#include "base/base64.h"
#include "xflow/engine/fault.h"
#include "xflow/functions/openapi/operation.h"

namespace xf::functions::http_call {
namespace {

using engine::Fault;
using engine::Standard;
using json::Value;
using plan::Argument;
using Scheme = plan::Authentication::Scheme;

// The arguments of the task, with what only the sender may see.
class Opener {
 public:
  Opener(const plan::Plan& plan, const Value& arguments, const Value& secrets, const Value& authorization,
         TimeUs now)
      : plan_(plan), now_(now) {
    std::span<const Value> all = arguments.elements();
    if (!all.empty()) input_ = all[0];
    if (all.size() > 1) variables_.assign(all.begin() + 1, all.end());
    variables_.resize(std::max(variables_.size(), plan::kArguments));
    variables_[std::size_t(Argument::kSecrets)] = secrets;
    variables_[std::size_t(Argument::kAuthorization)] = authorization;
  }

  std::expected<Value, Fault> evaluate(const plan::Template& t, std::string_view field) const {
    if (t.is_literal()) return t.value();
    if (t.uses(std::size_t(Argument::kSecrets))) {
      for (const std::string& name : plan_.secrets)
        if (!variables_[std::size_t(Argument::kSecrets)].find(name))
          return std::unexpected(engine::faults::missing_secret(field, name));
    }
    auto value = t.evaluate(input_, variables_, expression::Environment{.now = now_, .limits = {}});
    if (!value) return std::unexpected(engine::faults::hidden_expression(field));
    return *std::move(value);
  }

  // Replaces `target` when the template waited for the sender.
  std::expected<void, Fault> open(const plan::Template& t, std::string_view field, Value& target) const {
    if (!t.uses(std::size_t(Argument::kSecrets)) && !t.uses(std::size_t(Argument::kAuthorization))) return {};
    auto value = evaluate(t, field);
    if (!value) return std::unexpected(std::move(value).error());
    target = *std::move(value);
    return {};
  }

 private:
  const plan::Plan& plan_;
  TimeUs now_;
  Value input_;
  std::vector<Value> variables_;
};

std::unexpected<Fault> refuse(Standard kind, std::string detail) {
  return std::unexpected(engine::faults::make(kind, std::move(detail)));
}

std::string text(const Value& object, std::string_view key) {
  const Value& value = object.get(key);
  return value.is_string() ? std::string(value.as_string()) : "";
}

std::string_view name_of(Scheme scheme) {
  switch (scheme) {
    case Scheme::kBasic: return "Basic";
    case Scheme::kDigest: return "Digest";
    case Scheme::kBearer:
    case Scheme::kOAuth2:
    case Scheme::kOidc: break;
  }
  return "Bearer";
}

std::expected<void, Fault> open_http(const plan::CallHttp& node, const Opener& opener,
                                     engine::command::HttpRequest& request) {
  Value method = Value::string(request.method), uri = Value::string(request.uri);
  XF_TRY(opener.open(node.method, "with.method", method));
  XF_TRY(opener.open(node.endpoint.uri, "with.endpoint", uri));
  XF_TRY(opener.open(node.headers, "with.headers", request.headers));
  XF_TRY(opener.open(node.query, "with.query", request.query));
  XF_TRY(opener.open(node.body, "with.body", request.body));
  if (!method.is_string() || !uri.is_string())
    return refuse(Standard::kExpression, "with.method and with.endpoint must be strings");
  request.method = method.as_string();
  request.uri = uri.as_string();
  return {};
}

}  // namespace

std::expected<Credentials, Fault> open_authentication(const plan::Plan& plan,
                                                      const plan::Authentication& policy,
                                                      const Value& arguments, const Value& secrets,
                                                      TimeUs now) {
  if (!policy.secret.empty()) {
    const Value* secret = secrets.find(policy.secret);
    if (!secret) return std::unexpected(engine::faults::missing_secret("authentication", policy.secret));
    return Credentials{policy.scheme, *secret};
  }
  auto properties = Opener(plan, arguments, secrets, {}, now).evaluate(policy.properties, "authentication");
  if (!properties) return std::unexpected(std::move(properties).error());
  return Credentials{policy.scheme, *std::move(properties)};
}

engine::command::StartCall shown_of(const engine::command::StartCall& call) {
  engine::command::StartCall out = call;
  if (call.shown) out.request = *call.shown;
  if (!call.shown_arguments.is_null()) out.arguments = call.shown_arguments;
  return out;
}

Value authorization_of(const Credentials& credentials) {
  Value parameter;
  if (credentials.scheme == Scheme::kBasic) {
    parameter = Value::string(
        base64(text(credentials.properties, "username") + ":" + text(credentials.properties, "password")));
  } else if (credentials.scheme == Scheme::kBearer) {
    parameter = credentials.properties.get("token");
  }
  return Value::object(
      {{"scheme", Value::string(name_of(credentials.scheme))}, {"parameter", std::move(parameter)}});
}

std::expected<engine::command::HttpRequest, Fault> open_request(const plan::Plan& plan,
                                                                const engine::command::StartCall& call,
                                                                const Value& document, const Value& secrets,
                                                                const Value& authorization, TimeUs now) {
  const Opener opener(plan, call.arguments, secrets, authorization, now);
  if (const auto* http = std::get_if<engine::command::HttpRequest>(&call.request)) {
    engine::command::HttpRequest request = *http;
    if (call.sealed) XF_TRY(open_http(std::get<plan::CallHttp>(plan.nodes[call.node].body), opener, request));
    return request;
  }
  const auto& operation = std::get<engine::command::OpenApiRequest>(call.request);
  Value parameters = operation.parameters, id = Value::string(operation.operation);
  if (call.sealed) {
    const auto& node = std::get<plan::CallOpenApi>(plan.nodes[call.node].body);
    XF_TRY(opener.open(node.operation_id, "with.operationId", id));
    XF_TRY(opener.open(node.parameters, "with.parameters", parameters));
  }
  if (!id.is_string()) return refuse(Standard::kExpression, "with.operationId must be a string");
  auto request = openapi::request_for(document, operation.document_uri, id.as_string(), parameters);
  if (!request) return refuse(Standard::kConfiguration, request.error().message);
  return *std::move(request);
}

}  // namespace xf::functions::http_call
