// The text of a document as it was written: where a byte of it stands, and what its author may have meant.
#pragma once

#include <string>
#include <string_view>

#include "base/yaml/node.h"

namespace xf::yaml {

Position position_at(std::string_view text, std::size_t offset);

bool is_indented_by_tab(std::string_view text, Position);
// What to do about a line that is no YAML.
std::string hint_about(std::string_view text, Position);
// What to do about a key that is no plain text.
std::string hint_about_key(std::string_view text, Position);

}  // namespace xf::yaml
