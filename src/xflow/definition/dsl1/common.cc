#include "xflow/definition/dsl1/common.h"

#include <algorithm>

#include "xflow/definition/dsl1/endpoints.h"
#include "xflow/definition/dsl1/expressions.h"
#include "xflow/definition/dsl1/fields.h"
#include "xflow/definition/dsl1/suggest.h"
#include "xflow/definition/dsl1/uri.h"
#include "xflow/definition/plan/duration.h"

namespace xf::dsl1 {
namespace {

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool is_escape = token[i] == '~' && i + 1 < token.size();
    out += is_escape ? (token[++i] == '1' ? '/' : '~') : token[i];
  }
  return out;
}

// Reports at the part of the schema that `pointer` (from the schema's root) names, as far as it leads.
void report_at(Context& cx, const Place& place, std::string_view pointer, const std::string& message) {
  if (!pointer.starts_with('/')) return cx.report.value(place, message);
  const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
  const std::string token = unescaped(pointer.substr(1, end - 1));
  if (const yaml::Entry* entry = place.node().find(token)) {
    return report_at(cx, Place(place, *entry), pointer.substr(end), message);
  }
  const bool is_index = place.value().is_array() && !token.empty() && token.size() < 7 &&
                        token.find_first_not_of("0123456789") == std::string::npos;
  if (is_index && std::stoul(token) < place.node().items.size()) {
    return report_at(cx, Place(place, std::stoul(token)), pointer.substr(end), message);
  }
  cx.report.value(place, message);
}

void inline_schema(Context& cx, const Place& document, plan::SchemaRef& out) {
  auto compiled = schema::Schema::compile(document.value());
  if (compiled) {
    out.inline_schema = std::move(*compiled);
    return;
  }
  // "the schema is wrong at /properties/a: why": the place becomes the problem's own.
  constexpr std::string_view kAt = "the schema is wrong at ";
  const std::string_view message = compiled.error().message;
  const std::size_t colon = message.find(": ");
  if (!message.starts_with(kAt) || colon == std::string_view::npos) {
    return cx.report.value(document, "the schema does not compile: " + std::string(message));
  }
  report_at(cx, document, message.substr(kAt.size(), colon - kAt.size()),
            "the schema is wrong: " + std::string(message.substr(colon + 2)));
}

void external_schema(Context& cx, const Place& place, plan::SchemaRef& out) {
  const plan::ExternalResource resource = external_resource(cx, place);
  if (resource.endpoint.uri.value().is_string()) {
    out.uri = resource.endpoint.uri.value().as_string();
    out.authentication = resource.endpoint.authentication;
  } else if (!resource.endpoint.uri.is_literal()) {
    cx.report.value(place, "a schema's address must be fixed, not an expression");
  }
}

// schema: {type: object, …}
bool is_bare_schema(const Place& place) {
  const yaml::Node& node = place.node();
  return !node.find("document") && !node.find("resource") &&
         (node.find("type") || node.find("properties") || node.find("$ref"));
}

plan::SchemaRef schema_ref(Context& cx, const Place& place) {
  plan::SchemaRef out;
  if (is_bare_schema(place)) {
    cx.report.key(place, "the schema stands where its description belongs", "write schema: {document: {…}}");
    return out;
  }
  const Fields f(cx, place, "a schema", {"format", "document", "resource"});
  if (!f) return out;
  if (const auto format = f.get("format")) {
    const auto name = text(cx, *format);
    if (name && *name != "json" && !name->starts_with("json:")) {
      cx.report.value(*format, "schemas of the format '" + *name + "' are not available in this build",
                      "use json");
    }
  }
  const auto form = f.exactly_one({"document", "resource"});
  if (!form) return out;
  form->name() == "document" ? inline_schema(cx, *form, out) : external_schema(cx, *form, out);
  return out;
}

}  // namespace

NamedPart* named_part(Context& cx, const Place& place, NamedParts& parts, std::string_view what) {
  const auto name = name_text(cx, place);
  if (!name) return nullptr;
  const auto found = parts.find(*name);
  if (found != parts.end()) {
    found->second.is_used = true;
    return &found->second;
  }
  std::vector<std::string_view> known;
  for (const auto& [key, part] : parts) known.push_back(key);
  const std::string near = suggestion(*name, known);
  cx.report.value(place, "no " + std::string(what) + " '" + *name + "' is defined in 'use'",
                  near.empty() ? "define it there, or write it here" : near);
  return nullptr;
}

namespace {

// "5s", "10 minutes": how people say it.
std::string duration_meant(const json::Value& written) {
  if (!written.is_string()) return {};
  const std::string_view text = written.as_string();
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::size_t word = std::min(text.find_first_not_of(' ', digits), text.size());
  if (digits == 0 || digits > 6 || word == text.size()) return {};
  const std::string number(text.substr(0, digits));
  const std::string_view unit = text.substr(word);
  if (unit.starts_with("ms") || unit.starts_with("milli")) return "write {milliseconds: " + number + "}";
  switch (unit.front()) {
    case 's': return "write PT" + number + "S";
    case 'm': return "write PT" + number + "M";
    case 'h': return "write PT" + number + "H";
    case 'd': return "write P" + number + "D";
    default: return {};
  }
}

}  // namespace

plan::Duration duration(Context& cx, const Place& place) {
  plan::Duration out;
  if (is_expression(place.value())) {
    strict_since(cx, place, Version::k1_0_2, "an expression as a duration");
    out.expression = value(cx, place);
    return out;
  }
  auto parsed = plan::parse_duration(place.value());
  if (parsed) return std::move(*parsed);
  cx.report.value(place, parsed.error().message, duration_meant(place.value()));
  return out;
}

plan::Duration timeout_definition(Context& cx, const Place& place) {
  const Fields f(cx, place, "a timeout", {"after"});
  const auto after = f.require("after");
  return after ? duration(cx, *after) : plan::Duration{};
}

std::optional<plan::Duration> timeout(Context& cx, const Place& place) {
  if (!place.value().is_string()) return timeout_definition(cx, place);
  if (plan::parse_duration(place.value())) {
    cx.report.value(place, "a timeout is a name of use.timeouts or a mapping",
                    "write {after: " + std::string(place.value().as_string()) + "}");
    return std::nullopt;
  }
  NamedPart* part = named_part(cx, place, cx.timeouts, "timeout");
  if (part == nullptr) return std::nullopt;
  return timeout_definition(cx, part->place);
}

bool check_uri(Context& cx, const Place& place, Relative relative) {
  const auto uri = text(cx, place);
  if (!uri) return false;
  const std::string problem = uri_problem(*uri);
  if (!problem.empty()) {
    cx.report.value(place, "not a URI: " + problem);
    return false;
  }
  if (relative == Relative::kSinceMain && !is_absolute_uri(*uri))
    strict_since(cx, place, Version::kMain, "a relative URI");
  return true;
}

plan::Filter filter(Context& cx, const Place& place, FilterKind kind) {
  plan::Filter out;
  const std::string_view how = kind == FilterKind::kInput ? "from" : "as";
  const std::string_view what = kind == FilterKind::kInput    ? "an input"
                                : kind == FilterKind::kOutput ? "an output"
                                                              : "an export";
  const Fields f(cx, place, what, {"schema", how});
  if (!f) return out;
  if (const auto schema = f.get("schema")) out.schema = schema_ref(cx, *schema);
  if (const auto by = f.get(how)) out.transform = transform(cx, *by);
  return out;
}

}  // namespace xf::dsl1
