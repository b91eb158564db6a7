// CloudEvents over HTTP; see cloud_events.h.
#include "gateway/cloud_events.h"

#include <algorithm>

#include "base/base64.h"
#include "base/json/parse.h"
#include "base/uri_template.h"
#include "base/utf8.h"
#include "gateway/media_type.h"

namespace xf::gateway {
namespace {

using json::Value;

std::unexpected<Error> invalid(std::string message) { return fail(Code::kInvalid, std::move(message)); }

bool is_attribute_name(std::string_view name) {
  auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && std::all_of(name.begin(), name.end(), plain);
}

Result<void> check_attribute(const json::Member& attribute) {
  std::string_view name = attribute.key.as_string();
  if (name == "data" || name == "data_base64") return {};
  if (!is_attribute_name(name))
    return invalid("'" + std::string(name) + "' is no CloudEvents attribute name: only a-z and 0-9");
  if (attribute.value.is_array() || attribute.value.is_object())
    return invalid("the CloudEvents attribute '" + std::string(name) +
                   "' must be a string, a number or a boolean");
  return {};
}

Result<Value> checked(Value event) {
  if (!event.is_object()) return invalid("a CloudEvent is a JSON object");
  for (std::string_view required : {"id", "source", "type", "specversion"}) {
    const Value& attribute = event.get(required);
    if (!attribute.is_string() || attribute.size() == 0)
      return invalid("a CloudEvent needs the attribute '" + std::string(required) + "', a string");
  }
  if (event.get("specversion").as_string() != "1.0")
    return invalid("only CloudEvents of specversion 1.0 are taken");
  if (event.find("data") && event.find("data_base64"))
    return invalid("a CloudEvent has data or data_base64, not both");
  for (const json::Member& attribute : event.members()) XF_TRY(check_attribute(attribute));
  return event;
}

Result<Value> parse_body(const http::Request& request) {
  Result<Value> body = json::parse(request.body);
  if (!body) return invalid("the body is not JSON: " + body.error().message);
  return body;
}

// Binary mode: attributes in `ce-` headers, the data as the body.
Result<Value> decode_binary(const http::Request& request, std::string_view type) {
  Value event = Value::object();
  for (std::size_t i = 0; i < request.headers_count(); ++i) {
    auto [name, value] = request.header_at(i);
    if (name.size() <= 3 || !http::same_name(name.substr(0, 3), "ce-")) continue;
    std::string attribute(name.substr(3));
    std::transform(attribute.begin(), attribute.end(), attribute.begin(),
                   [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
    XF_TRY_ASSIGN(std::string text, percent_decode(value));
    if (!is_utf8(text)) return invalid("the header ce-" + attribute + " is not UTF-8");
    event = std::move(event).with(attribute, Value::string(text));
  }
  if (!request.body.empty()) {
    if (auto sent = request.header("Content-Type")) {
      if (!is_utf8(*sent)) return invalid("the header Content-Type is not UTF-8");
      event = std::move(event).with("datacontenttype", Value::string(*sent));
    }
    if (is_json(type)) {
      XF_TRY_ASSIGN(Value data, parse_body(request));
      event = std::move(event).with("data", std::move(data));
    } else if (type.starts_with("text/")) {
      if (!is_utf8(request.body)) return invalid("the text is not UTF-8");
      event = std::move(event).with("data", Value::string(request.body));
    } else {
      event = std::move(event).with("data_base64", Value::string(base64(request.body)));
    }
  }
  return checked(std::move(event));
}

}  // namespace

Result<std::vector<Value>> decode_cloud_events(const http::Request& request) {
  std::string type = media_type(request.header("Content-Type").value_or(""));
  std::vector<Value> out;
  if (type == kEventBatch) {
    XF_TRY_ASSIGN(Value batch, parse_body(request));
    if (!batch.is_array()) return invalid("a batch is a JSON array of CloudEvents");
    if (batch.size() > kBatchMax) return fail(Code::kExhausted, "a batch has at most 1000 CloudEvents");
    for (const Value& event : batch.elements()) {
      XF_TRY_ASSIGN(Value good, checked(event));
      out.push_back(std::move(good));
    }
  } else if (type == kEvent) {
    XF_TRY_ASSIGN(Value event, parse_body(request));
    XF_TRY_ASSIGN(Value good, checked(std::move(event)));
    out.push_back(std::move(good));
  } else {
    XF_TRY_ASSIGN(Value event, decode_binary(request, type));
    out.push_back(std::move(event));
  }
  return out;
}

}  // namespace xf::gateway
