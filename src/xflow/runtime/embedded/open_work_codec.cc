// The snapshot's form of OpenWork: JSON, for it is small and rare. What points into the Plan is named by the
// reference of its node and its place there.
#include <charconv>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/runtime/embedded/open_work.h"

namespace xf::runtime::embedded {

namespace {

namespace cmd = engine::command;
using json::Value;

constexpr std::int64_t kFormat = 1;

// ---- Authentications, by place

template <typename F>
void each_filter(const std::string& at, const char* name, const plan::Filter& filter, F& visit) {
  if (filter.schema && filter.schema->authentication) visit(at + name, *filter.schema->authentication);
}

template <typename F>
void each_authentication(const plan::Plan& plan, F visit) {
  each_filter("", "#input", plan.input, visit);
  each_filter("", "#output", plan.output, visit);
  for (const auto& node : plan.nodes) {
    each_filter(node.reference, "#input", node.input, visit);
    each_filter(node.reference, "#output", node.output, visit);
    each_filter(node.reference, "#export", node.export_, visit);
    if (const auto* http = std::get_if<plan::CallHttp>(&node.body); http && http->endpoint.authentication)
      visit(node.reference + "#endpoint", *http->endpoint.authentication);
    if (const auto* api = std::get_if<plan::CallOpenApi>(&node.body)) {
      if (api->authentication) visit(node.reference + "#call", *api->authentication);
      if (api->document.endpoint.authentication)
        visit(node.reference + "#document", *api->document.endpoint.authentication);
    }
  }
}

Value place_of(const plan::Plan& plan, const plan::Authentication* wanted) {
  Value out;
  if (wanted != nullptr)
    each_authentication(plan, [&](const std::string& place, const plan::Authentication& found) {
      if (&found == wanted) out = Value::string(place);
    });
  return out;
}

const plan::Authentication* authentication_at(const plan::Plan& plan, const Value& place) {
  const plan::Authentication* out = nullptr;
  if (place.is_string())
    each_authentication(plan, [&](const std::string& at, const plan::Authentication& found) {
      if (at == place.as_string()) out = &found;
    });
  return out;
}

// ---- Writing

Value number(std::uint64_t value) { return Value::string(std::to_string(value)); }
Value text(std::string_view value) { return Value::string(value); }

std::string reference_of(const plan::Plan& plan, plan::NodeId node) {
  return node < plan.nodes.size() ? plan.nodes[node].reference : std::string();
}

const plan::Plan& plan_of(const plan::PlanPtr& function, const plan::Plan& own) {
  return function ? *function : own;
}

using Request = std::variant<cmd::HttpRequest, cmd::OpenApiRequest>;

Value write(const Request& request) {
  if (const auto* http = std::get_if<cmd::HttpRequest>(&request))
    return Value::object({{"http", Value::object({{"method", text(http->method)},
                                                  {"uri", text(http->uri)},
                                                  {"headers", http->headers},
                                                  {"query", http->query},
                                                  {"body", http->body},
                                                  {"has_body", Value::boolean(http->has_body)}})}});
  const auto& api = std::get<cmd::OpenApiRequest>(request);
  return Value::object({{"openapi", Value::object({{"digest", text(api.document_digest)},
                                                   {"uri", text(api.document_uri)},
                                                   {"operation", text(api.operation)},
                                                   {"parameters", api.parameters}})}});
}

Value write(const plan::Plan& own, const cmd::StartCall& call) {
  const plan::Plan& plan = plan_of(call.function, own);
  return Value::object({{"id", number(call.id)},
                        {"node", text(reference_of(plan, call.node))},
                        {"function", text(call.function ? plan.base : "")},
                        {"task", text(call.task)},
                        {"request", write(call.request)},
                        {"shown", call.shown ? write(*call.shown) : Value()},
                        {"output", Value::integer(static_cast<int>(call.output))},
                        {"redirect", Value::boolean(call.redirect)},
                        {"authentication", place_of(plan, call.authentication)},
                        {"sealed", Value::boolean(call.sealed)},
                        {"arguments", call.arguments},
                        {"shown_arguments", call.shown_arguments},
                        {"deadline", Value::integer(call.deadline)},
                        {"attempt", Value::integer(call.attempt)},
                        {"key", text(call.idempotency_key)}});
}

Value write(const cmd::Subscribe::Filter& filter) {
  Value literals = Value::array(), expected = Value::array();
  for (const auto& [name, value] : filter.literals)
    literals = std::move(literals).append(Value::array({text(name), value}));
  for (const auto& [name, value] : filter.expected)
    expected =
        std::move(expected).append(value ? Value::array({text(name), *value}) : Value::array({text(name)}));
  return Value::object({{"literals", literals},
                        {"expected", expected},
                        {"expressions", Value::boolean(filter.has_expressions)}});
}

Value write(const plan::Plan& plan, const OpenWork::Subscription& subscription) {
  Value filters = Value::array(), seen = Value::array();
  for (const auto& filter : subscription.command.filters) filters = std::move(filters).append(write(filter));
  for (const auto digest : subscription.seen) seen = std::move(seen).append(number(digest));
  return Value::object({{"id", number(subscription.command.id)},
                        {"node", text(reference_of(plan, subscription.command.node))},
                        {"until", Value::boolean(subscription.command.until)},
                        {"filters", filters},
                        {"seen", seen}});
}

// ---- Reading

std::uint64_t number(const Value& value) {
  std::uint64_t out = 0;
  if (value.is_string())
    std::from_chars(value.as_string().data(), value.as_string().data() + value.size(), out);
  return out;
}
std::string text(const Value& value) {
  return value.is_string() ? std::string(value.as_string()) : std::string();
}
std::int64_t integer(const Value& value) { return value.is_int64() ? value.as_int64() : 0; }

plan::NodeId node_at(const plan::Plan& plan, const Value& reference) {
  for (plan::NodeId id = 0; id < plan.nodes.size(); ++id)
    if (reference.is_string() && plan.nodes[id].reference == reference.as_string()) return id;
  return plan::kNoNode;
}

plan::PlanPtr read_function(const Value& address, const engine::Instance& instance) {
  return address.is_string() && address.size() > 0 ? instance.function(text(address)) : nullptr;
}

Request read_request(const Value& from) {
  if (const Value* api = from.find("openapi"))
    return cmd::OpenApiRequest{.document_digest = text(api->get("digest")),
                               .document_uri = text(api->get("uri")),
                               .operation = text(api->get("operation")),
                               .parameters = api->get("parameters")};
  const Value& http = from.get("http");
  return cmd::HttpRequest{.method = text(http.get("method")),
                          .uri = text(http.get("uri")),
                          .headers = http.get("headers"),
                          .query = http.get("query"),
                          .body = http.get("body"),
                          .has_body = http.get("has_body").truthy()};
}

cmd::StartCall read_call(const plan::Plan& own, const Value& from, const engine::Instance& instance) {
  const plan::PlanPtr function = read_function(from.get("function"), instance);
  const plan::Plan& plan = plan_of(function, own);
  const Value& shown = from.get("shown");
  return {.id = number(from.get("id")),
          .node = node_at(plan, from.get("node")),
          .function = function,
          .task = text(from.get("task")),
          .request = read_request(from.get("request")),
          .output = static_cast<plan::HttpOutput>(integer(from.get("output"))),
          .redirect = from.get("redirect").truthy(),
          .authentication = authentication_at(plan, from.get("authentication")),
          .sealed = from.get("sealed").truthy(),
          .arguments = from.get("arguments"),
          .shown = shown.is_null() ? std::nullopt : std::optional(read_request(shown)),
          .shown_arguments = from.get("shown_arguments"),
          .deadline = integer(from.get("deadline")),
          .attempt = static_cast<std::uint32_t>(integer(from.get("attempt"))),
          .idempotency_key = text(from.get("key"))};
}

cmd::Subscribe::Filter read_filter(const Value& from) {
  cmd::Subscribe::Filter filter;
  for (const auto& pair : from.get("literals").elements())
    if (pair.size() == 2) filter.literals.emplace_back(text(pair.elements()[0]), pair.elements()[1]);
  for (const auto& pair : from.get("expected").elements())
    if (pair.size() > 0)
      filter.expected.emplace_back(text(pair.elements()[0]),
                                   pair.size() > 1 ? std::optional(pair.elements()[1]) : std::nullopt);
  filter.has_expressions = from.get("expressions").truthy();
  return filter;
}

OpenWork::Subscription read_subscription(const plan::Plan& plan, const Value& from) {
  OpenWork::Subscription out;
  out.command.id = number(from.get("id"));
  out.command.node = node_at(plan, from.get("node"));
  out.command.until = from.get("until").truthy();
  for (const auto& filter : from.get("filters").elements())
    out.command.filters.push_back(read_filter(filter));
  for (const auto& digest : from.get("seen").elements()) out.seen.insert(number(digest));
  return out;
}

}  // namespace

std::string encode(const OpenWork& open, const plan::Plan& plan) {
  if (open.empty()) return {};
  Value calls = Value::array(), fetches = Value::array(), timers = Value::array(),
        subscriptions = Value::array(), children = Value::array();
  for (const auto& [id, call] : open.calls) calls = std::move(calls).append(write(plan, call));
  for (const auto& [id, fetch] : open.fetches)
    fetches =
        std::move(fetches).append(Value::object({{"id", number(id)},
                                                 {"uri", text(fetch.uri)},
                                                 {"function", text(fetch.function ? fetch.function->base : "")},
                                                 {"authentication",
                                                  place_of(plan_of(fetch.function, plan), fetch.authentication)},
                                                 {"arguments", fetch.arguments}}));
  for (const auto& [id, due] : open.timers)
    timers = std::move(timers).append(Value::array({number(id), Value::integer(due)}));
  for (const auto& [id, subscription] : open.subscriptions)
    subscriptions = std::move(subscriptions).append(write(plan, subscription));
  for (const auto& [id, child] : open.children) children = std::move(children).append(number(id));
  return json::print(Value::object({{"format", Value::integer(kFormat)},
                                    {"calls", calls},
                                    {"fetches", fetches},
                                    {"timers", timers},
                                    {"subscriptions", subscriptions},
                                    {"children", children}}));
}

Result<OpenWork> decode_open_work(std::string_view bytes, const plan::Plan& plan,
                                  const engine::Instance& instance) {
  OpenWork open;
  if (bytes.empty()) return open;
  const auto from = json::parse(bytes);
  if (!from || integer(from->get("format")) != kFormat)
    return fail(Code::kCorrupt, "the open work of a snapshot cannot be read by this program");
  for (const auto& call : from->get("calls").elements()) open.ask(read_call(plan, call, instance));
  for (const auto& fetch : from->get("fetches").elements()) {
    const plan::PlanPtr function = read_function(fetch.get("function"), instance);
    open.ask(cmd::Fetch{
        .id = number(fetch.get("id")),
        .uri = text(fetch.get("uri")),
        .function = function,
        .authentication = authentication_at(plan_of(function, plan), fetch.get("authentication")),
        .arguments = fetch.get("arguments")});
  }
  for (const auto& timer : from->get("timers").elements())
    if (timer.size() == 2) open.timers.emplace(number(timer.elements()[0]), integer(timer.elements()[1]));
  for (const auto& subscription : from->get("subscriptions").elements()) {
    auto read = read_subscription(plan, subscription);
    const auto id = read.command.id;
    open.subscriptions.emplace(id, std::move(read));
  }
  for (const auto& child : from->get("children").elements()) open.children[number(child)] = {};
  return open;
}

}  // namespace xf::runtime::embedded
