// Operations: what keeps the server running asks for.
#include "gateway/contract.h"
#include "gateway/handlers/handlers.h"

namespace xf::gateway::handlers {
namespace {

http::Response ok() {
  return json_response(200, json::Value::object({{"status", json::Value::string("ok")}}));
}

}  // namespace

void contract(Exchange& exchange) {
  exchange.send(
      {.status = 200, .content_type = "application/yaml", .headers = {}, .body = std::string(kContract)});
}

void health(Exchange& exchange) { exchange.send(ok()); }

void ready(Exchange& exchange) {
  Result<void> ready = exchange.services.runtime.ready();
  exchange.send(ready ? ok() : problem(503, ready.error().message));
}

void metrics(Exchange& exchange) {
  exchange.send({.status = 200,
                 .content_type = std::string(metrics::Registry::kContentType),
                 .headers = {},
                 .body = exchange.services.metrics.render()});
}

void backup(Exchange& exchange) {
  Result<json::Value> body = exchange.body();
  if (!body) return exchange.send(body.error());
  if (Result<void> nothing = decode_nothing(*body); !nothing) return exchange.send(nothing.error());
  exchange.services.runtime.backup(answer<runtime::Backup>(exchange, [](auto made) {
    return json_response(
        201, json::Value::object({{"file", json::Value::string(made.file)},
                                  {"bytes", json::Value::integer(static_cast<std::int64_t>(made.bytes))}}));
  }));
}

}  // namespace xf::gateway::handlers
