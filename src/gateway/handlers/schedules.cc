// Schedules: what starts instances by itself.
#include "gateway/handlers/handlers.h"

namespace xf::gateway::handlers {
namespace {

void act(Exchange& exchange, runtime::Runtime::ScheduleAction action) {
  Result<json::Value> body = exchange.body();
  if (!body) return exchange.send(body.error());
  if (Result<void> nothing = decode_nothing(*body); !nothing) return exchange.send(nothing.error());
  exchange.services.runtime.schedule(exchange.tenant, {exchange.path[0], exchange.path[1], ""}, action,
                                     exchange.idempotency(),
                                     answer<runtime::ScheduleSummary>(exchange, [](auto schedule) {
                                       return json_response(200, encode(schedule));
                                     }));
}

}  // namespace

void list_schedules(Exchange& exchange) {
  exchange.services.runtime.schedules(
      exchange.tenant, answer<std::vector<runtime::ScheduleSummary>>(exchange, [](auto all) {
        return json_response(200, json::Value::object({{"items", encode_items(all)}}));
      }));
}

void pause_schedule(Exchange& exchange) { act(exchange, runtime::Runtime::ScheduleAction::kPause); }
void resume_schedule(Exchange& exchange) { act(exchange, runtime::Runtime::ScheduleAction::kResume); }
void trigger_schedule(Exchange& exchange) { act(exchange, runtime::Runtime::ScheduleAction::kTrigger); }

}  // namespace xf::gateway::handlers
