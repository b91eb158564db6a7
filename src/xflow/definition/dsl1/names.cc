#include "xflow/definition/dsl1/names.h"

#include <algorithm>

#include "xflow/definition/dsl1/fields.h"

namespace xf::dsl1 {
namespace {

constexpr std::size_t kNameMax = 63;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_resource_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameMax && is_letter_or_digit(name.front()) &&
         is_letter_or_digit(name.back()) &&
         std::ranges::all_of(name, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

}  // namespace

std::string resource_name(Context& cx, const Place& place) {
  auto name = text(cx, place);
  if (!name) return {};
  if (is_resource_name(*name)) return std::move(*name);
  cx.report.value(
      place, "'" + name->substr(0, 80) + "' is not a name: letters, digits and inner hyphens, at most 63");
  return {};
}

std::string semver(Context& cx, const Place& place) {
  const json::Value& value = place.value();
  if (value.is_number()) {
    // 1.0 without quotes is a number in YAML.
    cx.report.value(place, "a version is text with three numbers", "write it in quotes, such as '1.0.0'");
    return {};
  }
  auto version = text(cx, place);
  if (!version) return {};
  if (is_semver(*version)) return std::move(*version);
  cx.report.value(place, "'" + version->substr(0, 80) + "' is not a version",
                  "write three numbers, such as 1.0.0");
  return {};
}

}  // namespace xf::dsl1
