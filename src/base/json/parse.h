// Reading JSON text, within limits of size and depth.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/json/value.h"

namespace xf::json {

struct ParseOptions {
  std::size_t bytes_max = 64u << 20;
  std::uint32_t depth_max = kDepthMax;
  bool jq_extensions = false;  // NaN, nan, Infinity, as jq's fromjson and its inputs accept them
};

struct ParseError {
  std::size_t offset = 0;              // bytes from the start
  std::uint32_t line = 1, column = 1;  // 1-based; column counts bytes
  std::string message;
};

// Exactly one JSON text, surrounded by white space only. Invalid UTF-8 is refused.
std::expected<Value, ParseError> parse_at(std::string_view text, const ParseOptions& = {});
// The same, with the position inside the message (Code::kInvalid).
Result<Value> parse(std::string_view text, const ParseOptions& = {});

// Several JSON texts, one behind the other, with or without white space between them. After an error there is no next.
class Reader {
 public:
  // `text` outlives this.
  Reader(std::string_view text, const ParseOptions& options) : text_(text), options_(options) {}
  // Nothing: the end.
  std::expected<std::optional<Value>, ParseError> next();

 private:
  std::string_view text_;
  ParseOptions options_;
  std::size_t offset_ = 0;
};

}  // namespace xf::json
