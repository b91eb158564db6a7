#include "render.h"

#include <array>
#include <cstdio>

#include "base/json/print.h"
#include "base/match.h"

namespace xf::golden {
namespace {

using namespace engine;

std::string text(const json::Value& value) { return json::print(value); }

std::string id(CommandId n) { return "#" + std::to_string(n); }

std::string span(TimeUs us) {
  char out[32];
  if (us % kUsPerSecond == 0)
    std::snprintf(out, sizeof out, "%+llds", static_cast<long long>(us / kUsPerSecond));
  else
    std::snprintf(out, sizeof out, "%+lldms", static_cast<long long>(us / kUsPerMs));
  return out;
}

std::string labelled(std::string_view label, const json::Value& value) {
  return value.is_null() ? "" : " " + std::string(label) + " " + text(value);
}

std::string request(const std::variant<command::HttpRequest, command::OpenApiRequest>& of) {
  if (const auto* http = std::get_if<command::HttpRequest>(&of))
    return http->method + " " + http->uri + labelled("headers", http->headers) +
           labelled("query", http->query) + (http->has_body ? labelled("body", http->body) : "");
  const auto& openapi = std::get<command::OpenApiRequest>(of);
  return openapi.operation + " of " + openapi.document_uri + " (" + openapi.document_digest + ")" +
         labelled("parameters", openapi.parameters);
}

std::string filters(const command::Subscribe& subscribe) {
  std::string out;
  for (const auto& filter : subscribe.filters) {
    out += " {";
    for (const auto& [name, value] : filter.literals) out += " " + name + "=" + text(value);
    for (const auto& [name, value] : filter.expected)
      out += " " + name + (value ? " expects " + text(*value) : " takes the first");
    if (filter.has_expressions) out += " and expressions";
    out += " }";
  }
  return out.empty() ? " any event" : out;
}

std::string line(const Command& c, TimeUs now) {
  using namespace command;
  return match(
      c,
      [](const StartCall& x) {
        std::string out =
            "call " + id(x.id) + " " + x.task + " <- " + request(x.request) + " key " + x.idempotency_key;
        if (x.attempt > 1) out += " attempt " + std::to_string(x.attempt);
        if (x.authentication) out += " authenticated";
        if (x.sealed) out += " sealed";
        if (x.shown) out += " shown as " + request(*x.shown);
        return out;
      },
      [](const CancelCall& x) { return "stop call " + id(x.id); },
      [](const Fetch& x) { return "fetch " + id(x.id) + " " + x.uri; },
      [&](const StartTimer& x) { return "timer " + id(x.id) + " due " + span(x.due - now); },
      [](const CancelTimer& x) { return "stop timer " + id(x.id); },
      [](const Subscribe& x) { return "subscribe " + id(x.id) + (x.until ? " until" : "") + filters(x); },
      [](const Unsubscribe& x) { return "unsubscribe " + id(x.id); },
      [](const Publish& x) { return "publish " + id(x.id) + " " + text(x.event); },
      [](const StartChild& x) {
        return "child " + id(x.id) + " " + x.target.ns + "/" + x.target.name + ":" + x.target.version +
               (x.await ? "" : " not awaited") + " <- " + text(x.input);
      },
      [](const CancelChild& x) { return "stop child " + id(x.id); },
      [](const Yield&) { return std::string("yield"); },
      [](const Complete& x) { return "complete -> " + text(x.output); },
      [](const Fail& x) { return "fail -> " + text(to_json(x.fault)); },
      [](const Cancelled&) { return std::string("cancelled"); });
}

std::string line(const TraceEntry& entry) {
  constexpr std::array<std::string_view, 15> kWords = {"workflow started",
                                                       "workflow suspended",
                                                       "workflow resumed",
                                                       "correlation started",
                                                       "correlation completed",
                                                       "workflow cancelled",
                                                       "workflow faulted",
                                                       "workflow completed",
                                                       "created",
                                                       "started",
                                                       "suspended",
                                                       "resumed",
                                                       "retried",
                                                       "cancelled",
                                                       "faulted"};
  const auto index = std::size_t(entry.what);
  std::string out = "~ ";
  if (entry.what == Happened::kTaskCompleted)
    out += "completed";
  else if (entry.what == Happened::kTaskSkipped)
    out += "skipped";
  else
    out += kWords[index];
  if (!entry.task.empty()) out += " " + std::string(entry.task);
  if (entry.iteration >= 0) out += " [" + std::to_string(entry.iteration) + "]";
  if (entry.what == Happened::kTaskFaulted || entry.what == Happened::kWorkflowFaulted)
    return out;  // `fail` and `catch` show it
  if (!entry.data.is_null()) out += " " + text(entry.data);
  return out;
}

}  // namespace

std::vector<std::string> render(const Turn& turn, const Instance& instance, const plan::Plan&, TimeUs now) {
  std::vector<std::string> lines;
  for (const TraceEntry& entry : turn.trace)
    if (entry.what != Happened::kTaskCreated) lines.push_back(line(entry));
  for (const Command& c : turn.commands) lines.push_back(line(c, now));
  lines.push_back("= " + std::string(to_string(instance.status())));
  return lines;
}

}  // namespace xf::golden
