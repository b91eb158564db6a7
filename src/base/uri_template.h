// URI templates (RFC 6570, level 1): "{name}" is replaced by a value, percent-encoded. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace xf {

// Everything but RFC 3986's unreserved characters becomes %XX (upper case), byte by byte.
std::string percent_encode(std::string_view);
// %XX becomes its byte; anything else stays. Invalid: a '%' without two hexadecimal digits.
Result<std::string> percent_decode(std::string_view);

class UriTemplate {
 public:
  // Invalid: an unclosed or empty "{…}", a lone "}", or an operator or modifier of level 2 to 4.
  static Result<UriTemplate> parse(std::string_view);

  // No value means the empty text, as the RFC has it; a caller that wants a fault asks names() first.
  using Lookup = std::function<std::optional<std::string>(std::string_view name)>;
  std::string expand(const Lookup&) const;

  std::vector<std::string> names() const;  // in order of appearance, repeated as they are

 private:
  struct Part {
    std::string text;
    bool is_variable = false;
  };
  std::vector<Part> parts_;
};

}  // namespace xf
