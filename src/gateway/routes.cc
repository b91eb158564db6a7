// The table of operations; see routes.h.
#include "gateway/routes.h"

#include <algorithm>
#include <array>

#include "base/http/uri.h"
#include "base/uri_template.h"
#include "base/utf8.h"
#include "gateway/browser_guard.h"
#include "gateway/cloud_events.h"
#include "gateway/handlers/handlers.h"
#include "gateway/media_type.h"

namespace xf::gateway {
namespace {

using http::Method;
namespace h = handlers;

constexpr std::string_view kInstanceQuery =
    "status namespace name version createdAfter createdBefore text limit cursor";
constexpr std::size_t kIdempotencyKeyMax = 255;

constexpr Route kRoutes[] = {
    {Method::kPost, "/api/v1/instances", Body::kJson, h::start_instance},
    {Method::kGet, "/api/v1/instances", Body::kNone, h::list_instances, kInstanceQuery},
    {Method::kGet, "/api/v1/instances/{id}", Body::kNone, h::get_instance},
    {Method::kGet, "/api/v1/instances/{id}/history", Body::kNone, h::get_history, "limit cursor"},
    {Method::kGet, "/api/v1/instances/{id}/stream", Body::kNone, h::stream_history},
    {Method::kPost, "/api/v1/instances/{id}:cancel", Body::kOptionalJson, h::cancel_instance},
    {Method::kPost, "/api/v1/instances/{id}:suspend", Body::kOptionalJson, h::suspend_instance},
    {Method::kPost, "/api/v1/instances/{id}:resume", Body::kOptionalJson, h::resume_instance},
    {Method::kPost, "/api/v1/instances/{id}:retry", Body::kOptionalJson, h::retry_instance},
    {Method::kPost, "/api/v1/instances/{id}:reset", Body::kJson, h::reset_instance},
    {Method::kPost, "/api/v1/events", Body::kEvents, h::publish_events},
    {Method::kGet, "/api/v1/definitions", Body::kNone, h::list_definitions, "limit cursor"},
    {Method::kPost, "/api/v1/definitions", Body::kDefinition, h::deploy_definition, "strict"},
    {Method::kPost, "/api/v1/definitions:validate", Body::kDefinition, h::validate_definition, "strict"},
    {Method::kGet, "/api/v1/definitions/{namespace}/{name}/{version}", Body::kNone, h::get_definition},
    {Method::kDelete, "/api/v1/definitions/{namespace}/{name}/{version}", Body::kNone, h::delete_definition, "retire"},
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

const Error kNotUtf8{Code::kInvalid, "the address is not UTF-8"};

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
  std::string allowed;  // the methods that the path has; empty when there is no such path
};

std::string_view name_of(Method method) {
  return method == Method::kGet ? "GET, HEAD" : method == Method::kPost ? "POST" : "DELETE";
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
  if (!found.allowed.empty()) found.allowed += ", OPTIONS";
  return found;
}

// No operation of that path and method: what to say instead.
http::Response instead(Method method, const std::string& allowed) {
  if (allowed.empty()) return problem(404, "There is no such resource; /api/openapi.yaml lists them.");
  http::Response out = method == Method::kOptions
                           ? http::Response{.status = 204, .content_type = "", .headers = {}, .body = ""}
                           : problem(405, "This resource takes " + allowed + ".");
  out.headers.push_back({"Allow", allowed});
  return out;
}

// A parameter that is misspelt or sent twice must not be ignored. Only `status` may be repeated.
Result<void> check_query(std::string_view known, const Parameters& query) {
  const std::string words = ' ' + std::string(known) + ' ';
  for (auto at = query.begin(); at != query.end(); ++at) {
    const std::string& name = at->first;
    if (!is_utf8(name) || !is_utf8(at->second)) return std::unexpected(kNotUtf8);
    if (name.find(' ') != std::string::npos || words.find(' ' + name + ' ') == std::string::npos)
      return fail(Code::kInvalid, "unknown query parameter '" + name + "'; this resource takes " +
                                      (known.empty() ? "none" : std::string(known)));
    if (name != "status" && std::any_of(query.begin(), at, [&](const auto& other) { return other.first == name; }))
      return fail(Code::kInvalid, "the query parameter '" + name + "' is sent twice");
  }
  return {};
}

Result<void> check_idempotency_key(const http::Request& request) {
  auto key = request.header("Idempotency-Key");
  if (!key || (!key->empty() && key->size() <= kIdempotencyKeyMax && is_utf8(*key))) return {};
  return fail(Code::kInvalid, "Idempotency-Key must have 1 to 255 bytes of UTF-8");
}

// In binary mode the data may be of any type: then `ce-` headers say that this is an event.
std::optional<std::string> wrong_event_type(const http::Request& request) {
  std::string type = media_type(request.header("Content-Type").value_or(""));
  if (type == kEvent || type == kEventBatch || request.header("ce-specversion")) return std::nullopt;
  return "send " + std::string(kEvent) + ", " + std::string(kEventBatch) + ", or binary mode with ce- headers";
}

std::optional<std::string> wrong_type(Body body, const http::Request& request) {
  if (body == Body::kNone) return std::nullopt;
  if (body == Body::kEvents) return wrong_event_type(request);
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
                                std::span<const runtime::HistoryEntry>) { live->turned(instance); },
                 [live = live_] { return live->is_followed(); });
}

void Api::handle(http::Request& request, http::Responder responder) {
  requests_.add();
  if (auto why = refuses(request, port_)) return responder.send(problem(403, *why));
  Found found = find(request.method(), request.path());
  if (!found.route) return responder.send(instead(request.method(), found.allowed));
  if (auto why = wrong_type(found.route->body, request)) return responder.send(problem(415, *why));

  Exchange exchange{
      .services = services_, .request = request, .responder = std::move(responder), .path = {}, .query = {}};
  for (std::string_view value : found.values) {
    Result<std::string> decoded = percent_decode(value);
    if (!decoded) return exchange.send(decoded.error());
    if (!is_utf8(*decoded)) return exchange.send(kNotUtf8);
    exchange.path.push_back(*std::move(decoded));
  }
  if (!request.query().empty()) {
    Result<http::QueryPairs> query = http::parse_query(request.query());
    if (!query) return exchange.send(query.error());
    exchange.query = *std::move(query);
    if (auto good = check_query(found.route->query, exchange.query); !good) return exchange.send(good.error());
  }
  if (auto good = check_idempotency_key(request); !good) return exchange.send(good.error());
  found.route->handler(exchange);
}

}  // namespace xf::gateway
