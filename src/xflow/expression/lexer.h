// Lexer: tokens of the expression language, one at a time. A string is not one token: the parser sees its
// opening quote and asks for each piece of text, because an interpolation nests a whole query.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "xflow/expression/program.h"

namespace xf::expression {

enum class Token : std::uint8_t {
  kEnd,
  kInvalid,
  kName,      // foo, foo::bar; also `true`, `null`
  kKeyword,   // reserved words
  kField,     // .foo    (text without the dot)
  kVariable,  // $foo    (text without the dollar)
  kFormat,    // @foo    (text with the at)
  kNumber,
  kQuote,  // the start of a string
  kPunct,  // operators and brackets
};

struct Lexeme {
  Token token = Token::kEnd;
  std::uint32_t offset = 0;
  std::string_view text;
  bool is(std::string_view punct) const noexcept { return token == Token::kPunct && text == punct; }
  bool is_word(std::string_view word) const noexcept { return token == Token::kKeyword && text == word; }
};

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  Lexeme next();
  // After kQuote, and after each interpolation: appends the text up to the closing quote (true) or to `\(`
  // (false).
  std::expected<bool, CompileError> string_part(std::string& out);

  std::string_view source() const noexcept { return source_; }

 private:
  char peek(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  void skip_blank();
  void skip_comment();
  Lexeme take(Token, std::size_t start, std::size_t cut = 0) const noexcept;
  Lexeme word(std::size_t start, Token);
  Lexeme number(std::size_t start);
  Lexeme punct(std::size_t start);
  std::expected<void, CompileError> escape(std::string& out);
  bool hex4(std::uint32_t& code) noexcept;

  std::string_view source_;
  std::size_t at_ = 0;
};

bool is_keyword(std::string_view) noexcept;
// Fills in line and column from the offset.
CompileError error_at(std::string_view source, std::size_t offset, std::string message,
                      std::string hint = {});

}  // namespace xf::expression
