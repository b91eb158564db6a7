// The commands that talk to a server; see remote.h.
#include "cli/remote.h"

#include <iostream>

#include "base/clock.h"
#include "base/json/print.h"
#include "base/random.h"
#include "base/uri_template.h"
#include "cli/answers.h"
#include "cli/input.h"

namespace xf::cli {
namespace {

using json::Value;

constexpr Column kInstanceColumns[] = {{"ID", "id"},
                                       {"KEY", "key"},
                                       {"DEFINITION", "definition"},
                                       {"STATUS", "status"},
                                       {"CREATED", "createdAt"},
                                       {"UPDATED", "updatedAt"}};
constexpr Column kDefinitionColumns[] = {{"NAMESPACE", "namespace"},
                                         {"NAME", "name"},
                                         {"VERSION", "version"},
                                         {"TITLE", "title"},
                                         {"OPEN", "instancesOpen"}};
constexpr Column kScheduleColumns[] = {
    {"NAMESPACE", "namespace"},   {"NAME", "name"},     {"VERSION", "version"}, {"KIND", "kind"},
    {"EXPRESSION", "expression"}, {"PAUSED", "paused"}, {"NEXT", "next"},       {"LAST", "last"}};

Result<Value> parse_definition(const std::string& text) {
  std::size_t slash = text.find('/');
  if (slash == std::string::npos || slash == 0)
    return fail(Code::kInvalid, "name the definition as namespace/name or namespace/name:version");
  std::size_t colon = text.find(':', slash);
  Value out = Value::object(
      {{"namespace", Value::string(text.substr(0, slash))},
       {"name", Value::string(text.substr(slash + 1, std::min(colon, text.size()) - slash - 1))}});
  if (colon != std::string::npos) out = std::move(out).with("version", Value::string(text.substr(colon + 1)));
  return out;
}

int post_and_show(const Remote& remote, const std::string& path, const Value& body) {
  return once(
      remote, [&](Api& api) { return api.post(path, json::print(body)); },
      [&](const ApiAnswer& answer) { print_one(remote, answer.body); });
}

}  // namespace

int run_deploy(const Remote& remote, const std::vector<std::string>& files) {
  int code = kOk;
  for (const std::string& file : files) {
    Result<std::string> text = file == "-" ? read_standard_input() : read_file(file);
    if (!text) return complain(text.error());
    std::string_view type = file.ends_with(".json") ? "application/json" : "application/yaml";
    int deployed = once(
        remote, [&](Api& api) { return api.post("/api/v1/definitions", *text, type); },
        [&](const ApiAnswer& answer) {
          if (remote.output != "table") return print_one(remote, answer.body);
          const Value& id = answer.body.get("definition");
          std::cout << id.get("namespace").as_string() << "/" << id.get("name").as_string() << ":"
                    << id.get("version").as_string()
                    << (answer.body.get("created").truthy() ? " deployed\n" : " was there already\n");
        });
    if (deployed != kOk) code = deployed;
  }
  return code;
}

int run_start(const Remote& remote, const StartOptions& options) {
  Result<Value> definition = parse_definition(options.definition);
  if (!definition) return complain(definition.error());
  Value body = Value::object({{"definition", *definition}});
  if (!options.input.empty()) {
    Result<Value> input = read_json(options.input);
    if (!input) return complain(input.error());
    body = std::move(body).with("input", *std::move(input));
  }
  if (!options.key.empty()) body = std::move(body).with("key", Value::string(options.key));
  if (!options.wait.empty()) body = std::move(body).with("wait", Value::string(options.wait));
  std::vector<http::Header> headers;
  if (!options.idempotency_key.empty()) headers.push_back({"Idempotency-Key", options.idempotency_key});
  bool failed = false;
  int code = once(
      remote,
      [&](Api& api) { return api.post("/api/v1/instances", json::print(body), "application/json", headers); },
      [&](const ApiAnswer& answer) {
        print_one(remote, answer.body);
        const Value& status = answer.body.get("status");
        failed = status.is_string() && (status.as_string() == "faulted" || status.as_string() == "cancelled");
      });
  return code == kOk && failed ? kFailed : code;
}

int run_ps(const Remote& remote, const PsOptions& options) {
  std::string path = "/api/v1/instances?limit=" + std::to_string(options.limit);
  if (!options.status.empty()) path += "&status=" + percent_encode(options.status);
  if (!options.text.empty()) path += "&text=" + percent_encode(options.text);
  if (!options.definition.empty()) {
    Result<Value> definition = parse_definition(options.definition);
    if (!definition) return complain(definition.error());
    for (const json::Member& part : definition->members())
      path += "&" + std::string(part.key.as_string()) + "=" + percent_encode(part.value.as_string());
  }
  return once(
      remote, [&](Api& api) { return api.get(path); },
      [&](const ApiAnswer& answer) { print_rows(remote, answer.body, kInstanceColumns); });
}

int run_show(const Remote& remote, const std::string& id) {
  return once(
      remote, [&](Api& api) { return api.get(instance_path(id)); },
      [&](const ApiAnswer& answer) { print_one(remote, answer.body); });
}

int run_command(const Remote& remote, const std::string& id, const std::string& verb,
                const std::string& reason) {
  Value body = Value::object();
  if (!reason.empty()) body = std::move(body).with("reason", Value::string(reason));
  return post_and_show(remote, instance_path(id, ":" + verb), body);
}

int run_reset(const Remote& remote, const ResetOptions& options) {
  Value body = Value::object({{"position", Value::string(options.position)}});
  if (!options.data.empty()) {
    Result<Value> data = read_json(options.data);
    if (!data) return complain(data.error());
    body = std::move(body).with("data", *std::move(data));
  }
  return post_and_show(remote, instance_path(options.id, ":reset"), body);
}

int run_emit(const Remote& remote, const EmitOptions& options) {
  std::string id = options.id.empty() ? uuid_v7(now_us(), random_chance()) : options.id;
  Value event = Value::object({{"specversion", Value::string("1.0")},
                               {"id", Value::string(id)},
                               {"source", Value::string(options.source)},
                               {"type", Value::string(options.type)}});
  if (!options.subject.empty()) event = std::move(event).with("subject", Value::string(options.subject));
  for (const std::string& attribute : options.attributes) {
    std::size_t equals = attribute.find('=');
    if (equals == std::string::npos) return complain({Code::kInvalid, "--attribute takes name=value"});
    event = std::move(event).with(attribute.substr(0, equals), Value::string(attribute.substr(equals + 1)));
  }
  if (!options.data.empty()) {
    Result<Value> data = read_json(options.data);
    if (!data) return complain(data.error());
    event = std::move(event).with("data", *std::move(data));
  }
  return once(
      remote,
      [&](Api& api) {
        return api.post("/api/v1/events", json::print(event), "application/cloudevents+json");
      },
      [&](const ApiAnswer& answer) { print_one(remote, answer.body); });
}

int run_definitions(const Remote& remote) {
  return once(
      remote, [](Api& api) { return api.get("/api/v1/definitions?limit=500"); },
      [&](const ApiAnswer& answer) { print_rows(remote, answer.body, kDefinitionColumns); });
}

int run_schedules(const Remote& remote) {
  return once(
      remote, [](Api& api) { return api.get("/api/v1/schedules"); },
      [&](const ApiAnswer& answer) { print_rows(remote, answer.body, kScheduleColumns); });
}

int run_backup(const Remote& remote) { return post_and_show(remote, "/api/v1/backups", Value::object()); }

int run_ready(const Remote& remote) {
  return once(
      remote, [](Api& api) { return api.get("/readyz"); }, [](const ApiAnswer&) { std::cout << "ready\n"; });
}

}  // namespace xf::cli
