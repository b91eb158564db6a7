// Operations become the requests that their documents describe.
#include "xflow/functions/openapi/operation.h"

#include <gtest/gtest.h>

#include "base/json/parse.h"
#include "base/json/print.h"

namespace xf::functions::openapi {
namespace {

json::Value parse(std::string_view text) { return json::parse(text).value(); }

constexpr std::string_view kSwagger = R"({
  "swagger": "2.0", "host": "pets.example", "basePath": "/v2", "schemes": ["https", "http"],
  "paths": {
    "/pet/{petId}": {"get": {"operationId": "getPet", "parameters": [
        {"name": "petId", "in": "path", "required": true, "type": "integer"}]}},
    "/pet": {"get": {"operationId": "find", "parameters": [
        {"name": "status", "in": "query", "type": "array", "collectionFormat": "multi"},
        {"name": "tags", "in": "query", "type": "array"},
        {"name": "limit", "in": "query", "type": "integer", "default": 10}]},
      "post": {"operationId": "add", "parameters": [{"name": "pet", "in": "body", "required": true},
        {"$ref": "#/parameters/trace"}]}}},
  "parameters": {"trace": {"name": "X-Trace", "in": "header", "type": "string"}}})";

constexpr std::string_view kOpenApi = R"({
  "openapi": "3.1.0", "servers": [{"url": "/api/{stage}", "variables": {"stage": {"default": "v1"}}}],
  "paths": {
    "/orders/{id}": {"parameters": [{"name": "id", "in": "path", "required": true}],
      "put": {"operationId": "put", "parameters": [{"name": "dry", "in": "query"}],
              "requestBody": {"required": true, "content": {"application/json": {}}}}},
    "/search": {"get": {"operationId": "search", "parameters": [
        {"name": "ids", "in": "query", "explode": false}, {"name": "session", "in": "cookie"}]}}}})";

struct Case {
  std::string_view document, operation, parameters, method, uri, query, headers, body;
};

class Requests : public testing::TestWithParam<Case> {};

TEST_P(Requests, AreWhatTheDocumentDescribes) {
  const Case& c = GetParam();
  auto request =
      request_for(parse(c.document), "https://docs.example/spec/api.json", c.operation, parse(c.parameters));
  ASSERT_TRUE(request.has_value()) << request.error().message;
  EXPECT_EQ(request->method, c.method);
  EXPECT_EQ(request->uri, c.uri);
  EXPECT_EQ(json::print(request->query), c.query);
  EXPECT_EQ(json::print(request->headers), c.headers);
  EXPECT_EQ(request->has_body ? json::print(request->body) : "", c.body);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Requests,
    testing::Values(Case{kSwagger, "getPet", R"({"petId":7})", "GET", "https://pets.example/v2/pet/7", "null",
                         "null", ""},
                    Case{kSwagger, "getPet", R"({"petId":"a/b"})", "GET", "https://pets.example/v2/pet/a%2Fb",
                         "null", "null", ""},
                    Case{kSwagger, "find", R"({"status":["a","b"],"tags":["x","y"]})", "GET",
                         "https://pets.example/v2/pet", R"({"status":["a","b"],"tags":"x,y","limit":10})",
                         "null", ""},
                    Case{kSwagger, "add", R"({"pet":{"n":1},"X-Trace":"t"})", "POST",
                         "https://pets.example/v2/pet", "null", R"({"X-Trace":"t"})", R"({"n":1})"},
                    Case{kSwagger, "add", R"({"body":{"n":1}})", "POST", "https://pets.example/v2/pet",
                         "null", "null", R"({"n":1})"},
                    Case{kOpenApi, "put", R"({"id":1,"dry":true,"body":{"a":2}})", "PUT",
                         "https://docs.example/api/v1/orders/1", R"({"dry":true})", "null", R"({"a":2})"},
                    Case{kOpenApi, "put", R"({"id":1,"a":2,"b":3})", "PUT",
                         "https://docs.example/api/v1/orders/1", "null", "null", R"({"a":2,"b":3})"},
                    Case{kOpenApi, "search", R"({"ids":[1,2],"session":"s 1"})", "GET",
                         "https://docs.example/api/v1/search", R"({"ids":"1,2"})",
                         R"({"Cookie":"session=s%201"})", ""}));

struct Refusal {
  std::string_view document, operation, parameters, message;
};

class Refusals : public testing::TestWithParam<Refusal> {};

TEST_P(Refusals, SayWhatIsMissing) {
  const Refusal& c = GetParam();
  auto request =
      request_for(parse(c.document), "https://docs.example/api.json", c.operation, parse(c.parameters));
  ASSERT_FALSE(request.has_value());
  EXPECT_NE(request.error().message.find(c.message), std::string::npos) << request.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Refusals,
    testing::Values(Refusal{kSwagger, "getPets", "{}", "it has: getPet, find, add"},
                    Refusal{kSwagger, "getPet", "{}", "'petId'"},
                    Refusal{kSwagger, "getPet", R"({"petId":1,"color":"red"})", "'color'"},
                    Refusal{kOpenApi, "put", R"({"id":1})", "body"},
                    Refusal{R"({"paths":{}})", "x", "{}", "not an OpenAPI"},
                    Refusal{R"({"openapi":"3.0.0","paths":{"/a":{"$ref":"#/paths/~1a"}}})", "x", "{}",
                            "circle"},
                    Refusal{R"({"openapi":"3.0.0","paths":{"/a":{"$ref":"https://elsewhere/"}}})", "x", "{}",
                            "outside"}));

}  // namespace
}  // namespace xf::functions::openapi
