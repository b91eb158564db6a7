// Regular expressions with jq's flags. Compiled ones are kept for one evaluation.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "base/regex/regex.h"
#include "xflow/expression/native.h"

namespace xf::expression {

// A regular expression and what searching it must know.
struct CompiledRegex {
  std::string text, flags;  // the flags without `g`
  Regex regex;
  std::vector<json::Value> names;  // of group 1 and on, null where there is none
  bool unbounded = false;          // has * or + or {n,}: one attempt may read the whole text
  bool whole = false;              // must be searched in one go
  bool in_word = false;            // matches no space, so that an attempt ends at one
  bool looks_on = false;           // may read on behind what it matches
};

// The regular expressions that one evaluation uses, the latest few of them.
class RegexCache {
 public:
  // Flags are valid ones.
  std::expected<std::shared_ptr<const CompiledRegex>, Failure> get(Context&, std::string_view pattern,
                                                             std::string flags);

 private:
  std::vector<std::shared_ptr<const CompiledRegex>> patterns_;
  std::size_t oldest_ = 0;
};

}  // namespace xf::expression
