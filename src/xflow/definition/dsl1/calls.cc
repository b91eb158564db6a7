// Calls: HTTP, OpenAPI, functions. The kinds that this build cannot run are in remote_calls.cc.
#include <algorithm>

#include "xflow/definition/dsl1/common.h"
#include "xflow/definition/dsl1/endpoints.h"
#include "xflow/definition/dsl1/expressions.h"
#include "xflow/definition/dsl1/suggest.h"
#include "xflow/definition/dsl1/tasks.h"
#include "xflow/definition/dsl1/uri.h"
#include "xflow/schema/uri.h"

namespace xf::dsl1 {
namespace {

constexpr std::string_view kProtocols[] = {"http", "openapi", "grpc", "asyncapi", "a2a", "mcp"};

plan::HttpOutput http_output(Context& cx, const Place& place) {
  return static_cast<plan::HttpOutput>(choice(cx, place, {"content", "raw", "response"}));
}

// Headers and query: a mapping of texts, or an expression that gives one. Numbers are accepted as 1.0.0 did.
plan::Template parameters(Context& cx, const Place& place, std::string_view what) {
  if (is_expression(place.value())) strict_since(cx, place, Version::k1_0_1, "an expression here");
  plan::Template out = mapping_value(cx, place, what);
  for (const yaml::Entry& entry : place.node().entries) {
    const Place member(place, entry);
    const json::Value& value = member.value();
    const bool is_scalar = !value.is_object() && !value.is_array() && !value.is_null();
    if (cx.is_strict && cx.version >= Version::k1_0_1) {
      text(cx, member);
    } else if (!is_scalar && !value.is_array()) {
      cx.report.value(member, "expected text, found " + std::string(kind_of(value)));
    }
  }
  return out;
}

plan::Body call_http(Context& cx, const Place& with) {
  plan::CallHttp out;
  const Fields f(cx, with, "the arguments of an http call",
                 {"method", "endpoint", "headers", "body", "query", "output", "redirect"});
  if (!f) return out;
  if (const auto method = f.require("method")) {
    if (name_text(cx, *method)) out.method = text_value(cx, *method);
  }
  if (const auto where = f.require("endpoint")) out.endpoint = endpoint(cx, *where);
  if (const auto headers = f.get("headers")) out.headers = parameters(cx, *headers, "headers");
  if (const auto query = f.get("query")) out.query = parameters(cx, *query, "a query");
  if (const auto body = f.get("body")) out.body = value(cx, *body);
  if (const auto output = f.get("output")) out.output = http_output(cx, *output);
  if (const auto redirect = f.get("redirect")) out.redirect = boolean(cx, *redirect, false);
  return out;
}

plan::Body call_openapi(Context& cx, const Place& with) {
  plan::CallOpenApi out;
  const Fields f(cx, with, "the arguments of an openapi call",
                 {"document", "operationId", "parameters", "authentication", "output", "redirect"});
  if (!f) return out;
  if (const auto document = f.require("document")) out.document = external_resource(cx, *document);
  if (const auto operation = f.require("operationId")) {
    if (name_text(cx, *operation)) out.operation_id = text_value(cx, *operation);
  }
  if (const auto arguments = f.get("parameters"))
    out.parameters = mapping_value(cx, *arguments, "parameters");
  if (const auto policy = f.get("authentication")) out.authentication = authentication(cx, *policy);
  if (const auto output = f.get("output")) out.output = http_output(cx, *output);
  if (const auto redirect = f.get("redirect")) out.redirect = boolean(cx, *redirect, false);
  return out;
}

// name:version@catalog
plan::Body catalog_function(Context& cx, const Place& what, std::string_view name) {
  const std::size_t at = name.rfind('@'), colon = name.find(':');
  const std::string_view catalog = name.substr(at + 1);
  if (colon == std::string_view::npos || colon == 0 || colon > at ||
      !is_semver(name.substr(colon + 1, at - colon - 1))) {
    cx.report.value(what, "'" + std::string(name) + "' is not a function of a catalog",
                    "write name:1.0.0@catalog");
  } else if (catalog != "default" && std::ranges::find(cx.catalogs, catalog) == cx.catalogs.end()) {
    const std::vector<std::string_view> known(cx.catalogs.begin(), cx.catalogs.end());
    const std::string near = suggestion(catalog, known);
    cx.report.value(what, "the catalog '" + std::string(catalog) + "' is not declared",
                    near.empty() ? "add it to use.catalogs" : near);
  }
  return plan::Unavailable{"call: " + std::string(name)};
}

void report_unknown_function(Context& cx, const Place& what, std::string_view name) {
  std::vector<std::string_view> known(std::begin(kProtocols), std::end(kProtocols));
  for (const auto& [function, part] : cx.functions) known.push_back(function);
  const std::string_view near = nearest(name, known);
  cx.report.value(what, "no function '" + std::string(name) + "' is defined in 'use'",
                  near.empty() ? "define it in use.functions, or give a URL or name:version@catalog"
                               : "did you mean '" + std::string(near) + "'?");
}

// A name that can only be an address: ./log.yaml, ../mail/function.yaml, /functions/log.yaml
bool is_relative(std::string_view name) {
  return name.starts_with("./") || name.starts_with("../") || name.starts_with('/');
}

plan::Body call_function(Context& cx, const Fields& whole, const Place& what, const std::string& name) {
  plan::CallFunction out;
  out.name = name;
  if (const auto with = whole.get("with"))
    out.arguments = mapping_value(cx, *with, "the function's arguments");
  const auto found = cx.functions.find(name);
  if (found != cx.functions.end()) {
    out.body = found->second.body;
  } else if (is_absolute_uri(name)) {
    if (check_uri(cx, what)) out.uri = name;
  } else if (is_relative(name)) {
    if (cx.plan.base.empty()) {
      cx.report.value(what, "'" + name + "' is seen from the address of a function, and this is none",
                      "write the whole address");
    } else if (check_uri(cx, what)) {
      out.uri = schema::resolve_uri(cx.plan.base, name);
    }
  } else if (name.find('@') != std::string::npos) {
    return catalog_function(cx, what, name);
  } else {
    report_unknown_function(cx, what, name);
  }
  return out;
}

plan::Body unavailable(Context& cx, const Place& what, const Place& with, std::string_view name) {
  if (name == "a2a" || name == "mcp") strict_since(cx, what, Version::k1_0_2, "call: " + std::string(name));
  if (name == "grpc") check_grpc(cx, with);
  if (name == "asyncapi") check_asyncapi(cx, with);
  if (name == "a2a") check_a2a(cx, with);
  if (name == "mcp") check_mcp(cx, with);
  return plan::Unavailable{"call: " + std::string(name)};
}

}  // namespace

plan::Body call_body(Context& cx, const Fields& whole, const Place& what) {
  const auto name = name_text(cx, what);
  if (!name) return plan::Unavailable{};
  const Scoped in_call(cx.in_call, true);
  if (std::ranges::find(kProtocols, *name) == std::end(kProtocols))
    return call_function(cx, whole, what, *name);
  const auto with = whole.require("with");
  if (!with) return plan::Unavailable{};
  if (*name == "http") return call_http(cx, *with);
  if (*name == "openapi") return call_openapi(cx, *with);
  return unavailable(cx, what, *with, *name);
}

}  // namespace xf::dsl1
