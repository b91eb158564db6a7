// Pattern: a regular expression of ECMA-262 with the `u` flag, as `pattern` and `patternProperties` mean it,
// searched by Oniguruma. The text is translated first: the two languages differ in `$`, `.`, `\d`, `\s`, `\b`
// and classes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/regex/regex.h"
#include "base/result.h"

namespace xf::schema {

// The same expression in Perl's syntax. Code::kInvalid says what is wrong and at which byte.
Result<std::string> translate_ecma(std::string_view pattern);

class Pattern {
 public:
  static Result<Pattern> compile(std::string_view pattern);

  // Finds the pattern anywhere in `text`. `work` grows by what the search cost; kLimit: it would cost more
  // than `work_max`, or is hopeless.
  Regex::Found search(std::string_view text, std::uint64_t& work, std::uint64_t work_max) const;

  const std::string& source() const noexcept { return source_; }

 private:
  Pattern(std::string source, Regex regex) : source_(std::move(source)), regex_(std::move(regex)) {}

  std::string source_;
  Regex regex_;
};

}  // namespace xf::schema
