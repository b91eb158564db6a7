// The table of operations; see routes.h.
#include "gateway/routes.h"

#include <algorithm>
#include <array>

#include "base/http/uri.h"
#include "base/uri_template.h"
#include "gateway/browser_guard.h"
#include "gateway/handlers/handlers.h"
#include "gateway/media_type.h"

namespace xf::gateway {
namespace {

using http::Method;
namespace h = handlers;

constexpr Route kRoutes[] = {
    {Method::kPost, "/api/v1/instances", Body::kJson, h::start_instance},
    {Method::kGet, "/api/v1/instances", Body::kNone, h::list_instances},
    {Method::kGet, "/api/v1/instances/{id}", Body::kNone, h::get_instance},
    {Method::kGet, "/api/v1/instances/{id}/history", Body::kNone, h::get_history},
    {Method::kGet, "/api/v1/instances/{id}/stream", Body::kNone, h::stream_history},
    {Method::kPost, "/api/v1/instances/{id}:cancel", Body::kOptionalJson, h::cancel_instance},
    {Method::kPost, "/api/v1/instances/{id}:suspend", Body::kOptionalJson, h::suspend_instance},
    {Method::kPost, "/api/v1/instances/{id}:resume", Body::kOptionalJson, h::resume_instance},
    {Method::kPost, "/api/v1/instances/{id}:retry", Body::kOptionalJson, h::retry_instance},
    {Method::kPost, "/api/v1/instances/{id}:reset", Body::kJson, h::reset_instance},
    {Method::kPost, "/api/v1/events", Body::kEvents, h::publish_events},
    {Method::kGet, "/api/v1/definitions", Body::kNone, h::list_definitions},
    {Method::kPost, "/api/v1/definitions", Body::kDefinition, h::deploy_definition},
    {Method::kPost, "/api/v1/definitions:validate", Body::kDefinition, h::validate_definition},
    {Method::kGet, "/api/v1/definitions/{namespace}/{name}/{version}", Body::kNone, h::get_definition},
    {Method::kDelete, "/api/v1/definitions/{namespace}/{name}/{version}", Body::kNone, h::delete_definition},
    {Method::kGet, "/api/v1/schedules", Body::kNone, h::list_schedules},
    {Method::kPost, "/api/v1/schedules/{namespace}/{name}:pause", Body::kOptionalJson, h::pause_schedule},
    {Method::kPost, "/api/v1/schedules/{namespace}/{name}:resume", Body::kOptionalJson, h::resume_schedule},
    {Method::kPost, "/api/v1/schedules/{namespace}/{name}:trigger", Body::kOptionalJson, h::trigger_schedule},
    {Method::kPost, "/api/v1/backups", Body::kOptionalJson, h::backup},
    {Method::kGet, "/api/openapi.yaml", Body::kNone, h::contract},
    {Method::kGet, "/healthz", Body::kNone, h::health},
    {Method::kPost, "/healthz", Body::kOptionalJson, h::health},
    {Method::kGet, "/readyz", Body::kNone, h::ready},
    {Method::kGet, "/metrics", Body::kNone, h::metrics},
};

// Matches `path` against a pattern; a {…} takes a non-empty piece without '/', up to the pattern's next
// literal.
bool matches(std::string_view pattern, std::string_view path, std::vector<std::string_view>& values) {
  values.clear();
  while (!pattern.empty()) {
    if (pattern.front() != '{') {
      if (path.empty() || path.front() != pattern.front()) return false;
      pattern.remove_prefix(1);
      path.remove_prefix(1);
      continue;
    }
    pattern.remove_prefix(pattern.find('}') + 1);
    std::size_t end = std::min(path.find('/'), path.size());
    if (!pattern.empty() && pattern.front() == ':') {
      if (end != path.size() || !path.ends_with(pattern)) return false;
      end -= pattern.size();
    }
    if (end == 0) return false;
    values.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return path.empty();
}

struct Found {
  const Route* route = nullptr;
  std::vector<std::string_view> values;
  std::string allowed;  // methods that the path has, when this one is not among them
};

std::string_view name_of(Method method) {
  return method == Method::kGet ? "GET" : method == Method::kPost ? "POST" : "DELETE";
}

Found find(Method method, std::string_view path) {
  Found found;
  std::vector<std::string_view> values;
  bool verb = path.rfind(':') != std::string_view::npos;
  for (const Route& route : kRoutes) {
    // `/instances/x:cancel` is a command, never an instance that is called `x:cancel`.
    if (verb && route.path.find("}:") == std::string_view::npos && route.path.ends_with('}') &&
        !route.path.ends_with("{version}"))
      continue;
    if (!matches(route.path, path, values)) continue;
    if (route.method == method || (method == Method::kHead && route.method == Method::kGet)) {
      found.route = &route;
      found.values = values;
      return found;
    }
    found.allowed += (found.allowed.empty() ? "" : ", ") + std::string(name_of(route.method));
  }
  return found;
}

std::optional<std::string> wrong_type(Body body, const http::Request& request) {
  if (body == Body::kNone || body == Body::kEvents) return std::nullopt;
  if (body == Body::kOptionalJson && request.body.empty()) return std::nullopt;
  std::string type = media_type(request.header("Content-Type").value_or(""));
  if (type == "application/json") return std::nullopt;
  if (body == Body::kDefinition) {
    if (type == "application/yaml") return std::nullopt;
    return "send the definition as application/yaml or application/json";
  }
  return "send the body as application/json";
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

Api::Api(runtime::Runtime& runtime, metrics::Registry& metrics)
    : live_(std::make_shared<Live>(runtime)),
      services_{runtime, metrics, *live_},
      requests_(metrics.counter("xflow_http_requests_total", "Requests that reached the API.")) {
  runtime.listen([live = live_](const std::string&, const std::string& instance, engine::Status,
                                std::span<const runtime::HistoryEntry>) { live->turned(instance); });
}

void Api::handle(http::Request& request, http::Responder responder) {
  requests_.add();
  if (auto why = refuses(request, port_)) return responder.send(problem(403, *why));
  Found found = find(request.method(), request.path());
  if (!found.route) {
    if (found.allowed.empty())
      return responder.send(problem(404, "There is no such resource; /api/openapi.yaml lists them."));
    http::Response response = problem(405, "This resource takes " + found.allowed + ".");
    response.headers.push_back({"Allow", found.allowed});
    return responder.send(std::move(response));
  }
  if (auto why = wrong_type(found.route->body, request)) return responder.send(problem(415, *why));

  Exchange exchange{
      .services = services_, .request = request, .responder = std::move(responder), .path = {}, .query = {}};
  for (std::string_view value : found.values) {
    Result<std::string> decoded = percent_decode(value);
    if (!decoded) return exchange.send(decoded.error());
    exchange.path.push_back(*std::move(decoded));
  }
  if (!request.query().empty()) {
    Result<http::QueryPairs> query = http::parse_query(request.query());
    if (!query) return exchange.send(query.error());
    exchange.query = *std::move(query);
  }
  found.route->handler(exchange);
}

}  // namespace xf::gateway
