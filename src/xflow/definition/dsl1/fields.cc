#include "xflow/definition/dsl1/fields.h"

#include <algorithm>

#include "xflow/definition/dsl1/suggest.h"

namespace xf::dsl1 {
namespace {

std::string quoted(std::string_view text) { return "'" + std::string(text.substr(0, 80)) + "'"; }

std::string listed(Names names) {
  std::string out;
  for (const std::string_view name : names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

// How the parts look that newcomers write in another way.
struct Look {
  std::string_view what, look;
};
constexpr Look kLooks[] = {{"a loop", "for: {each: item, in: .items}"},
                           {"a fork", "fork: {branches: [{one: {…}}, {two: {…}}]}"},
                           {"a raise", "raise: {error: {type: https://example.com/errors/name, status: 400}}"},
                           {"a run", "run: {workflow: {namespace: …, name: …, version: …}}"},
                           {"a workflow to run", "workflow: {namespace: …, name: …, version: …}"},
                           {"a schedule", "schedule: {cron: 0 8 * * *}"},
                           {"an emit", "emit: {event: {with: {type: com.example.order.placed}}}"},
                           {"a listen", "listen: {to: {one: {with: {type: com.example.order.placed}}}}"},
                           {"a catch", "catch: {errors: {with: {status: 404}}, do: […]}"},
                           {"an input", "input: {from: .order}"},
                           {"an output", "output: {as: .order}"},
                           {"an export", "export: {as: .order}"},
                           {"functions", "functions: {name: {call: http, with: {…}}}"}};

std::string look_of(std::string_view what) {
  const Look* found = std::ranges::find(kLooks, what, &Look::what);
  return found == std::end(kLooks) ? "" : "it looks like " + std::string(found->look);
}

void wrong_kind(Context& cx, const Place& place, std::string_view expected, std::string hint = {}) {
  if (place.value().is_null()) hint = "give it a value, or leave the property out";
  cx.report.value(place,
                  "expected " + std::string(expected) + ", found " + std::string(kind_of(place.value())),
                  std::move(hint));
}

// What other languages and earlier versions call it.
struct Synonym {
  std::string_view written, meant;
};
constexpr Synonym kSynonyms[] = {{"tasks", "do"},      {"steps", "do"},        {"states", "do"},
                                 {"url", "endpoint"},  {"uri", "endpoint"},    {"args", "with"},
                                 {"params", "with"},   {"arguments", "with"},  {"parameters", "with"},
                                 {"condition", "if"},  {"transition", "then"}, {"next", "then"},
                                 {"goto", "then"},     {"foreach", "for"},     {"parallel", "fork"},
                                 {"data", "body"},     {"payload", "body"},    {"variables", "set"},
                                 {"onError", "catch"}, {"onErrors", "catch"},  {"sleep", "wait"}};

std::string hint_for(std::string_view written, Names names) {
  for (const Synonym& synonym : kSynonyms)
    if (synonym.written == written &&
        (written == "foreach" || std::ranges::find(names, synonym.meant) != names.end()))
      return "did you mean '" + std::string(synonym.meant) + "'?";
  return suggestion(written, names);
}

}  // namespace

Fields::Fields(Context& cx, const Place& place, std::string_view what,
               std::initializer_list<std::string_view> names)
    : Fields(cx, place, what, Names(names.begin(), names.size())) {}

Fields::Fields(Context& cx, const Place& place, std::string_view what, Names names)
    : cx_(cx), place_(place), what_(what), is_mapping_(expect_mapping(cx, place, what)) {
  if (is_mapping_) check_names(names);
}

void Fields::check_names(Names names) {
  for (const yaml::Entry& entry : place_.node().entries) {
    if (std::ranges::find(names, entry.key) != names.end()) continue;
    cx_.report.key(Place(place_, entry),
                   "unknown property " + quoted(entry.key) + " in " + std::string(what_),
                   hint_for(entry.key, names));
  }
}

bool Fields::has(std::string_view name) const { return place_.node().find(name) != nullptr; }

std::optional<Place> Fields::get(std::string_view name) const {
  const yaml::Entry* entry = place_.node().find(name);
  if (entry == nullptr) return std::nullopt;
  return Place(place_, *entry);
}

std::optional<Place> Fields::require(std::string_view name) const {
  auto found = get(name);
  if (!found && is_mapping_) {
    cx_.report.key(place_, "missing property " + quoted(name) + " in " + std::string(what_));
  }
  return found;
}

std::optional<Place> Fields::exactly_one(std::initializer_list<std::string_view> names) const {
  return exactly_one(Names(names.begin(), names.size()));
}

std::optional<Place> Fields::exactly_one(Names names) const {
  if (!is_mapping_) return std::nullopt;
  std::optional<Place> found;
  for (const std::string_view name : names) {
    auto here = get(name);
    if (here && found) {
      cx_.report.key(*here,
                     quoted(here->name()) + " and " + quoted(found->name()) + " exclude each other in " +
                         std::string(what_),
                     "keep exactly one of: " + listed(names));
    } else if (here) {
      found = here;
    }
  }
  if (!found) cx_.report.key(place_, std::string(what_) + " needs one of: " + listed(names));
  return found;
}

std::string_view kind_of(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::kNull: return "nothing";
    case json::Kind::kBool: return "a boolean";
    case json::Kind::kNumber: return "a number";
    case json::Kind::kString: return "text";
    case json::Kind::kArray: return "a list";
    case json::Kind::kObject: return "a mapping";
  }
  return "";
}

bool expect_mapping(Context& cx, const Place& place, std::string_view what) {
  if (place.value().is_object()) return true;
  wrong_kind(cx, place, std::string(what) + " (a mapping)",
             place.value().is_array() && look_of(what).empty() ? "write its members without '- '"
                                                               : look_of(what));
  return false;
}

bool expect_list(Context& cx, const Place& place, std::string_view what) {
  if (place.value().is_array()) return true;
  wrong_kind(cx, place, std::string(what) + " (a list)",
             place.value().is_object() ? "begin each one with '- '" : "");
  return false;
}

std::optional<std::string> text(Context& cx, const Place& place) {
  if (place.value().is_string()) return std::string(place.value().as_string());
  if (place.value().is_number() || place.value().is_bool()) {
    cx.report.value(place, "expected text, found " + std::string(kind_of(place.value())), "put it in quotes");
  } else {
    wrong_kind(cx, place, "text");
  }
  return std::nullopt;
}

std::optional<std::string> name_text(Context& cx, const Place& place) {
  auto out = text(cx, place);
  if (out && out->empty()) {
    cx.report.value(place, "the text is empty", "give it a value");
    return std::nullopt;
  }
  return out;
}

bool boolean(Context& cx, const Place& place, bool otherwise) {
  if (place.value().is_bool()) return place.value().as_bool();
  wrong_kind(cx, place, "true or false");
  return otherwise;
}

std::optional<std::int64_t> integer(Context& cx, const Place& place, std::int64_t min, std::int64_t max) {
  const json::Value& value = place.value();
  if (!value.is_number() || !value.is_int64()) {
    cx.report.value(place,
                    "expected a whole number, found " +
                        (value.is_number() ? "a fraction or one too large" : std::string(kind_of(value))));
    return std::nullopt;
  }
  if (value.as_int64() < min || value.as_int64() > max) {
    cx.report.value(place, "must be from " + std::to_string(min) + " to " + std::to_string(max) + ", is " +
                               std::to_string(value.as_int64()));
    return std::nullopt;
  }
  return value.as_int64();
}

std::size_t choice(Context& cx, const Place& place, Names names) {
  const auto written = text(cx, place);
  if (!written) return 0;
  const auto found = std::ranges::find(names, *written);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  cx.report.value(place, quoted(*written) + " is not possible here", suggestion(*written, names));
  return 0;
}

std::size_t choice(Context& cx, const Place& place, std::initializer_list<std::string_view> names) {
  return choice(cx, place, Names(names.begin(), names.size()));
}

std::vector<std::string> texts(Context& cx, const Place& place, std::string_view what) {
  std::vector<std::string> out;
  if (!expect_list(cx, place, what)) return out;
  for (std::size_t i = 0; i < place.node().items.size(); ++i) {
    if (auto item = name_text(cx, Place(place, i))) out.push_back(std::move(*item));
  }
  return out;
}

void strict_since(Context& cx, const Place& place, Version since, std::string_view what) {
  if (!cx.lacks(since)) return;
  cx.report.key(place,
                std::string(what) + " came " +
                    (since == Version::kMain ? "after 1.0.3" : "with " + std::string(to_string(since))) +
                    "; document.dsl is " + std::string(to_string(cx.version)),
                since == Version::kMain ? "" : "raise document.dsl");
}

}  // namespace xf::dsl1
