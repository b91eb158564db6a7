#include "xflow/definition/dsl1/version.h"

#include <algorithm>

namespace xf::dsl1 {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_identifier_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

// "0", or digits without a leading zero.
bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit) && (text.size() == 1 || text[0] != '0');
}

template <typename Check>
bool each_part(std::string_view text, Check check) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!check(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_identifier_char);
}
bool is_prerelease_part(std::string_view text) {
  return is_identifier(text) && (!std::ranges::all_of(text, is_digit) || is_number(text));
}

}  // namespace

std::string_view to_string(Version version) {
  constexpr std::string_view kNames[] = {"1.0.0", "1.0.1", "1.0.2", "1.0.3", "main"};
  return kNames[static_cast<std::size_t>(version)];
}

bool is_semver(std::string_view text) {
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    if (!each_part(text.substr(plus + 1), is_identifier)) return false;
    text = text.substr(0, plus);
  }
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    if (!each_part(text.substr(dash + 1), is_prerelease_part)) return false;
    text = text.substr(0, dash);
  }
  return std::ranges::count(text, '.') == 2 && each_part(text, is_number);
}

std::optional<Version> version_of(std::string_view dsl) {
  if (!dsl.starts_with("1.")) return std::nullopt;
  const std::string_view release = dsl.substr(0, dsl.find_first_of("-+"));
  for (const Version v : {Version::k1_0_0, Version::k1_0_1, Version::k1_0_2, Version::k1_0_3}) {
    if (release == to_string(v)) return v;
  }
  return Version::kMain;
}

}  // namespace xf::dsl1
