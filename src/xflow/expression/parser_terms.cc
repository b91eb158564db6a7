// Terms: everything that binds tighter than an operator, with what may follow it (.a, [0], []?, …). See
// parser.h.
#include <algorithm>

#include "xflow/expression/parser_impl.h"

namespace xf::expression {

const Ast* Parser::term() {
  Nest nest(*this);
  if (nest.too_deep()) return nullptr;
  if (token_.is("-")) {
    const std::size_t offset = token_.offset;
    advance();
    const Ast* inner = term();
    return inner ? checked(make(AstKind::kNegate, offset, inner)) : nullptr;
  }
  const Ast* result = primary();
  return result ? postfix(result) : nullptr;
}

const Ast* Parser::primary() {
  const Lexeme token = token_;
  switch (token.token) {
    case Token::kNumber: {
      Ast* node = make(AstKind::kNumber, token.offset);
      node->text = token.text;
      advance();
      return node;
    }
    case Token::kQuote: return string({});
    case Token::kFormat: {
      advance();
      if (token_.token == Token::kQuote) return string(token.text);
      Ast* node = make(AstKind::kFormat, token.offset);
      node->text = token.text;
      return node;
    }
    case Token::kField: {
      Ast* node = make(AstKind::kField, token.offset, make(AstKind::kIdentity, token.offset));
      node->text = token.text.substr(0);
      advance();
      return optional_mark(node);
    }
    case Token::kVariable: {
      const bool location = token.text == "__loc__";
      Ast* node = make(location ? AstKind::kLocation : AstKind::kVariable, token.offset);
      node->text = token.text;
      const auto before = lexer_.source().substr(0, token.offset);
      if (location)
        node->line = 1 + static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
      advance();
      return node;
    }
    case Token::kName: return call();
    case Token::kKeyword: return keyword_term();
    case Token::kPunct: break;
    case Token::kEnd:
    case Token::kInvalid: return unexpected("an expression");
  }
  if (token.is(".")) return dot();
  if (accept("..")) return make(AstKind::kRecurse, token.offset);
  if (accept("(")) {
    const Ast* inner = query();
    return inner && expect(")", "to close the `(`") ? inner : nullptr;
  }
  if (token.is("[")) return array();
  if (token.is("{")) return object();
  return unexpected("an expression");
}

const Ast* Parser::keyword_term() {
  if (token_.is_word("if")) return conditional();
  if (token_.is_word("try")) return attempt();
  if (token_.is_word("reduce")) return fold(AstKind::kReduce);
  if (token_.is_word("foreach")) return fold(AstKind::kForeach);
  if (token_.is_word("break")) return break_();
  if (token_.is_word("import") || token_.is_word("include") || token_.is_word("module"))
    return refused_word();
  if (token_.is_word("def")) return fail(token_.offset, "`def` cannot stand here", "put it in parentheses");
  return unexpected("an expression");
}

const Ast* Parser::refused_word() {
  return fail(token_.offset, "`" + std::string(token_.text) + "` is not available: there are no modules",
              "write the definitions with `def` in the expression itself");
}

// `.` alone, `."text"`; `.[…]` is left to postfix().
const Ast* Parser::dot() {
  const std::size_t offset = token_.offset;
  advance();
  const Ast* self = make(AstKind::kIdentity, offset);
  if (token_.token != Token::kQuote && token_.token != Token::kFormat) return self;
  const std::string_view format = token_.token == Token::kFormat ? token_.text : std::string_view{};
  if (token_.token == Token::kFormat) advance();
  if (token_.token != Token::kQuote) return unexpected("a string");
  const Ast* key = string(format);
  return key ? optional_mark(make(AstKind::kIndex, offset, self, key)) : nullptr;
}

// The first `?` right after an access belongs to that access alone, not to what stands before it.
const Ast* Parser::optional_mark(Ast* access) {
  access->optional = accept("?");
  return checked(access);
}

const Ast* Parser::postfix(const Ast* target) {
  while (target) {
    const std::size_t offset = token_.offset;
    if (token_.token == Token::kField) {
      Ast* node = make(AstKind::kField, offset, target);
      node->text = token_.text;
      advance();
      target = optional_mark(node);
    } else if (token_.is("[")) {
      target = bracket(target);
    } else if (accept("?")) {
      target = checked(make(AstKind::kTry, offset, target));
    } else if (token_.is(".")) {
      advance();
      if (token_.is("[")) {
        target = bracket(target);
      } else if (token_.token == Token::kQuote) {
        const Ast* key = string({});
        target = key ? optional_mark(make(AstKind::kIndex, offset, target, key)) : nullptr;
      } else {
        return unexpected("a name, a string or `[` after the `.`");
      }
    } else {
      return target;
    }
  }
  return nullptr;
}

const Ast* Parser::bracket(const Ast* target) {
  const std::size_t offset = token_.offset;
  advance();
  if (accept("]")) return optional_mark(make(AstKind::kIterate, offset, target));
  const Ast* from = nullptr;
  if (!token_.is(":")) {
    from = query();
    if (!from) return nullptr;
    if (accept("]")) return optional_mark(make(AstKind::kIndex, offset, target, from));
  }
  if (!expect(":", "or `]` after the index")) return nullptr;
  const Ast* to = nullptr;
  if (!token_.is("]") || !from) {
    to = query();
    if (!to) return nullptr;
  }
  if (!expect("]", "after the slice")) return nullptr;
  return optional_mark(make(AstKind::kSlice, offset, target, from, to));
}

const Ast* Parser::string(std::string_view format) {
  Nest nest(*this);
  if (nest.too_deep()) return nullptr;
  const std::size_t offset = token_.offset;
  std::vector<const Ast*> parts;
  std::uint16_t height = 0;
  for (;;) {
    std::string text;
    const auto closed = lexer_.string_part(text);
    if (!closed) {
      if (!error_) error_ = closed.error();
      return nullptr;
    }
    if (!text.empty()) {
      Ast* part = make(AstKind::kString, offset);
      part->text = arena_.copy(text);
      parts.push_back(part);
    }
    if (*closed) break;
    advance();
    const Ast* inner = query();
    if (!inner) return nullptr;
    // The `)` is the current token and nothing beyond it has been read: the text goes on right behind it.
    if (!token_.is(")")) return unexpected("`)` after the interpolation");
    height = std::max(height, static_cast<std::uint16_t>(inner->height + 1));
    parts.push_back(make(AstKind::kPipe, offset, inner));
  }
  advance();
  Ast* node = make(AstKind::kString, offset);
  node->height = height;
  node->list = arena_.copy(parts);
  node->text = format;
  return checked(node);
}

const Ast* Parser::array() {
  const std::size_t offset = token_.offset;
  advance();
  if (accept("]")) return make(AstKind::kArray, offset);
  const Ast* inner = query();
  return inner && expect("]", "to close the `[`") ? checked(make(AstKind::kArray, offset, inner)) : nullptr;
}

const Ast* Parser::object() {
  Ast* node = make(AstKind::kObject, token_.offset);
  advance();
  std::vector<AstEntry> entries;
  while (!token_.is("}")) {
    AstEntry entry{};
    if (!object_entry(entry)) return nullptr;
    for (const Ast* child : {entry.key, entry.value}) {
      if (child) node->height = std::max(node->height, static_cast<std::uint16_t>(child->height + 1));
    }
    entries.push_back(entry);
    if (!accept(",")) break;
  }
  if (!expect("}", "or `,` in the object")) return nullptr;
  node->entries = arena_.copy(entries);
  return checked(node);
}

bool Parser::object_entry(AstEntry& entry) {
  const std::size_t offset = token_.offset;
  bool alone = true;
  if (token_.token == Token::kName || token_.token == Token::kKeyword) {
    entry.key = text_node(offset, token_.text);
    advance();
  } else if (token_.token == Token::kVariable) {
    entry.key = primary();
  } else if (token_.token == Token::kQuote) {
    entry.key = string({});
  } else if (token_.token == Token::kFormat) {
    const std::string_view format = token_.text;
    advance();
    entry.key = token_.token == Token::kQuote ? string(format) : unexpected("a string");
  } else if (accept("(")) {
    alone = false;
    entry.key = query();
    if (entry.key && !expect(")", "after the key")) return false;
  } else {
    fail(offset, "this cannot be a key of an object",
         "put a key that is an expression in parentheses: {(…): …}");
  }
  if (!entry.key) return false;
  if (!token_.is(":") && alone) return true;
  if (!expect(":", "after the key")) return false;
  return (entry.value = object_value()) != nullptr;
}

// The value of a member: no comma, no `as`, no `def` without parentheses.
const Ast* Parser::object_value() {
  const Ast* left = expression();
  const std::size_t offset = token_.offset;
  if (!left || !accept("|")) return left;
  Nest nest(*this);
  if (nest.too_deep()) return nullptr;
  const Ast* right = object_value();
  return right ? checked(make(AstKind::kPipe, offset, left, right)) : nullptr;
}

const Ast* Parser::conditional() {
  Nest nest(*this);
  if (nest.too_deep()) return nullptr;
  const std::size_t offset = token_.offset;
  advance();  // if, elif
  const Ast* condition = query();
  if (!condition || !expect_word("then", "after the condition")) return nullptr;
  const Ast* yes = query();
  if (!yes) return nullptr;
  const Ast* no = nullptr;
  if (token_.is_word("elif")) {
    no = conditional();
    if (!no) return nullptr;
  } else {
    if (accept_word("else") && !(no = query())) return nullptr;
    if (!expect_word("end", "to close the `if`")) return nullptr;
  }
  return checked(make(AstKind::kIf, offset, condition, yes, no));
}

const Ast* Parser::attempt() {
  const std::size_t offset = token_.offset;
  advance();
  const Ast* body = term();
  const Ast* handler = nullptr;
  if (body && accept_word("catch") && !(handler = term())) return nullptr;
  return body ? checked(make(AstKind::kTry, offset, body, handler)) : nullptr;
}

const Ast* Parser::fold(AstKind kind) {
  const std::size_t offset = token_.offset;
  advance();
  const Ast* source = expression();
  if (!source || !expect_word("as", "after the source")) return nullptr;
  std::span<const AstPattern* const> alternatives;
  if (!patterns(alternatives) || !expect("(", "after the pattern")) return nullptr;
  const Ast* start = query();
  if (!start || !expect(";", "after the start value")) return nullptr;
  const Ast* update = query();
  if (!update) return nullptr;
  const Ast* extract = nullptr;
  if (kind == AstKind::kForeach && accept(";") && !(extract = query())) return nullptr;
  if (!expect(")", "to close it")) return nullptr;
  Ast* node = make(kind, offset, source, start, update, extract);
  node->patterns = alternatives;
  return checked(node);
}

const Ast* Parser::break_() {
  const std::size_t offset = token_.offset;
  advance();
  if (token_.token != Token::kVariable) return fail(offset, "break requires a label", "write `break $name`");
  Ast* node = make(AstKind::kBreak, offset);
  node->text = token_.text;
  advance();
  return node;
}

const Ast* Parser::call() {
  Ast* node = make(AstKind::kCall, token_.offset);
  node->text = token_.text;
  advance();
  std::vector<const Ast*> arguments;
  if (accept("(")) {
    do {
      const Ast* argument = query();
      if (!argument) return nullptr;
      node->height = std::max(node->height, static_cast<std::uint16_t>(argument->height + 1));
      arguments.push_back(argument);
    } while (accept(";"));
    if (!expect(")", "or `;` after the argument")) return nullptr;
  }
  node->list = arena_.copy(arguments);
  note_call(node->text, arguments.size());
  return checked(node);
}

}  // namespace xf::expression
