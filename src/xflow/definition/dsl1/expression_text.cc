#include "xflow/definition/dsl1/expression_text.h"

#include <algorithm>

namespace xf::dsl1 {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Walks over an expression's text and knows for each byte whether it is code, or inside a string or comment.
class CodeWalk {
 public:
  explicit CodeWalk(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  std::size_t at() const { return at_; }
  bool done() const { return at_ >= text_.size(); }
  // False inside a string.
  bool in_code() const { return stack_.empty() || stack_.back() != '"'; }
  // True when a `}` that no `{` of the expression opened has just been passed.
  bool ended() const { return ended_; }

  void next() {
    const char c = text_[at_];
    if (!in_code()) return in_string(c);
    switch (c) {
      case '"': stack_.push_back('"'); break;
      case '{':
      case '(':
      case '[': stack_.push_back(c); break;
      case '}': close_brace(); break;
      case ')':
      case ']':
        if (in_bracket()) stack_.pop_back();
        break;
      case '#': return skip_comment();
      default: break;
    }
    ++at_;
  }

 private:
  void in_string(char c) {
    if (c == '"') stack_.pop_back();
    if (c == '\\') {
      ++at_;
      if (!done() && text_[at_] == '(') stack_.push_back('(');
    }
    ++at_;
  }
  bool in_bracket() const { return !stack_.empty() && (stack_.back() == '(' || stack_.back() == '['); }

  // Brackets that are still open inside the braces are a mistake, which the compiler will name.
  void close_brace() {
    while (in_bracket()) stack_.pop_back();
    if (stack_.empty()) ended_ = true;
    if (!stack_.empty() && stack_.back() == '{') stack_.pop_back();
  }
  void skip_comment() {
    const std::size_t end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end;
  }

  std::string_view text_;
  std::size_t at_;
  std::vector<char> stack_;
  bool ended_ = false;
};

// The offset of the `}` that closes what begins at `from`; npos when there is none.
std::size_t closing_brace(std::string_view text, std::size_t from) {
  CodeWalk walk(text, from);
  while (!walk.done()) {
    walk.next();
    if (walk.ended()) return walk.at() - 1;
  }
  return std::string_view::npos;
}

}  // namespace

Pieces split(std::string_view text) {
  Pieces out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = std::min(text.find("${", at), text.size());
    if (open > at) out.pieces.push_back({false, at, open});
    if (open == text.size()) break;
    const std::size_t close = closing_brace(text, open + 2);
    if (close == std::string_view::npos) {
      out.is_closed = false;
      out.open_at = open;
      break;
    }
    out.pieces.push_back({true, open + 2, close});
    at = close + 1;
  }
  return out;
}

const Piece* whole_expression(std::string_view text, const Pieces& pieces) {
  const Piece* found = nullptr;
  for (const Piece& piece : pieces.pieces) {
    const std::string_view part = text.substr(piece.begin, piece.end - piece.begin);
    if (piece.is_expression && found == nullptr) {
      found = &piece;
    } else if (piece.is_expression || part.find_first_not_of(kSpace) != std::string_view::npos) {
      return nullptr;
    }
  }
  return found;
}

std::vector<MemberUse> member_uses(std::string_view expression, std::string_view name) {
  std::vector<MemberUse> out;
  const std::string variable = "$" + std::string(name);
  if (expression.find(variable) == std::string_view::npos) return out;
  for (CodeWalk walk(expression, 0); !walk.done(); walk.next()) {
    const std::string_view rest = expression.substr(walk.at());
    if (!walk.in_code() || !rest.starts_with(variable)) continue;
    std::size_t i = variable.size();
    bool quoted = false;
    if (rest.substr(i).starts_with("[\"")) {
      quoted = true;
      i += 2;
    } else if (rest.substr(i).starts_with(".\"")) {
      quoted = true;
      i += 2;
    } else if (rest.substr(i).starts_with(".")) {
      ++i;
    } else {
      continue;
    }
    std::size_t end = i;
    while (end < rest.size() && (quoted ? rest[end] != '"' && rest[end] != '\\' : is_name_char(rest[end])))
      ++end;
    if (end > i && (!quoted || (end < rest.size() && rest[end] == '"'))) {
      out.push_back({std::string(rest.substr(i, end - i)), walk.at() + i});
    }
  }
  return out;
}

}  // namespace xf::dsl1
