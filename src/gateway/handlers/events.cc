// Events: CloudEvents that come in.
#include "gateway/cloud_events.h"
#include "gateway/handlers/handlers.h"

namespace xf::gateway::handlers {
namespace {

http::Response accepted(const std::vector<std::uint32_t>& matched) {
  std::vector<json::Value> counts;
  counts.reserve(matched.size());
  for (std::uint32_t count : matched) counts.push_back(json::Value::integer(count));
  auto events = static_cast<std::int64_t>(matched.size());
  return json_response(202, json::Value::object({{"accepted", json::Value::integer(events)},
                                                 {"matched", json::Value::array(std::move(counts))}}));
}

}  // namespace

void publish_events(Exchange& exchange) {
  Result<std::vector<json::Value>> events = decode_cloud_events(exchange.request);
  if (!events) return exchange.send(events.error());
  exchange.services.runtime.publish(exchange.tenant, *std::move(events), exchange.idempotency(),
                                    answer<std::vector<std::uint32_t>>(exchange, accepted));
}

}  // namespace xf::gateway::handlers
