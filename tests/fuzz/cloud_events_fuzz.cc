// Any request as CloudEvents: what is taken is complete, has plain attributes, and is taken again in
// structured mode as the same. The input is header lines, an empty line and the body.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/json/print.h"
#include "gateway/cloud_events.h"

using namespace xf;

namespace {

// Every line before the first empty one is "name: value".
http::Request request_of(std::string_view text) {
  http::Request request;
  request.clear();
  request.set_line(http::Method::kPost, "POST", "/api/v1/events");
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) break;
    const std::size_t colon = std::min(line.find(": "), line.size());
    const std::string_view name = line.substr(0, colon),
                           value = line.substr(std::min(colon + 2, line.size()));
    // What a server's parser would have let through.
    if (http::is_token(name) && http::is_field_value(value)) request.add_header(name, value);
  }
  request.body = text;
  return request;
}

void check_event(const json::Value& event) {
  for (const char* required : {"id", "source", "type"})
    XF_CHECK(event.get(required).is_string() && event.get(required).size() > 0, "an event is complete");
  http::Request structured;
  structured.clear();
  structured.set_line(http::Method::kPost, "POST", "/api/v1/events");
  structured.add_header("Content-Type", "application/cloudevents+json");
  structured.body = json::print(event);
  const auto again = gateway::decode_cloud_events(structured);
  XF_CHECK(again && again->size() == 1 && (*again)[0] == event, "an event is its structured form");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto events = gateway::decode_cloud_events(request_of({reinterpret_cast<const char*>(data), size}));
  if (!events) {
    XF_CHECK(!events.error().message.empty(), "a refusal says why");
    return 0;
  }
  XF_CHECK(events->size() <= gateway::kBatchMax, "a batch is within its limit");
  for (const json::Value& event : *events) check_event(event);
  return 0;
}
