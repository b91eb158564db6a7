// The standard's own schemas, by their addresses: what `$ref` to
// "https://json-schema.org/draft/2020-12/schema" finds.
#pragma once

#include <string_view>

namespace xf::schema {

inline constexpr std::string_view kDraft202012 = "https://json-schema.org/draft/2020-12/schema";
inline constexpr std::string_view kDraft07 = "http://json-schema.org/draft-07/schema";
inline constexpr std::string_view kVocabulary202012 = "https://json-schema.org/draft/2020-12/vocab/";

// JSON text; empty when the address (without fragment) is none of the standard's.
std::string_view metaschema_text(std::string_view uri);

}  // namespace xf::schema
