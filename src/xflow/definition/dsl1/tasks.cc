// One task: which kind it is, what all kinds share, and the kinds that need few words.
#include "xflow/definition/dsl1/tasks.h"

#include <algorithm>
#include <array>

#include "xflow/definition/dsl1/common.h"
#include "xflow/definition/dsl1/events.h"
#include "xflow/definition/dsl1/expressions.h"
#include "xflow/definition/dsl1/faults.h"
#include "xflow/definition/dsl1/suggest.h"

namespace xf::dsl1 {
namespace {

// A kind is known by its key; `also` are the members that only it has beside. `for` stands before `do`, which
// belongs to it where both are there.
struct Kind {
  std::string_view key;
  std::array<std::string_view, 2> also{};
};
constexpr Kind kKinds[] = {{"call", {"with"}}, {"for", {"do", "while"}}, {"do", {}},         {"emit", {}},
                           {"fork", {}},       {"listen", {"foreach"}},  {"raise", {}},      {"run", {}},
                           {"set", {}},        {"switch", {}},           {"try", {"catch"}}, {"wait", {}}};
constexpr std::string_view kShared[] = {"if", "input", "output", "export", "timeout", "then", "metadata"};

}  // namespace

bool is_kind_of_task(std::string_view word) {
  return std::ranges::any_of(kKinds, [word](const Kind& kind) { return kind.key == word; });
}

namespace {

std::vector<std::string_view> kind_names() {
  std::vector<std::string_view> out;
  for (const Kind& kind : kKinds) out.push_back(kind.key);
  return out;
}

void report_no_kind(Context& cx, const Place& place) {
  const auto kinds = kind_names();
  if (is_kind_of_task(place.name()))
    return cx.report.key(place, "the task has no name",
                         "write '- NAME:' and indent '" + std::string(place.name()) + "' below it");
  if (place.node().find("foreach") != nullptr)
    return cx.report.key(Place(place, *place.node().find("foreach")), "'foreach' is no kind of task",
                         "did you mean 'for'?");
  for (const yaml::Entry& entry : place.node().entries) {
    const std::string_view near = nearest(entry.key, kinds);
    if (near.empty() || std::ranges::find(kShared, entry.key) != std::end(kShared)) continue;
    return cx.report.key(Place(place, entry), "'" + entry.key + "' is no kind of task",
                         "did you mean '" + std::string(near) + "'?");
  }
  cx.report.key(place, "the task does not say what to do", suggestion("", kinds));
}

// Two kinds in one task are reported; nullptr when it has none.
const Kind* kind_of_task(Context& cx, const Place& place) {
  const Kind* found = nullptr;
  for (const Kind& kind : kKinds) {
    const yaml::Entry* entry = place.node().find(kind.key);
    if (entry == nullptr) continue;
    if (found == nullptr) {
      found = &kind;
    } else if (std::ranges::find(found->also, kind.key) == found->also.end()) {
      cx.report.key(Place(place, *entry),
                    "a task does one thing, but this one has '" + std::string(found->key) + "' and '" +
                        std::string(kind.key) + "'",
                    "make two tasks of it");
    }
  }
  if (found == nullptr) report_no_kind(cx, place);
  return found;
}

// A second kind in the same task has been reported as such, and is not unknown besides.
std::vector<std::string_view> members_of(const Kind& kind, const Place& place) {
  std::vector<std::string_view> out{kind.key};
  std::ranges::copy_if(kind.also, std::back_inserter(out),
                       [](std::string_view name) { return !name.empty(); });
  out.insert(out.end(), std::begin(kShared), std::end(kShared));
  for (const Kind& other : kKinds) {
    if (&other != &kind && place.node().find(other.key) != nullptr) out.push_back(other.key);
  }
  return out;
}

// ---- the short kinds

plan::Body set_body(Context& cx, const Place& what) {
  if (what.value().is_object() && what.value().size() == 0) {
    cx.report.key(what, "'set' is empty", "give it at least one property");
  }
  if (is_expression(what.value())) strict_since(cx, what, Version::k1_0_1, "an expression as 'set'");
  if (what.value().is_string() && !is_expression(what.value()) && !cx.plan.loose) {
    cx.report.value(what, "'set' is a mapping, or one expression in ${ }",
                    "write ${ " + std::string(what.value().as_string().substr(0, 60)) + " }");
    return plan::Set{};
  }
  return plan::Set{what.value().is_string() ? value(cx, what) : mapping_value(cx, what, "the data to set")};
}

plan::Body wait_body(Context& cx, const Place& what) { return plan::Wait{duration(cx, what)}; }

plan::Body raise_body(Context& cx, const Place& what) {
  const Fields f(cx, what, "a raise", {"error"});
  const auto fault = f.require("error");
  return plan::Raise{fault ? error(cx, *fault) : plan::ErrorTemplate{}};
}

plan::Body emit_body(Context& cx, const Place& what) {
  const Fields f(cx, what, "an emit", {"event"});
  const auto event = f.require("event");
  if (!event) return plan::Emit{};
  const Fields e(cx, *event, "an event to emit", {"with"});
  const auto with = e.require("with");
  return plan::Emit{with ? event_to_emit(cx, *with) : plan::Template{}};
}

plan::Body fork_body(Context& cx, const Place& what) {
  plan::Fork out;
  const Fields f(cx, what, "a fork", {"branches", "compete"});
  if (!f) return out;
  if (const auto list = f.require("branches")) out.branches = branches(cx, *list);
  if (const auto compete = f.get("compete")) out.compete = boolean(cx, *compete, false);
  return out;
}

// A name that expressions can write as $name.
bool is_variable(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && is_letter(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

plan::Template collection(Context& cx, const Place& place) {
  if (!place.value().is_array()) return expression(cx, place).value_or(plan::Template());
  strict_since(cx, place, Version::kMain, "an inline list in 'for.in'");
  for (std::size_t i = 0; cx.is_strict && i < place.node().items.size(); ++i) {
    expect_mapping(cx, Place(place, i), "an item");
  }
  return value(cx, place);
}

}  // namespace

// Reads a variable's name into `out`, which holds the default.
void variable(Context& cx, const Fields& f, std::string_view name, std::string& out) {
  const auto place = f.get(name);
  auto written = place ? text(cx, *place) : std::nullopt;
  if (!written) return;
  // "$item" is a common slip with one possible meaning.
  const bool has_dollar = written->starts_with('$');
  if (has_dollar || !is_variable(*written)) {
    cx.report.value(*place, "'" + *written + "' is not a variable name",
                    has_dollar ? "write it without '$'" : "use letters, digits and '_'");
    return;
  }
  out = *written;
}

namespace {

plan::Body for_body(Context& cx, const Fields& task, const Place& what) {
  plan::For out;
  const Fields f(cx, what, "a loop", {"each", "in", "at"});
  if (f) {
    variable(cx, f, "each", out.each);
    variable(cx, f, "at", out.at);
    if (const auto in = f.require("in")) out.in = collection(cx, *in);
  }
  const ScopedNames names(cx, {out.each, out.at});
  if (const auto condition = task.get("while")) out.while_condition = expression(cx, *condition);
  if (const auto list = task.require("do")) out.list = task_list(cx, *list);
  return out;
}

plan::Body body(Context& cx, const Kind& kind, const Fields& task, const Place& what,
                const Siblings& siblings) {
  if (kind.key == "call") return call_body(cx, task, what);
  if (kind.key == "for") return for_body(cx, task, what);
  if (kind.key == "do") return plan::Do{task_list(cx, what)};
  if (kind.key == "emit") return emit_body(cx, what);
  if (kind.key == "fork") return fork_body(cx, what);
  if (kind.key == "listen") return listen_body(cx, task, what);
  if (kind.key == "raise") return raise_body(cx, what);
  if (kind.key == "run") return run_body(cx, what);
  if (kind.key == "set") return set_body(cx, what);
  if (kind.key == "switch") return switch_body(cx, what, siblings);
  if (kind.key == "try") return try_body(cx, task, what, siblings);
  return wait_body(cx, what);
}

void shared_members(Context& cx, const Fields& f, const Siblings& siblings, plan::Node& node) {
  if (const auto condition = f.get("if")) node.condition = expression(cx, *condition);
  if (const auto input = f.get("input")) node.input = filter(cx, *input, FilterKind::kInput);
  if (const auto output = f.get("output")) node.output = filter(cx, *output, FilterKind::kOutput);
  if (const auto out = f.get("export")) node.export_ = filter(cx, *out, FilterKind::kExport);
  if (const auto after = f.get("timeout")) node.timeout = timeout(cx, *after);
  if (const auto then = f.get("then")) node.then = flow(cx, *then, siblings);
  if (const auto metadata = f.get("metadata")) expect_mapping(cx, *metadata, "metadata");
}

// `composite` names the kinds that only hold others.
bool applies(std::string_view extend, std::string_view kind) {
  return extend == "all" || extend == kind || (extend == "composite" && (kind == "do" || kind == "fork"));
}

}  // namespace

void task(Context& cx, const Place& place, const Siblings& siblings, plan::NodeId id) {
  plan::Node node;
  node.name = std::string(place.name());
  node.reference = place.pointer();
  node.definition = place.value();
  if (!place.value().is_object() && is_kind_of_task(node.name)) {
    report_no_kind(cx, place);
  } else if (expect_mapping(cx, place, "a task")) {
    if (const Kind* kind = kind_of_task(cx, place)) {
      const Fields f(cx, place, "a '" + std::string(kind->key) + "' task", members_of(*kind, place));
      shared_members(cx, f, siblings, node);
      node.body = body(cx, *kind, f, *f.get(kind->key), siblings);
      for (const NamedExtension& e : cx.extensions) {
        if (cx.may_extend && applies(e.extend, kind->key)) node.extensions.push_back(e.extension);
      }
    }
  }
  cx.plan.nodes[id] = std::move(node);
}

}  // namespace xf::dsl1
