#include "xflow/definition/dsl1/use.h"

#include <algorithm>

#include "xflow/definition/dsl1/common.h"
#include "xflow/definition/dsl1/endpoints.h"
#include "xflow/definition/dsl1/expressions.h"
#include "xflow/definition/dsl1/faults.h"
#include "xflow/definition/dsl1/tasks.h"

namespace xf::dsl1 {
namespace {

// The members of a category; each keeps pointing at `category`, so the category's place is kept in the
// context.
const Place* category(Context& cx, const Fields& f, std::string_view name) {
  auto place = f.get(name);
  if (!place || !expect_mapping(cx, *place, name)) return nullptr;
  return &cx.kept.emplace_back(*place);
}

void note_parts(Context& cx, const Fields& f, std::string_view name, NamedParts& into) {
  const Place* parent = category(cx, f, name);
  if (parent == nullptr) return;
  for (const yaml::Entry& entry : parent->node().entries) {
    into.emplace(entry.key, NamedPart{cx.kept.emplace_back(*parent, entry)});
  }
}

void note_functions(Context& cx, const Fields& f) {
  const Place* parent = category(cx, f, "functions");
  if (parent == nullptr) return;
  // The ids first: functions may call each other.
  for (const yaml::Entry& entry : parent->node().entries) {
    const auto id = static_cast<plan::NodeId>(cx.plan.nodes.size());
    cx.plan.nodes.emplace_back();
    cx.functions.emplace(entry.key, NamedFunction{cx.kept.emplace_back(*parent, entry), id});
  }
}

void note_secrets(Context& cx, const Place& place) {
  cx.plan.secrets = texts(cx, place, "a list of secrets");
  for (std::size_t i = 0; i < place.node().items.size(); ++i) {
    for (std::size_t before = 0; before < i; ++before) {
      const json::Value &one = place.node().items[before].value, &other = place.node().items[i].value;
      if (!one.is_string() || one != other) continue;
      cx.report.value(Place(place, i), "the secret '" + std::string(one.as_string()) + "' is listed twice",
                      "remove one");
      break;
    }
  }
}

void note_catalogs(Context& cx, const Place& place) {
  if (!expect_mapping(cx, place, "catalogs")) return;
  for (const yaml::Entry& entry : place.node().entries) {
    const Place one(place, entry);
    cx.catalogs.push_back(entry.key);
    const Fields f(cx, one, "a catalog", {"endpoint"});
    if (const auto where = f.require("endpoint")) endpoint(cx, *where);
  }
}

// An extension's own tasks are not extended, and begin with the eight arguments.
plan::Extension extension(Context& cx, const Place& place, std::string& extend) {
  plan::Extension out;
  out.name = std::string(place.name());
  const Fields f(cx, place, "an extension", {"extend", "when", "before", "after"});
  if (!f) return out;
  if (const auto kind = f.require("extend")) {
    constexpr std::string_view kKinds[] = {"call", "composite", "emit",   "for", "listen", "raise",
                                           "run",  "set",       "switch", "try", "wait",   "all"};
    extend = kKinds[choice(cx, *kind, kKinds)];
  }
  if (const auto when = f.get("when")) out.when = expression(cx, *when);
  if (const auto before = f.get("before")) out.before = task_list(cx, *before);
  if (const auto after = f.get("after")) out.after = task_list(cx, *after);
  return out;
}

void read_extensions(Context& cx, const Place& place) {
  if (!expect_list(cx, place, "extensions")) return;
  const Scoped own(cx.may_extend, false);
  for (std::size_t i = 0; i < place.node().items.size(); ++i) {
    const Place item(place, i);
    if (!expect_mapping(cx, item, "an extension under its name")) continue;
    if (item.node().entries.size() != 1) {
      cx.report.value(item, "each item of the extensions holds exactly one", "begin each with '- '");
      continue;
    }
    NamedExtension out;
    out.extension = extension(cx, Place(item, item.node().entries[0]), out.extend);
    cx.extensions.push_back(std::move(out));
  }
}

void read_functions(Context& cx) {
  for (const auto& [name, function] : cx.functions) task(cx, function.place, {}, function.body);
}

}  // namespace

void use(Context& cx, const Place& place) {
  const Fields f(
      cx, place, "'use'",
      {"authentications", "errors", "extensions", "functions", "retries", "secrets", "timeouts", "catalogs"});
  if (!f) return;
  if (const auto secrets = f.get("secrets")) note_secrets(cx, *secrets);
  note_parts(cx, f, "authentications", cx.authentications);
  note_parts(cx, f, "errors", cx.errors);
  note_parts(cx, f, "retries", cx.retries);
  note_parts(cx, f, "timeouts", cx.timeouts);
  note_functions(cx, f);
  if (const auto catalogs = f.get("catalogs")) note_catalogs(cx, *catalogs);
  if (const auto extensions = f.get("extensions")) read_extensions(cx, *extensions);
  read_functions(cx);
}

void check_unused(Context& cx) {
  const auto each = [](NamedParts& parts, auto&& check) {
    for (auto& [name, part] : parts) {
      if (!part.is_used) check(part.place);
    }
  };
  each(cx.authentications, [&](const Place& p) { authentication_policy(cx, p); });
  each(cx.errors, [&](const Place& p) { error_definition(cx, p); });
  each(cx.timeouts, [&](const Place& p) { timeout_definition(cx, p); });
  const ScopedNames caught(cx, {"error"});
  each(cx.retries, [&](const Place& p) { retry_definition(cx, p); });
}

}  // namespace xf::dsl1
