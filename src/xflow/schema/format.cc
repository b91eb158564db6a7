// The table of formats, and the small ones.
#include "xflow/schema/format.h"

#include <algorithm>
#include <utility>

#include "xflow/schema/characters.h"
#include "xflow/schema/pattern.h"

namespace xf::schema {
namespace format {

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_json_pointer(std::string_view text) {
  if (!text.empty() && text[0] != '/') return false;
  for (std::size_t i = text.find('~'); i != std::string_view::npos; i = text.find('~', i + 1)) {
    if (i + 1 >= text.size() || (text[i + 1] != '0' && text[i + 1] != '1')) return false;
  }
  return true;
}

bool is_relative_json_pointer(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || (digits > 1 && text[0] == '0')) return false;
  const std::string_view rest = text.substr(digits);
  return rest == "#" || is_json_pointer(rest);
}

bool is_regex(std::string_view text) { return Pattern::compile(text).has_value(); }

}  // namespace format

FormatCheck find_format(std::string_view name) {
  static constexpr std::pair<std::string_view, FormatCheck> kFormats[] = {
      {"date", format::is_date},
      {"date-time", format::is_date_time},
      {"duration", format::is_duration},
      {"email", format::is_email},
      {"hostname", format::is_hostname},
      {"idn-email", format::is_idn_email},
      {"ipv4", format::is_ipv4},
      {"ipv6", format::is_ipv6},
      {"iri", format::is_iri},
      {"iri-reference", format::is_iri_reference},
      {"json-pointer", format::is_json_pointer},
      {"regex", format::is_regex},
      {"relative-json-pointer", format::is_relative_json_pointer},
      {"time", format::is_time},
      {"uri", format::is_uri},
      {"uri-reference", format::is_uri_reference},
      {"uri-template", format::is_uri_template},
      {"uuid", format::is_uuid},
  };
  const auto found = std::ranges::find(kFormats, name, &std::pair<std::string_view, FormatCheck>::first);
  return found == std::end(kFormats) ? nullptr : found->second;
}

}  // namespace xf::schema
