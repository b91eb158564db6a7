#include "xflow/definition/dsl1/document.h"

#include <algorithm>

#include "xflow/definition/dsl1/common.h"
#include "xflow/definition/dsl1/events.h"
#include "xflow/definition/dsl1/fields.h"
#include "xflow/definition/dsl1/names.h"
#include "xflow/definition/dsl1/suggest.h"
#include "xflow/definition/dsl1/tasks.h"
#include "xflow/definition/dsl1/use.h"
#include "xflow/definition/plan/cron.h"
#include "xflow/definition/plan/duration.h"

namespace xf::dsl1 {
namespace {

constexpr std::string_view kKnownVersions = "1.0.0, 1.0.1, 1.0.2, 1.0.3";

void dsl_version(Context& cx, const Place& place) {
  const std::string dsl = semver(cx, place);
  if (dsl.empty()) return;
  const auto version = version_of(dsl);
  if (version) {
    cx.version = *version;
  } else {
    cx.report.value(place, "the DSL " + dsl + " is not known to this build",
                    "it reads " + std::string(kKnownVersions) + " and what follows in 1.x");
  }
}

json::Value lists_metadata(const Place& document) {
  json::Value out = json::Value::object();
  for (const std::string_view name : {"tags", "metadata"}) {
    if (const yaml::Entry* entry = document.node().find(name))
      out = std::move(out).with(name, entry->node.value);
  }
  return out;
}

void document(Context& cx, const Place& place) {
  const Fields f(cx, place, "'document'",
                 {"dsl", "namespace", "name", "version", "title", "summary", "tags", "metadata"});
  if (!f) return;
  if (const auto dsl = f.require("dsl")) dsl_version(cx, *dsl);
  if (const auto ns = f.require("namespace")) cx.plan.id.ns = resource_name(cx, *ns);
  if (const auto name = f.require("name")) cx.plan.id.name = resource_name(cx, *name);
  if (const auto version = f.require("version")) cx.plan.id.version = semver(cx, *version);
  if (const auto title = f.get("title")) cx.plan.title = text(cx, *title).value_or("");
  if (const auto summary = f.get("summary")) cx.plan.summary = text(cx, *summary).value_or("");
  if (const auto tags = f.get("tags")) expect_mapping(cx, *tags, "tags");
  if (const auto metadata = f.get("metadata")) expect_mapping(cx, *metadata, "metadata");
  cx.plan.metadata = lists_metadata(place);
}

void evaluate(Context& cx, const Place& place) {
  const Fields f(cx, place, "'evaluate'", {"language", "mode"});
  if (!f) return;
  if (const auto language = f.get("language")) {
    const auto name = text(cx, *language);
    if (name && *name != "jq") {
      cx.report.value(*language, "expressions in '" + *name + "' are not available in this build", "use jq");
    }
  }
  if (const auto mode = f.get("mode")) cx.plan.loose = choice(cx, *mode, {"strict", "loose"}) == 1;
}

// A schedule's interval is fixed: there is no instance yet that an expression could read from.
plan::Duration interval(Context& cx, const Place& place) {
  plan::Duration out = duration(cx, place);
  if (out.expression && !out.expression->is_literal()) {
    cx.report.value(place, "a schedule's interval must be fixed, not an expression");
  }
  return out;
}

void cron(Context& cx, const Place& place) {
  const auto written = text(cx, place);
  if (!written) return;
  const auto parsed = plan::Cron::parse(*written);
  if (!parsed) return cx.report.value(place, parsed.error().message);
  cx.plan.schedule.cron = *written;
}

// What no published schema has, and yet somebody must be able to say.
void own_members(Context& cx, const Fields& f) {
  const auto missed = f.get("missed"), zone = f.get("timezone");
  for (const auto& place : {missed, zone}) {
    if (place && cx.is_strict)
      cx.report.key(*place, "no version of the DSL has 'schedule." + std::string(place->name()) + "'");
  }
  if (missed) {
    constexpr plan::Missed kMeanings[] = {plan::Missed::kOnce, plan::Missed::kSkip, plan::Missed::kAll};
    cx.plan.schedule.missed = kMeanings[choice(cx, *missed, {"once", "skip", "all"})];
  }
  if (!zone) return;
  cx.plan.schedule.zone = name_text(cx, *zone).value_or("");
  if (!f.has("cron")) cx.report.key(*zone, "'timezone' is only possible with 'cron'");
}

void schedule(Context& cx, const Place& place) {
  const Fields f(cx, place, "a schedule", {"every", "cron", "after", "on", "read", "missed", "timezone"});
  if (!f) return;
  plan::Schedule& out = cx.plan.schedule;
  if (const auto every = f.get("every")) {
    out.every = interval(cx, *every);
    const auto length = plan::parse_duration(every->value());
    if (length && length->months == 0 && length->milliseconds == 0) {
      cx.report.value(*every, "a schedule cannot run every zero seconds");
    }
  }
  if (const auto after = f.get("after")) out.after = interval(cx, *after);
  if (const auto when = f.get("cron")) cron(cx, *when);
  if (const auto on = f.get("on")) out.on = event_strategy(cx, *on);
  own_members(cx, f);
  const auto read = f.get("read");
  if (!read) return;
  strict_since(cx, *read, Version::kMain, "'schedule.read'");
  out.read = event_read(cx, *read);
  if (!f.has("on")) cx.report.key(*read, "'read' is only possible with 'on'");
}

// What another language than this one would say first.
bool is_other_dialect(Context& cx, const Place& root) {
  const yaml::Entry* version = root.node().find("specVersion");
  if (version == nullptr || root.node().find("document") != nullptr) return false;
  cx.report.key(Place(root, *version), "this is a definition of DSL 0.8, which this reader does not read",
                "a DSL 1.0 definition begins with 'document'");
  return true;
}

// What belongs into `document` stands beside it.
bool report_loose_document(Context& cx, const Place& root) {
  if (!root.value().is_object() || root.node().find("document") != nullptr) return false;
  const yaml::Entry* first = nullptr;
  for (const std::string_view name : {"dsl", "namespace", "name", "version"})
    if (const yaml::Entry* entry = root.node().find(name); entry && !first) first = entry;
  if (first == nullptr) return false;
  cx.report.key(Place(root, *first), "'" + first->key + "' belongs into 'document'",
                "write document: {dsl: '1.0.3', namespace: …, name: …, version: …} and indent it there");
  return true;
}

void workflow(Context& cx, const Place& root) {
  if (root.value().is_object() && is_other_dialect(cx, root)) return;
  if (report_loose_document(cx, root)) return;
  const Fields f(cx, root, "a workflow",
                 {"document", "input", "use", "do", "timeout", "output", "schedule", "evaluate"});
  if (!f) return;
  if (const auto about = f.require("document")) document(cx, *about);
  if (const auto how = f.get("evaluate")) evaluate(cx, *how);
  const auto parts = f.get("use");
  if (parts) use(cx, *parts);
  if (const auto input = f.get("input")) cx.plan.input = filter(cx, *input, FilterKind::kInput);
  if (const auto list = f.require("do")) cx.plan.main = task_list(cx, *list);
  if (const auto output = f.get("output")) cx.plan.output = filter(cx, *output, FilterKind::kOutput);
  if (const auto after = f.get("timeout")) cx.plan.timeout = timeout(cx, *after);
  if (const auto when = f.get("schedule")) schedule(cx, *when);
  check_unused(cx);
}

// A whole workflow is no function, however alike they look.
bool is_workflow(Context& cx, const Place& root) {
  const yaml::Entry* document = root.node().find("document");
  if (document == nullptr) return false;
  cx.report.key(Place(root, *document), "this is a workflow, not a function",
                "a function is one task: {set: …}, {call: …}, {do: […]}");
  return true;
}

}  // namespace

std::expected<plan::Plan, std::vector<definition::Problem>> read_function(const yaml::Node& root,
                                                                          const Options& options) {
  plan::Plan plan;
  Report report(options.file);
  Context cx(report, plan);
  plan.base = options.file;
  plan.source = root.value;
  plan.nodes.emplace_back();
  plan.main.tasks = {0};
  if (!is_workflow(cx, Place(root))) task(cx, Place(root), {}, 0);
  if (!report.empty()) return std::unexpected(std::move(report).take());
  for (plan::Node& node : plan.nodes) node.reference.insert(0, plan.base + "#");
  return plan;
}

std::expected<plan::Plan, std::vector<definition::Problem>> read(const yaml::Node& root,
                                                                 const Options& options) {
  plan::Plan plan;
  Report report(options.file);
  Context cx(report, plan);
  cx.is_strict = options.is_strict;
  plan.source = root.value;
  workflow(cx, Place(root));
  if (!report.empty()) return std::unexpected(std::move(report).take());
  return plan;
}

}  // namespace xf::dsl1
