// The calls that this build does not run: gRPC, AsyncAPI, A2A, MCP. They are checked like all others, so that
// a definition that uses them is right the day they run.
#include "xflow/definition/dsl1/common.h"
#include "xflow/definition/dsl1/endpoints.h"
#include "xflow/definition/dsl1/expressions.h"
#include "xflow/definition/dsl1/tasks.h"

namespace xf::dsl1 {
namespace {

void check_value(Context& cx, const Fields& f, std::string_view name) {
  if (const auto place = f.get(name)) value(cx, *place);
}

void check_mapping(Context& cx, const Fields& f, std::string_view name, std::string_view what) {
  if (const auto place = f.get(name)) mapping_value(cx, *place, what);
}

// A mapping, or an expression; strict: a mapping.
void check_strict_mapping(Context& cx, const Fields& f, std::string_view name, std::string_view what) {
  const auto place = f.get(name);
  if (!place) return;
  if (cx.is_strict) expect_mapping(cx, *place, what);
  mapping_value(cx, *place, what);
}

void check_authentication(Context& cx, const Fields& f) {
  if (const auto policy = f.get("authentication")) authentication(cx, *policy);
}

bool is_host_name(std::string_view host, bool with_dots) {
  const auto is_letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (host.empty() || host.size() > 253 || !is_letter_or_digit(host.front()) ||
      !is_letter_or_digit(host.back())) {
    return false;
  }
  for (const char c : host) {
    if (!is_letter_or_digit(c) && c != '-' && !(with_dots && c == '.')) return false;
  }
  return true;
}

void check_host(Context& cx, const Place& place) {
  if (!cx.is_strict && is_expression(place.value())) {
    value(cx, place);
    return;
  }
  const auto host = text(cx, place);
  if (!host) return;
  if (!is_host_name(*host, true)) {
    cx.report.value(place, "'" + *host + "' is not a host name");
  } else if (!is_host_name(*host, false)) {
    strict_since(cx, place, Version::k1_0_2, "a host with dots");
  }
}

void check_grpc_service(Context& cx, const Place& place) {
  const Fields f(cx, place, "a grpc service", {"name", "host", "port", "authentication"});
  if (!f) return;
  if (const auto name = f.require("name")) name_text(cx, *name);
  if (const auto host = f.require("host")) check_host(cx, *host);
  if (const auto port = f.get("port")) integer(cx, *port, 0, 65535);
  check_authentication(cx, f);
}

void check_consume(Context& cx, const Place& place) {
  const Fields f(cx, place, "a consumption policy", {"for", "amount", "while", "until"});
  const auto how = f.exactly_one({"amount", "while", "until"});
  if (how && how->name() == "amount") {
    integer(cx, *how, 0, INT64_MAX);
  } else if (how) {
    expression(cx, *how);
  }
  if (const auto time = f.get("for")) duration(cx, *time);
}

void check_subscription(Context& cx, const Place& place) {
  const Fields f(cx, place, "a subscription", {"filter", "consume", "foreach"});
  if (!f) return;
  if (const auto filter = f.get("filter")) expression(cx, *filter);
  if (const auto consume = f.require("consume")) check_consume(cx, *consume);
  if (const auto each = f.get("foreach")) iterator(cx, *each);
}

void check_message(Context& cx, const Place& place) {
  const Fields f(cx, place, "a message", {"payload", "headers"});
  check_strict_mapping(cx, f, "payload", "a payload");
  check_strict_mapping(cx, f, "headers", "headers");
}

void check_http_transport(Context& cx, const Place& place) {
  const Fields f(cx, place, "an http transport", {"endpoint", "headers"});
  if (const auto where = f.require("endpoint")) endpoint(cx, *where);
  check_mapping(cx, f, "headers", "headers");
}

void check_stdio_transport(Context& cx, const Place& place) {
  const Fields f(cx, place, "a stdio transport", {"command", "arguments", "environment"});
  if (const auto command = f.require("command")) text_value(cx, *command);
  if (const auto arguments = f.get("arguments")) {
    texts(cx, *arguments, "arguments");
    value(cx, *arguments);
  }
  check_mapping(cx, f, "environment", "an environment");
}

void check_transport(Context& cx, const Place& place) {
  const Fields f(cx, place, "a transport", {"http", "stdio", "options"});
  const auto how = f.exactly_one({"http", "stdio"});
  if (how) how->name() == "http" ? check_http_transport(cx, *how) : check_stdio_transport(cx, *how);
  check_mapping(cx, f, "options", "options");
}

void check_client(Context& cx, const Place& place) {
  const Fields f(cx, place, "a client", {"name", "version", "description"});
  if (const auto name = f.require("name")) text(cx, *name);
  if (const auto version = f.require("version")) text(cx, *version);
}

}  // namespace

void check_grpc(Context& cx, const Place& with) {
  const Fields f(cx, with, "the arguments of a grpc call", {"proto", "service", "method", "arguments"});
  if (!f) return;
  if (const auto proto = f.require("proto")) external_resource(cx, *proto);
  if (const auto service = f.require("service")) check_grpc_service(cx, *service);
  if (const auto method = f.require("method")) name_text(cx, *method);
  check_mapping(cx, f, "arguments", "arguments");
}

void check_asyncapi(Context& cx, const Place& with) {
  const Fields f(cx, with, "the arguments of an asyncapi call",
                 {"document", "channel", "operation", "server", "protocol", "message", "subscription",
                  "authentication"});
  if (!f) return;
  if (const auto document = f.require("document")) external_resource(cx, *document);
  if (const auto where = f.exactly_one({"operation", "channel"})) name_text(cx, *where);
  if (const auto server = f.get("server")) {
    const Fields s(cx, *server, "a server", {"name", "variables"});
    if (const auto name = s.require("name")) name_text(cx, *name);
    check_mapping(cx, s, "variables", "variables");
  }
  if (const auto protocol = f.get("protocol")) {
    choice(cx, *protocol,
           {"amqp", "amqp1", "anypointmq", "googlepubsub", "http", "ibmmq", "jms", "kafka", "mercure", "mqtt",
            "mqtt5", "nats", "pulsar", "redis", "sns", "solace", "sqs", "stomp", "ws"});
  }
  if (const auto what = f.exactly_one({"message", "subscription"})) {
    what->name() == "message" ? check_message(cx, *what) : check_subscription(cx, *what);
  }
  check_authentication(cx, f);
}

void check_a2a(Context& cx, const Place& with) {
  const Fields f(cx, with, "the arguments of an a2a call", {"agentCard", "server", "method", "parameters"});
  if (!f) return;
  if (const auto card = f.get("agentCard")) external_resource(cx, *card);
  if (const auto server = f.get("server")) endpoint(cx, *server);
  if (const auto method = f.require("method")) {
    choice(cx, *method,
           {"message/send", "message/stream", "tasks/get", "tasks/list", "tasks/cancel", "tasks/resubscribe",
            "tasks/pushNotificationConfig/set", "tasks/pushNotificationConfig/get",
            "tasks/pushNotificationConfig/list", "tasks/pushNotificationConfig/delete",
            "agent/getAuthenticatedExtendedCard"});
  }
  check_mapping(cx, f, "parameters", "parameters");
}

void check_mcp(Context& cx, const Place& with) {
  const Fields f(cx, with, "the arguments of an mcp call",
                 {"protocolVersion", "method", "parameters", "timeout", "transport", "client"});
  if (!f) return;
  if (const auto version = f.get("protocolVersion")) text(cx, *version);
  if (const auto method = f.require("method")) {
    choice(cx, *method,
           {"tools/list", "tools/call", "prompts/list", "prompts/get", "resources/list", "resources/read",
            "resources/templates/list"});
  }
  check_value(cx, f, "parameters");
  if (const auto limit = f.get("timeout")) duration(cx, *limit);
  if (const auto transport = f.require("transport")) check_transport(cx, *transport);
  if (const auto client = f.get("client")) check_client(cx, *client);
}

}  // namespace xf::dsl1
