// Between the core's calls and HTTP messages; see message.h.
#include "xflow/functions/http/message.h"

#include <algorithm>
#include <functional>

#include "base/base64.h"
#include "base/http/uri.h"
#include "base/json/parse.h"
#include "base/json/print.h"
#include "base/utf8.h"
#include "xflow/engine/datum.h"
#include "xflow/engine/fault.h"

namespace xf::functions::http_call {
namespace {

using json::Value;

constexpr std::size_t kExcerptBytes = 500;

std::string text_of(const Value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::print(value);
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  return out;
}

std::string media_type(const std::vector<http::Header>& headers) {
  const std::string* type = http::find_header(headers, "Content-Type");
  if (!type) return "";
  std::string out = lower(std::string_view(*type).substr(0, type->find(';')));
  out.erase(out.find_last_not_of(" \t") + 1);
  return out;
}

bool is_json(std::string_view type) { return type == "application/json" || type.ends_with("+json"); }

// {a: 1, b: [2, 3]} → a=1, b=2, b=3
http::QueryPairs pairs_of(const Value& object) {
  http::QueryPairs out;
  for (const json::Member& member : object.members()) {
    std::string name(member.key.as_string());
    if (member.value.is_array()) {
      for (const Value& element : member.value.elements()) out.emplace_back(name, text_of(element));
    } else if (!member.value.is_null()) {
      out.emplace_back(name, text_of(member.value));
    }
  }
  return out;
}

Result<void> set_headers(http::Call& call, const Value& headers) {
  if (!headers.is_null() && !headers.is_object()) return fail(Code::kInvalid, "headers must be an object");
  for (const json::Member& member : headers.members()) {
    std::string name(member.key.as_string()), value = text_of(member.value);
    if (!http::is_token(name)) return fail(Code::kInvalid, "'" + name + "' is no header name");
    if (!http::is_field_value(value))
      return fail(Code::kInvalid, "the value of the header '" + name + "' has a line break");
    call.headers.push_back({std::move(name), std::move(value)});
  }
  return {};
}

void set_body(http::Call& call, const Value& body) {
  std::string type = media_type(call.headers);
  if (type == "application/x-www-form-urlencoded" && body.is_object()) {
    call.body = http::compose_query(pairs_of(body));
  } else if (body.is_string() && !type.empty() && !is_json(type)) {
    call.body = body.as_string();
  } else {
    call.body = json::print(body);
    if (type.empty()) call.headers.push_back({"Content-Type", "application/json"});
  }
}

// The task's place is filled in by the engine, which knows it.
engine::Fault fault(engine::Standard kind, int status, std::string title, std::string detail) {
  engine::Fault out = engine::faults::make(kind, std::move(detail));
  out.status = status;
  if (!title.empty()) out.title = std::move(title);
  return out;
}

Value headers_of(const std::vector<http::Header>& headers) {
  Value out = Value::object();
  for (const http::Header& header : headers) {
    std::string name = lower(header.name);
    const Value* before = out.find(name);
    std::string value = before ? std::string(before->as_string()) + ", " + header.value : header.value;
    out = std::move(out).with(name, Value::string(value));
  }
  return out;
}

// What the sender may show of its own headers: credentials stay out of the data.
Value visible_headers(const std::vector<http::Header>& headers) {
  std::vector<http::Header> shown;
  for (const http::Header& header : headers) {
    std::string name = lower(header.name);
    if (name != "authorization" && name != "proxy-authorization" && name != "cookie") shown.push_back(header);
  }
  return headers_of(shown);
}

std::string without(std::string text, const std::vector<std::string>& words) {
  const std::string_view mask = engine::mask().as_string();
  for (const std::string& word : words)
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + mask.size()))
      text.replace(at, word.size(), mask);
  return text;
}

Value response_of(const http::Call& sent, const http::Answer& answer, bool is_hidden) {
  Value request = Value::object({{"method", Value::string(sent.method)},
                                 {"uri", Value::string(answer.url.empty() || is_hidden ? sent.url : answer.url)},
                                 {"headers", visible_headers(sent.headers)}});
  return Value::object({{"request", std::move(request)},
                        {"statusCode", Value::integer(answer.status)},
                        {"headers", headers_of(answer.headers)},
                        {"content", content_of(answer)}});
}

}  // namespace

