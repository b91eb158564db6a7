// Requests as they are sent, and answers as tasks see them.
#include "xflow/functions/http/message.h"

#include <gtest/gtest.h>

#include "base/json/parse.h"
#include "base/json/print.h"

namespace xf::functions::http_call {
namespace {

json::Value parse(std::string_view text) { return json::parse(text).value(); }

engine::command::HttpRequest post(std::string_view headers, std::string_view body) {
  engine::command::HttpRequest request;
  request.method = "POST";
  request.uri = "http://service.example/a?x=1";
  request.query = parse(R"({"b":[1,"two"],"c":null})");
  request.headers = parse(headers);
  request.body = parse(body);
  request.has_body = true;
  return request;
}

http::Answer answer(int status, std::string type, std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", std::move(type)}, {"X-A", "1"}, {"x-a", "2"}},
          .body = std::move(body),
          .url = "http://service.example/a"};
}

std::string output(const http::Answer& got, plan::HttpOutput kind, bool redirect = false) {
  http::Call sent;
  sent.method = "GET";
  sent.headers = {{"Accept", "x"}, {"Authorization", "Bearer hidden"}};
  auto result = to_output(sent, got, {.output = kind, .redirect = redirect});
  if (const auto* fault = std::get_if<engine::Fault>(&result))
    return "fault " + std::to_string(fault->status) + " " + fault->type;
  return json::print(std::get<json::Value>(result));
}

TEST(ToCall, SendsJsonUnlessTheHeadersSayOtherwise) {
  auto call = to_call(post("null", R"({"a":1})"));
  ASSERT_TRUE(call.has_value());
  EXPECT_EQ(call->url, "http://service.example/a?x=1&b=1&b=two");
  EXPECT_EQ(call->body, R"({"a":1})");
  EXPECT_EQ(*http::find_header(call->headers, "content-type"), "application/json");

  EXPECT_EQ(to_call(post(R"({"Content-Type":"text/plain"})", "\"hi\""))->body, "hi");
  EXPECT_EQ(to_call(post("null", "\"hi\""))->body, "\"hi\"");
  EXPECT_EQ(
      to_call(post(R"({"content-type":"application/x-www-form-urlencoded"})", R"({"a":"x y","b":2})"))->body,
      "a=x%20y&b=2");
}

TEST(ToCall, RefusesWhatCannotBeSent) {
  EXPECT_FALSE(to_call(post(R"({"a b":"1"})", "1")).has_value());
  EXPECT_FALSE(to_call(post(R"({"a":"1\r\nHost: evil"})", "1")).has_value());
  engine::command::HttpRequest file = post("null", "1");
  file.uri = "file:///etc/passwd";
  EXPECT_FALSE(to_call(file).has_value());
}

TEST(ToOutput, GivesTheContentByItsType) {
  EXPECT_EQ(
      output(answer(200, "application/json; charset=utf-8", R"({"a":[1.50]})"), plan::HttpOutput::kContent),
      R"({"a":[1.50]})");
  EXPECT_EQ(output(answer(200, "application/problem+json", "{}"), plan::HttpOutput::kContent), "{}");
  EXPECT_EQ(output(answer(200, "text/plain", "hi"), plan::HttpOutput::kContent), "\"hi\"");
  EXPECT_EQ(output(answer(200, "application/json", "not json"), plan::HttpOutput::kContent), "\"not json\"");
  EXPECT_EQ(output(answer(200, "image/png", "\xff\xfe"), plan::HttpOutput::kContent), "\"//4=\"");
  EXPECT_EQ(output(answer(204, "", ""), plan::HttpOutput::kContent), "null");
  EXPECT_EQ(output(answer(200, "text/plain", "foo"), plan::HttpOutput::kRaw), "\"Zm9v\"");
}

TEST(ToOutput, ShowsTheResponseButNoCredentials) {
  EXPECT_EQ(
      output(answer(201, "application/json", "[1]"), plan::HttpOutput::kResponse),
      R"({"request":{"method":"GET","uri":"http://service.example/a","headers":{"accept":"x"}},"statusCode":201,)"
      R"("headers":{"content-type":"application/json","x-a":"1, 2"},"content":[1]})");
}

TEST(ToOutput, TakesOtherStatusesForFaults) {
  constexpr auto kContent = plan::HttpOutput::kContent;
  EXPECT_TRUE(output(answer(404, "text/plain", "no"), kContent).starts_with("fault 404"));
  EXPECT_TRUE(output(answer(302, "text/plain", ""), kContent).starts_with("fault 302"));
  EXPECT_EQ(output(answer(302, "text/plain", ""), kContent, true), "null");
  EXPECT_TRUE(output(answer(503, "text/plain", ""), kContent, true).ends_with("/communication"));
}

TEST(ToFault, TellsWhatTheCallerMayDo) {
  auto status = [](http::CallFailure::Kind kind) {
    return to_fault({.kind = kind, .sent = false, .message = "m"}).status;
  };
  EXPECT_EQ(status(http::CallFailure::Kind::kRefused), 403);
  EXPECT_EQ(status(http::CallFailure::Kind::kTimeout), 408);
  EXPECT_EQ(status(http::CallFailure::Kind::kConnect), 500);
  EXPECT_EQ(status(http::CallFailure::Kind::kInvalid), 400);
}

}  // namespace
}  // namespace xf::functions::http_call
