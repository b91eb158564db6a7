#include "xflow/runtime/embedded/semver.h"

#include <algorithm>

namespace xf::runtime::embedded {

namespace {

std::string_view without_build(std::string_view version) { return version.substr(0, version.find('+')); }

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

int sign(std::strong_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

int compare_numbers(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return sign(a <=> b);
}

// Numbers by value and below all words; words by their characters.
int compare_identifiers(std::string_view a, std::string_view b) {
  const bool number_a = is_number(a), number_b = is_number(b);
  if (number_a && number_b) return compare_numbers(a, b);
  if (number_a != number_b) return number_a ? -1 : 1;
  return sign(a <=> b);
}

int compare_dotted(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const auto dot_a = std::min(a.find('.'), a.size()), dot_b = std::min(b.find('.'), b.size());
    if (const int order = compare_identifiers(a.substr(0, dot_a), b.substr(0, dot_b)); order != 0)
      return order;
    a.remove_prefix(std::min(dot_a + 1, a.size()));
    b.remove_prefix(std::min(dot_b + 1, b.size()));
  }
  return a.empty() ? (b.empty() ? 0 : -1) : 1;
}

}  // namespace

bool is_prerelease(std::string_view version) {
  return without_build(version).find('-') != std::string_view::npos;
}

int compare_versions(std::string_view a, std::string_view b) {
  a = without_build(a);
  b = without_build(b);
  const auto core_a = a.substr(0, a.find('-')), core_b = b.substr(0, b.find('-'));
  if (const int order = compare_dotted(core_a, core_b); order != 0) return order;
  if (is_prerelease(a) != is_prerelease(b)) return is_prerelease(a) ? -1 : 1;
  return compare_dotted(a.substr(core_a.size()), b.substr(core_b.size()));
}

}  // namespace xf::runtime::embedded
