#include "xflow/definition/dsl1/faults.h"

#include <algorithm>

#include "xflow/definition/dsl1/common.h"
#include "xflow/definition/dsl1/expressions.h"
#include "xflow/definition/dsl1/fields.h"

namespace xf::dsl1 {
namespace {

constexpr std::int64_t kStatusMax = 999;
constexpr std::string_view kFilterNames[] = {"type", "status", "instance", "title", "detail", "details"};

plan::Template error_type(Context& cx, const Place& place) {
  if (place.value().is_string() && place.value().as_string().find("${") != std::string_view::npos) {
    return value(cx, place);
  }
  check_uri(cx, place);
  return plan::Template::literal(place.value());
}

plan::Template error_instance(Context& cx, const Place& place) {
  plan::Template out = text_value(cx, place);
  const bool is_pointer = !out.is_literal() || !out.value().is_string() || out.value().size() == 0 ||
                          out.value().as_string().starts_with('/');
  if (!is_pointer) cx.report.value(place, "not a JSON Pointer", "it begins with '/', as in /do/0/getPet");
  return out;
}

plan::Template status(Context& cx, const Place& place) {
  if (is_expression(place.value())) {
    cx.report.value(place, "the status must be a fixed number, not an expression");
    return {};
  }
  const auto number = integer(cx, place, 0, kStatusMax);
  return plan::Template::literal(number ? json::Value::integer(*number) : json::Value());
}

// What the docs up to 1.0.3 show: the filter without `with` around it.
bool is_bare_filter(const Place& place) {
  if (!place.value().is_object() || place.node().find("with") != nullptr) return false;
  return std::ranges::any_of(kFilterNames,
                             [&](std::string_view n) { return place.node().find(n) != nullptr; });
}

plan::ErrorFilter filter_definition(Context& cx, const Place& place) {
  plan::ErrorFilter out;
  const Fields f(cx, place, "an error filter", kFilterNames);
  if (!f) return out;
  if (place.value().size() == 0)
    cx.report.key(place, "the error filter is empty", "leave it out to catch every error");
  const auto read = [&](std::string_view name, std::optional<plan::Template>& into) {
    if (const auto member = f.get(name)) into = text_value(cx, *member);
  };
  read("type", out.type);
  read("instance", out.instance);
  read("title", out.title);
  read("details", out.detail);
  read("detail", out.detail);
  if (const auto number = f.get("status")) out.status = status(cx, *number);
  return out;
}

plan::Backoff backoff(Context& cx, const Place& place) {
  constexpr std::string_view kNames[] = {"constant", "linear", "exponential"};
  const Fields f(cx, place, "a backoff", kNames);
  const auto kind = f.exactly_one(kNames);
  if (!kind) return plan::Backoff::kConstant;
  expect_mapping(cx, *kind, "the backoff's settings, {}");
  return static_cast<plan::Backoff>(std::ranges::find(kNames, kind->name()) - std::begin(kNames));
}

void limit(Context& cx, const Place& place, plan::RetryPolicy& out) {
  const Fields f(cx, place, "a retry limit", {"attempt", "duration"});
  if (!f) return;
  if (const auto total = f.get("duration")) out.total_duration = duration(cx, *total);
  const auto attempt = f.get("attempt");
  if (!attempt) return;
  const Fields a(cx, *attempt, "an attempt limit", {"count", "duration"});
  if (const auto each = a.get("duration")) out.attempt_duration = duration(cx, *each);
  if (const auto count = a.get("count")) {
    if (const auto number = integer(cx, *count, 0, 1'000'000))
      out.attempts_max = static_cast<std::uint32_t>(*number);
  }
}

void jitter(Context& cx, const Place& place, plan::RetryPolicy& out) {
  const Fields f(cx, place, "a jitter", {"from", "to"});
  const auto from = f.require("from"), to = f.require("to");
  if (!from || !to) return;
  out.jitter = {duration(cx, *from), duration(cx, *to)};
  const auto& [low, high] = *out.jitter;
  if (low.expression || high.expression || low.months != high.months) return;
  if (low.milliseconds > high.milliseconds)
    cx.report.value(*to, "the jitter's 'to' is shorter than its 'from'");
}

}  // namespace

plan::ErrorTemplate error_definition(Context& cx, const Place& place) {
  plan::ErrorTemplate out;
  const Fields f(cx, place, "an error", {"type", "status", "instance", "title", "detail"});
  if (!f) return out;
  if (const auto type = f.require("type")) out.type = error_type(cx, *type);
  if (const auto number = f.require("status")) out.status = status(cx, *number);
  if (const auto instance = f.get("instance")) out.instance = error_instance(cx, *instance);
  if (const auto title = f.get("title")) out.title = text_value(cx, *title);
  if (const auto detail = f.get("detail")) out.detail = text_value(cx, *detail);
  return out;
}

plan::ErrorTemplate error(Context& cx, const Place& place) {
  if (!place.value().is_string()) return error_definition(cx, place);
  NamedPart* part = named_part(cx, place, cx.errors, "error");
  return part == nullptr ? plan::ErrorTemplate{} : error_definition(cx, part->place);
}

std::optional<plan::ErrorFilter> error_filter(Context& cx, const Place& place) {
  if (is_bare_filter(place)) {
    if (cx.is_strict) cx.report.key(place, "the filter stands in errors.with", "write errors: {with: …}");
    return filter_definition(cx, place);
  }
  const Fields f(cx, place, "the caught errors", {"with"});
  const auto with = f.get("with");
  if (!with) return std::nullopt;
  return filter_definition(cx, *with);
}

plan::RetryPolicy retry_definition(Context& cx, const Place& place) {
  plan::RetryPolicy out;
  const Fields f(cx, place, "a retry policy", {"when", "exceptWhen", "delay", "backoff", "limit", "jitter"});
  if (!f) return out;
  if (const auto when = f.get("when")) out.when = expression(cx, *when);
  if (const auto except = f.get("exceptWhen")) out.except_when = expression(cx, *except);
  if (const auto delay = f.get("delay")) out.delay = duration(cx, *delay);
  if (const auto how = f.get("backoff")) out.backoff = backoff(cx, *how);
  if (const auto bounds = f.get("limit")) limit(cx, *bounds, out);
  if (const auto spread = f.get("jitter")) jitter(cx, *spread, out);
  return out;
}

std::optional<plan::RetryPolicy> retry(Context& cx, const Place& place) {
  if (!place.value().is_string()) return retry_definition(cx, place);
  NamedPart* part = named_part(cx, place, cx.retries, "retry policy");
  if (part == nullptr) return std::nullopt;
  return retry_definition(cx, part->place);
}

}  // namespace xf::dsl1
