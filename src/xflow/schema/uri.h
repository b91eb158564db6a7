// References between schemas: RFC 3986's resolution, as far as `$id` and `$ref` need it. No I/O.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace xf::schema {

// "http://a/b#c": everything before the first '#', and what follows it (without '#').
struct SplitUri {
  std::string_view base;
  std::string_view fragment;
};
SplitUri split_fragment(std::string_view uri);

// RFC 3986, section 5.2: `reference` as seen from `base`. Never fails: what cannot be resolved stays as it
// is.
std::string resolve_uri(std::string_view base, std::string_view reference);

// "%41" -> "A"; nullopt when a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view);

}  // namespace xf::schema
