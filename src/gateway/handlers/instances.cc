// Instances: starting, reading, commanding.
#include "gateway/handlers/handlers.h"
#include "gateway/live.h"

namespace xf::gateway::handlers {
namespace {

http::Response started(const runtime::InstanceDetail& instance) {
  http::Response out =
      json_response(engine::is_final(instance.summary.status) ? 200 : 202, text_of(instance));
  out.headers.push_back({"Location", "/api/v1/instances/" + instance.summary.id});
  return out;
}

void command(Exchange& exchange, engine::InputBody input) {
  exchange.services.runtime.command(
      exchange.tenant, exchange.path[0], std::move(input), exchange.idempotency(),
      answer<runtime::InstanceDetail>(exchange,
                                      [](auto instance) { return json_response(200, text_of(instance)); }));
}

template <typename Input>
void command_with_reason(Exchange& exchange) {
  Result<json::Value> body = exchange.body();
  if (!body) return exchange.send(body.error());
  Result<std::string> reason = decode_reason(*body);
  if (!reason) return exchange.send(reason.error());
  command(exchange, Input{*std::move(reason)});
}

template <typename Input>
void command_alone(Exchange& exchange) {
  Result<json::Value> body = exchange.body();
  if (!body) return exchange.send(body.error());
  if (Result<void> nothing = decode_nothing(*body); !nothing) return exchange.send(nothing.error());
  command(exchange, Input{});
}

http::Response history_page(const runtime::InstanceDetail& instance,
                            const runtime::Page<runtime::HistoryEntry>& page) {
  std::vector<json::Value> items;
  items.reserve(page.items.size());
  for (const runtime::HistoryEntry& entry : page.items)
    items.push_back(encode(entry, instance.summary.id, instance.summary.definition));
  json::Value out = json::Value::object({{"items", json::Value::array(std::move(items))}});
  if (!page.next.empty()) out = std::move(out).with("next", json::Value::string(page.next));
  return json_response(200, out);
}

}  // namespace

void list_instances(Exchange& exchange) {
  Result<runtime::InstanceQuery> query = decode_instance_query(exchange.query);
  if (!query) return exchange.send(query.error());
  query->tenant = exchange.tenant;
  exchange.services.runtime.instances(
      *std::move(query), answer<runtime::Page<runtime::InstanceSummary>>(
                             exchange, [](auto page) { return json_response(200, text_of(page)); }));
}

void start_instance(Exchange& exchange) {
  Result<json::Value> body = exchange.body();
  if (!body) return exchange.send(body.error());
  Result<runtime::StartRequest> request = decode_start(*body);
  if (!request) return exchange.send(request.error());
  request->tenant = exchange.tenant;
  request->idempotency = exchange.idempotency();
  exchange.services.runtime.start(*std::move(request), answer<runtime::InstanceDetail>(exchange, started));
}

void get_instance(Exchange& exchange) {
  exchange.services.runtime.instance(exchange.tenant, exchange.path[0],
                                     answer<runtime::InstanceDetail>(exchange, [](auto instance) {
                                       return json_response(200, text_of(instance));
                                     }));
}

void get_history(Exchange& exchange) {
  Result<PageRequest> page = decode_page(exchange.query);
  if (!page) return exchange.send(page.error());
  runtime::HistoryQuery query{
      .tenant = exchange.tenant, .instance = exchange.path[0], .after = {}, .limit = page->limit};
  if (!page->cursor.empty()) {
    Result<engine::TracePosition> after = decode_position(page->cursor);
    if (!after) return exchange.send(after.error());
    query.after = *after;
  }
  runtime::Runtime& runtime = exchange.services.runtime;
  runtime.instance(
      exchange.tenant, exchange.path[0],
      [&runtime, query = std::move(query),
       responder = std::move(exchange.responder)](Result<runtime::InstanceDetail> instance) mutable {
        if (!instance) return responder.send(problem(instance.error()));
        runtime.history(std::move(query), [instance = *std::move(instance), responder = std::move(responder)](
                                              Result<runtime::Page<runtime::HistoryEntry>> found) mutable {
          responder.send(found ? history_page(instance, *found) : problem(found.error()));
        });
      });
}

void stream_history(Exchange& exchange) {
  engine::TracePosition after;
  if (auto id = exchange.request.header("Last-Event-ID"); id && !id->empty()) {
    Result<engine::TracePosition> position = decode_position(*id);
    if (!position) return exchange.send(position.error());
    after = *position;
  }
  exchange.services.live.follow(exchange.tenant, exchange.path[0], after, std::move(exchange.responder));
}

void cancel_instance(Exchange& exchange) { command_with_reason<engine::input::Cancel>(exchange); }
void suspend_instance(Exchange& exchange) { command_with_reason<engine::input::Suspend>(exchange); }
void resume_instance(Exchange& exchange) { command_alone<engine::input::Resume>(exchange); }
void retry_instance(Exchange& exchange) { command_alone<engine::input::Retry>(exchange); }

void reset_instance(Exchange& exchange) {
  Result<json::Value> body = exchange.body();
  if (!body) return exchange.send(body.error());
  Result<engine::input::Reset> reset = decode_reset(*body);
  if (!reset) return exchange.send(reset.error());
  command(exchange, *std::move(reset));
}

}  // namespace xf::gateway::handlers
