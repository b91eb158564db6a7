// JSON with positions. The YAML scanner reads most JSON, not all of it (surrogate pairs, long keys, tabs), so
// JSON has a reader of its own.
#pragma once

#include "base/yaml/parse.h"

namespace xf::yaml {

struct JsonOutcome {
  std::expected<Node, std::vector<Problem>> result;
  bool is_json = false;  // false: it broke JSON's grammar, so it may be YAML
};

// `text` is valid UTF-8 without a byte order mark.
JsonOutcome read_json(std::string_view text, const Limits&);

}  // namespace xf::yaml