Result<http::Call> to_call(const engine::command::HttpRequest& request) {
  http::Call call;
  call.method = request.method;
  call.url = request.query.is_object() && request.query.size() > 0
                 ? http::with_query(request.uri, pairs_of(request.query))
                 : request.uri;
  if (!http::is_token(call.method)) return fail(Code::kInvalid, "'" + call.method + "' is no HTTP method");
  XF_TRY_ASSIGN(http::Uri uri, http::parse_uri(call.url));
  if (uri.scheme != "http" && uri.scheme != "https")
    return fail(Code::kInvalid, "only http and https are called, not " + uri.scheme);
  XF_TRY(set_headers(call, request.headers));
  if (request.has_body) set_body(call, request.body);
  if (!http::find_header(call.headers, "Accept"))
    call.headers.push_back({"Accept", "application/json, */*;q=0.5"});
  return call;
}

std::vector<std::string> words_of(const Value& secrets, const Value& authorization) {
  constexpr std::size_t kShort = 4;  // shorter ones stand in every text
  std::vector<std::string> words;
  std::vector<Value> open{secrets, authorization.get("parameter")};
  while (!open.empty()) {
    const Value at = std::move(open.back());
    open.pop_back();
    if (at.is_string() && at.size() >= kShort) words.emplace_back(at.as_string());
    for (const Value& element : at.elements()) open.push_back(element);
    for (const json::Member& member : at.members()) open.push_back(member.value);
  }
  // A longer one may hold a shorter one.
  std::ranges::sort(words, std::greater(), &std::string::size);
  return words;
}

http::Call to_told(const engine::command::HttpRequest& request) {
  http::Call call;
  call.method = request.method;
  call.url = request.uri;
  if (request.query.is_object() && request.query.size() > 0)
    call.url = http::with_query(call.url, pairs_of(request.query));
  for (const json::Member& member : request.headers.members())
    call.headers.push_back({std::string(member.key.as_string()), text_of(member.value)});
  return call;
}

http::Call untold() {
  http::Call call;
  call.method = call.url = engine::mask().as_string();
  return call;
}

Value content_of(const http::Answer& answer) {
  if (answer.body.empty()) return {};
  std::string type = media_type(answer.headers);
  if (is_json(type) || type.empty()) {
    if (auto value = json::parse(answer.body)) return *std::move(value);
  }
  bool textual = type.starts_with("text/") || type.empty() || is_json(type) || type.ends_with("xml") ||
                 type.ends_with("yaml");
  if (textual && is_utf8(answer.body)) return Value::string(answer.body);
  return Value::string(base64(answer.body));
}

std::variant<Value, engine::Fault> to_output(const http::Call& sent, const http::Answer& answer,
                                             const Expected& expected) {
  if (answer.status < 200 || answer.status > (expected.redirect ? 399 : 299)) {
    std::string detail = sent.method + " " + sent.url + " answered " + std::to_string(answer.status);
    if (!answer.body.empty() && !expected.is_hidden && is_utf8(answer.body))
      detail += ": " + without(answer.body, expected.words).substr(0, kExcerptBytes);
    return fault(engine::Standard::kCommunication, answer.status,
                 std::string(http::reason_phrase(answer.status)), valid_utf8_prefix(detail));
  }
  switch (expected.output) {
    case plan::HttpOutput::kRaw: return Value::string(base64(answer.body));
    case plan::HttpOutput::kResponse: return response_of(sent, answer, expected.is_hidden);
    case plan::HttpOutput::kContent: break;
  }
  return content_of(answer);
}

engine::Fault to_fault(const http::CallFailure& failure, bool is_hidden) {
  using Kind = http::CallFailure::Kind;
  if (is_hidden) {
    engine::Fault out = to_fault(failure);
    out.detail = "why is not told, because the request holds a secret";
    return out;
  }
  switch (failure.kind) {
    case Kind::kInvalid:
      return fault(engine::Standard::kConfiguration, 400, "The request cannot be sent", failure.message);
    case Kind::kRefused:
      return fault(engine::Standard::kAuthorization, 403, "The address may not be called", failure.message);
    case Kind::kTimeout: return fault(engine::Standard::kTimeout, 408, "No answer in time", failure.message);
    case Kind::kTooLarge:
      return fault(engine::Standard::kRuntime, 500, "The answer is too large", failure.message);
    case Kind::kResolve:
    case Kind::kConnect:
    case Kind::kTls:
    case Kind::kBroken:
    case Kind::kCancelled: break;
  }
  return fault(engine::Standard::kCommunication, 500, "The service could not be reached", failure.message);
}

}  // namespace xf::functions::http_call
