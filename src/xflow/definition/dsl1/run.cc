// Runs: another workflow, and the kinds that this build does not run (container, script, shell), checked in
// full.
#include <algorithm>

#include "xflow/definition/dsl1/common.h"
#include "xflow/definition/dsl1/endpoints.h"
#include "xflow/definition/dsl1/expressions.h"
#include "xflow/definition/dsl1/names.h"
#include "xflow/definition/dsl1/tasks.h"

namespace xf::dsl1 {
namespace {

// A command or script is full of `${` and `$1` of its own language: an expression only when it is one as a
// whole.
void check_code(Context& cx, const Place& place) {
  if (text(cx, place) && is_expression(place.value())) value(cx, place);
}

void check_text(Context& cx, const Fields& f, std::string_view name) {
  if (const auto place = f.get(name)) text_value(cx, *place);
}

void check_mapping(Context& cx, const Fields& f, std::string_view name) {
  if (const auto place = f.get(name)) mapping_value(cx, *place, name);
}

void check_stdin(Context& cx, const Fields& f) {
  const auto place = f.get("stdin");
  if (!place) return;
  strict_since(cx, *place, Version::k1_0_3, "'stdin'");
  check_code(cx, *place);
}

// Up to 1.0.2 a mapping, since 1.0.3 a list; both are accepted.
void check_arguments(Context& cx, const Fields& f) {
  const auto place = f.get("arguments");
  if (!place) return;
  if (cx.is_strict) {
    cx.version < Version::k1_0_3 ? expect_mapping(cx, *place, "arguments")
                                 : expect_list(cx, *place, "arguments");
  }
  if (place->value().is_array()) {
    texts(cx, *place, "arguments");
    value(cx, *place);
  } else {
    mapping_value(cx, *place, "arguments");
  }
}

void check_lifetime(Context& cx, const Place& place) {
  const Fields f(cx, place, "a lifetime", {"cleanup", "after"});
  const auto cleanup = f.require("cleanup");
  if (!cleanup) return;
  const bool eventually = choice(cx, *cleanup, {"always", "never", "eventually"}) == 2;
  const auto after = eventually ? f.require("after") : f.get("after");
  if (!after) return;
  duration(cx, *after);
  if (!eventually) cx.report.key(*after, "'after' is only possible with 'cleanup: eventually'");
}

void check_container(Context& cx, const Place& place) {
  const Fields f(cx, place, "a container",
                 {"image", "name", "command", "ports", "volumes", "environment", "stdin", "arguments",
                  "lifetime", "pullPolicy"});
  if (!f) return;
  if (const auto image = f.require("image")) {
    if (name_text(cx, *image)) text_value(cx, *image);
  }
  check_text(cx, f, "name");
  if (const auto command = f.get("command")) check_code(cx, *command);
  for (const std::string_view name : {"ports", "volumes", "environment"}) check_mapping(cx, f, name);
  check_stdin(cx, f);
  if (const auto arguments = f.get("arguments")) {
    strict_since(cx, *arguments, Version::k1_0_3, "'arguments' of a container");
    texts(cx, *arguments, "arguments");
    value(cx, *arguments);
  }
  if (const auto lifetime = f.get("lifetime")) check_lifetime(cx, *lifetime);
  if (const auto policy = f.get("pullPolicy")) {
    strict_since(cx, *policy, Version::k1_0_3, "'pullPolicy'");
    choice(cx, *policy, {"ifNotPresent", "always", "never"});
  }
}

void check_script(Context& cx, const Place& place) {
  const Fields f(cx, place, "a script", {"language", "stdin", "arguments", "environment", "code", "source"});
  if (!f) return;
  if (const auto language = f.require("language")) name_text(cx, *language);
  check_stdin(cx, f);
  check_arguments(cx, f);
  check_mapping(cx, f, "environment");
  const auto code = f.exactly_one({"code", "source"});
  if (code && code->name() == "code") check_code(cx, *code);
  if (code && code->name() == "source") external_resource(cx, *code);
}

void check_shell(Context& cx, const Place& place) {
  const Fields f(cx, place, "a shell", {"command", "stdin", "arguments", "environment"});
  if (!f) return;
  if (const auto command = f.require("command")) check_code(cx, *command);
  check_stdin(cx, f);
  check_arguments(cx, f);
  check_mapping(cx, f, "environment");
}

plan::RunWorkflow workflow(Context& cx, const Place& place) {
  plan::RunWorkflow out;
  const Fields f(cx, place, "a workflow to run", {"namespace", "name", "version", "input"});
  if (!f) return out;
  if (const auto ns = f.require("namespace")) out.target.ns = resource_name(cx, *ns);
  if (const auto name = f.require("name")) out.target.name = resource_name(cx, *name);
  out.target.version = "latest";
  const auto version = cx.is_strict ? f.require("version") : f.get("version");
  if (version && (!version->value().is_string() || version->value().as_string() != "latest")) {
    out.target.version = semver(cx, *version);
  }
  if (const auto input = f.get("input")) {
    if (cx.is_strict) expect_mapping(cx, *input, "the workflow's input");
    out.input = mapping_value(cx, *input, "the workflow's input");
  }
  return out;
}

}  // namespace

plan::Body run_body(Context& cx, const Place& what) {
  const Fields f(cx, what, "a run", {"await", "return", "container", "script", "shell", "workflow"});
  const auto process = f.exactly_one({"container", "script", "shell", "workflow"});
  const auto await = f.get("await");
  const bool is_awaited = !await || boolean(cx, *await, true);
  if (const auto result = f.get("return")) choice(cx, *result, {"stdout", "stderr", "code", "all", "none"});
  if (!process) return plan::Unavailable{};
  if (process->name() == "workflow") {
    plan::RunWorkflow out = workflow(cx, *process);
    out.await = is_awaited;
    return out;
  }
  if (process->name() == "container") check_container(cx, *process);
  if (process->name() == "script") check_script(cx, *process);
  if (process->name() == "shell") check_shell(cx, *process);
  return plan::Unavailable{"run: " + std::string(process->name())};
}

}  // namespace xf::dsl1
