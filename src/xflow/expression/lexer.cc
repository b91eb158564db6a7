// See lexer.h.
#include "xflow/expression/lexer.h"

#include <algorithm>
#include <array>

namespace xf::expression {
namespace {

constexpr std::array<std::string_view, 19> kKeywords = {
    "and",    "as",      "break", "catch",  "def", "elif",   "else", "end", "foreach", "if",
    "import", "include", "label", "module", "or",  "reduce", "then", "try", "__loc__"};

// Longest first, so that the first that fits is the token.
constexpr std::array<std::string_view, 35> kPuncts = {
    "?//", "//=", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "//", "..", ".", "?", "=", ";",
    ",",   ":",   "|",  "+",  "-",  "*",  "/",  "%",  "<",  ">",  "(",  ")",  "[",  "]",  "{", "}", "$"};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool is_part(char c) { return is_start(c) || is_digit(c); }

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&out](std::uint32_t b) { out.push_back(static_cast<char>(b)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F)), byte(0x80 | (code >> 6 & 0x3F)),
        byte(0x80 | (code & 0x3F));
  }
}

}  // namespace

bool is_keyword(std::string_view word) noexcept {
  if (word.size() < 2 || word.size() > 7 || word == "__loc__") return false;
  return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end();
}

CompileError error_at(std::string_view source, std::size_t offset, std::string message, std::string hint) {
  offset = std::min(offset, source.size());
  const auto before = source.substr(0, offset);
  const auto newline = before.rfind('\n');
  CompileError error;
  error.offset = static_cast<std::uint32_t>(offset);
  error.line = 1 + static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  error.column = static_cast<std::uint32_t>(newline == before.npos ? offset + 1 : offset - newline);
  error.message = std::move(message);
  error.hint = std::move(hint);
  return error;
}

void Lexer::skip_comment() {
  // A backslash carries the comment over the end of its line; an escaped backslash does not.
  while (at_ < source_.size() && source_[at_] != '\n') {
    if (source_[at_] == '\\') {
      if (peek(1) == '\\' || peek(1) == '\n') {
        ++at_;
      } else if (peek(1) == '\r' && peek(2) == '\n') {
        at_ += 2;
      }
    }
    ++at_;
  }
}

void Lexer::skip_blank() {
  for (; at_ < source_.size(); ++at_) {
    const char c = source_[at_];
    if (c == '#') {
      skip_comment();
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      return;
    }
  }
}

Lexeme Lexer::take(Token token, std::size_t start, std::size_t cut) const noexcept {
  const std::size_t end = std::min(at_, source_.size());
  return {token, static_cast<std::uint32_t>(start), source_.substr(start + cut, end - start - cut)};
}

Lexeme Lexer::word(std::size_t start, Token token) {
  const auto run = [this] {
    while (is_part(peek())) ++at_;
  };
  run();
  while (token != Token::kField && peek() == ':' && peek(1) == ':' && is_start(peek(2))) at_ += 2, run();
  Lexeme result = take(token, start, token == Token::kName ? 0 : 1);
  if (token == Token::kName && is_keyword(result.text)) result.token = Token::kKeyword;
  return result;
}

Lexeme Lexer::number(std::size_t start) {
  while (is_digit(peek())) ++at_;
  if (peek() == '.') {
    ++at_;
    while (is_digit(peek())) ++at_;
  }
  if (peek() == 'e' || peek() == 'E') {
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if (is_digit(peek(1 + sign))) {
      at_ += 1 + sign;
      while (is_digit(peek())) ++at_;
    }
  }
  return take(Token::kNumber, start);
}

Lexeme Lexer::punct(std::size_t start) {
  const auto rest = source_.substr(start);
  for (const auto candidate : kPuncts) {
    if (!rest.starts_with(candidate)) continue;
    at_ = start + candidate.size();
    return take(Token::kPunct, start);
  }
  ++at_;
  return take(Token::kInvalid, start);
}

Lexeme Lexer::next() {
  skip_blank();
  const std::size_t start = at_;
  if (start >= source_.size()) return {Token::kEnd, static_cast<std::uint32_t>(source_.size()), {}};
  const char c = peek();
  if (is_start(c)) return word(start, Token::kName);
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number(start);
  if (c == '.' && is_start(peek(1))) return ++at_, word(start, Token::kField);
  if (c == '$' && is_start(peek(1))) return ++at_, word(start, Token::kVariable);
  if (c == '"') return ++at_, take(Token::kQuote, start);
  if (c == '@' && is_part(peek(1))) {
    ++at_;
    while (is_part(peek())) ++at_;
    return take(Token::kFormat, start);
  }
  return punct(start);
}

std::expected<bool, CompileError> Lexer::string_part(std::string& out) {
  while (at_ < source_.size()) {
    const std::size_t stop = source_.find_first_of("\"\\", at_);
    if (stop == source_.npos) break;
    out.append(source_.substr(at_, stop - at_));
    at_ = stop + 1;
    if (source_[stop] == '"') return true;
    if (peek() == '(') return ++at_, false;
    if (auto ok = escape(out); !ok) return std::unexpected(std::move(ok).error());
  }
  return std::unexpected(error_at(source_, source_.size(), "the string does not end", "close it with \""));
}

bool Lexer::hex4(std::uint32_t& code) noexcept {
  code = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const char c = peek(i);
    const char lower = static_cast<char>(c | 0x20);
    if (!is_digit(c) && !(lower >= 'a' && lower <= 'f')) return false;
    code = code << 4 | static_cast<std::uint32_t>(is_digit(c) ? c - '0' : lower - 'a' + 10);
  }
  at_ += 4;
  return true;
}

std::expected<void, CompileError> Lexer::escape(std::string& out) {
  constexpr std::string_view kNames = "\"\\/bfnrt", kValues = "\"\\/\b\f\n\r\t";
  const char c = peek();
  if (const auto i = kNames.find(c); at_ < source_.size() && i != kNames.npos) {
    out.push_back(kValues[i]);
    ++at_;
    return {};
  }
  std::uint32_t code = 0;
  if (c != 'u' || (++at_, !hex4(code))) {
    return std::unexpected(error_at(source_, at_ - 1, "invalid escape in a string",
                                    "the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX and \\(…)"));
  }
  if (code >= 0xD800 && code < 0xDC00 && peek() == '\\' && peek(1) == 'u') {
    const std::size_t before = at_;
    std::uint32_t low = 0;
    at_ += 2;
    if (hex4(low) && low >= 0xDC00 && low < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else {
      at_ = before;
    }
  }
  append_utf8(out, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
  return {};
}

}  // namespace xf::expression
