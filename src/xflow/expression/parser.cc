// Queries, operators, definitions and patterns. See parser.h.
#include "xflow/expression/parser.h"

#include <algorithm>

#include "xflow/expression/parser_impl.h"

namespace xf::expression {
namespace {

enum class Group : std::uint8_t { kLeft, kRight, kNone };

struct Level {
  int precedence;
  Group group;
  AstKind kind;
  Operator op = Operator::kAdd;
};

// Tightest last, as in jq: // < assignments < or < and < comparisons < + - < * / %.
std::optional<Level> level_of(const Lexeme& token) {
  using enum AstKind;
  using enum Group;
  if (token.token == Token::kKeyword) {
    if (token.text == "or") return Level{3, kLeft, kOr};
    if (token.text == "and") return Level{4, kLeft, kAnd};
    return std::nullopt;
  }
  if (token.token != Token::kPunct) return std::nullopt;
  static constexpr std::pair<std::string_view, Level> kTable[] = {
      {"//", {1, kRight, kAlternative}},
      {"=", {2, kNone, kAssign}},
      {"|=", {2, kNone, kUpdate}},
      {"+=", {2, kNone, kArithUpdate, Operator::kAdd}},
      {"-=", {2, kNone, kArithUpdate, Operator::kSubtract}},
      {"*=", {2, kNone, kArithUpdate, Operator::kMultiply}},
      {"/=", {2, kNone, kArithUpdate, Operator::kDivide}},
      {"%=", {2, kNone, kArithUpdate, Operator::kModulo}},
      {"//=", {2, kNone, kAltUpdate}},
      {"==", {5, kNone, kBinary, Operator::kEq}},
      {"!=", {5, kNone, kBinary, Operator::kNe}},
      {"<", {5, kNone, kBinary, Operator::kLt}},
      {"<=", {5, kNone, kBinary, Operator::kLe}},
      {">", {5, kNone, kBinary, Operator::kGt}},
      {">=", {5, kNone, kBinary, Operator::kGe}},
      {"+", {6, kLeft, kBinary, Operator::kAdd}},
      {"-", {6, kLeft, kBinary, Operator::kSubtract}},
      {"*", {7, kLeft, kBinary, Operator::kMultiply}},
      {"/", {7, kLeft, kBinary, Operator::kDivide}},
      {"%", {7, kLeft, kBinary, Operator::kModulo}},
  };
  for (const auto& [text, level] : kTable) {
    if (token.text == text) return level;
  }
  return std::nullopt;
}

std::string quoted(const Lexeme& token) {
  if (token.token == Token::kEnd) return "the end";
  return "`" + std::string(token.token == Token::kField ? "." : "") +
         std::string(token.token == Token::kVariable ? "$" : "") + std::string(token.text) + "`";
}

}  // namespace

std::nullptr_t Parser::fail(std::size_t offset, std::string message, std::string hint) {
  if (!error_) error_ = error_at(lexer_.source(), offset, std::move(message), std::move(hint));
  return nullptr;
}

std::nullptr_t Parser::unexpected(std::string_view wanted) {
  return fail(token_.offset, "unexpected " + quoted(token_) + ", expected " + std::string(wanted));
}

bool Parser::accept(std::string_view punct) {
  if (!token_.is(punct)) return false;
  advance();
  return true;
}

bool Parser::accept_word(std::string_view word) {
  if (!token_.is_word(word)) return false;
  advance();
  return true;
}

bool Parser::expect(std::string_view punct, std::string_view where) {
  if (accept(punct)) return true;
  unexpected("`" + std::string(punct) + "` " + std::string(where));
  return false;
}

bool Parser::expect_word(std::string_view word, std::string_view where) {
  if (accept_word(word)) return true;
  unexpected("`" + std::string(word) + "` " + std::string(where));
  return false;
}

Ast* Parser::make(AstKind kind, std::size_t offset, const Ast* a, const Ast* b, const Ast* c, const Ast* d) {
  Ast* node = arena_.make<Ast>();
  node->kind = kind;
  node->offset = static_cast<std::uint32_t>(offset);
  node->a = a, node->b = b, node->c = c, node->d = d;
  for (const Ast* child : {a, b, c, d}) {
    if (child) node->height = std::max(node->height, static_cast<std::uint16_t>(child->height + 1));
  }
  return node;
}

const Ast* Parser::checked(Ast* node) {
  if (node->height <= kHeightMax) return node;
  return fail(node->offset, "the expression is too long a chain", "split it with `def`");
}

const Ast* Parser::text_node(std::size_t offset, std::string_view text) {
  Ast* node = make(AstKind::kString, offset);
  Ast* part = make(AstKind::kString, offset);
  part->text = text;
  node->list = arena_.copy(std::vector<const Ast*>{part});
  return node;
}

void Parser::note_call(std::string_view name, std::size_t arguments) {
  for (auto& open : open_) {
    if (open.name == name && open.parameters->size() == arguments) open.recursive = true;
    if (arguments != 0) continue;
    for (auto& parameter : *open.parameters) parameter.called |= parameter.name == name;
  }
}

const Ast* Parser::program() {
  if (token_.is_word("import") || token_.is_word("include") || token_.is_word("module"))
    return refused_word();
  const Ast* result = query();
  if (!result) return nullptr;
  if (token_.token != Token::kEnd) return unexpected("an operator or the end");
  return result;
}

std::optional<std::vector<const AstDef*>> Parser::library() {
  std::vector<const AstDef*> result;
  while (token_.is_word("def")) {
    const AstDef* def = definition();
    if (!def) return std::nullopt;
    result.push_back(def);
  }
  if (token_.token == Token::kEnd) return result;
  unexpected("`def`");
  return std::nullopt;
}

// A pipe is right-associative and binds loosest; a comma is left-associative. `def`, `as` and `label` take
// everything to their right, so nothing can follow them here.
const Ast* Parser::query() {
  Nest nest(*this);
  if (nest.too_deep()) return nullptr;
  struct Stage {
    const Ast* node;
    std::size_t offset;
  };
  std::vector<Stage> stages;
  for (;;) {
    bool closes = false;
    const Ast* left = query_item(closes);
    while (left && !closes && token_.is(",")) {
      const std::size_t offset = token_.offset;
      advance();
      const Ast* right = query_item(closes);
      left = right ? checked(make(AstKind::kComma, offset, left, right)) : nullptr;
    }
    if (!left) return nullptr;
    const std::size_t offset = token_.offset;
    if (closes || !accept("|")) {
      // Built from the right: a | (b | c).
      for (auto stage = stages.rbegin(); left && stage != stages.rend(); ++stage) {
        left = checked(make(AstKind::kPipe, stage->offset, stage->node, left));
      }
      return left;
    }
    stages.push_back({left, offset});
  }
}

const Ast* Parser::query_item(bool& closes) {
  closes = true;
  if (token_.is_word("def")) return definition_query();
  if (token_.is_word("label")) return label();
  const Ast* left = expression();
  if (left && token_.is_word("as")) return bind(left);
  closes = false;
  return left;
}

const Ast* Parser::definition_query() {
  const std::size_t offset = token_.offset;
  const AstDef* def = definition();
  if (!def) return nullptr;
  const Ast* body = query();
  if (!body) return nullptr;
  Ast* node = make(AstKind::kDef, offset, body, def->body);
  node->def = def;
  return checked(node);
}

bool Parser::parameters(std::vector<AstParameter>& out) {
  do {
    if (token_.token != Token::kName && token_.token != Token::kVariable) {
      unexpected("a parameter");
      return false;
    }
    out.push_back({token_.text, token_.token == Token::kVariable, false});
    advance();
  } while (accept(";"));
  return expect(")", "after the parameters");
}

const AstDef* Parser::definition() {
  advance();  // def
  if (token_.token != Token::kName) return unexpected("the name of a function");
  const std::string_view name = token_.text;
  advance();
  std::vector<AstParameter> names;
  if (accept("(") && !parameters(names)) return nullptr;
  if (!expect(":", "before the body of the function")) return nullptr;
  open_.push_back({name, &names});
  const Ast* body = query();
  const bool recursive = open_.back().recursive;
  open_.pop_back();
  if (!body || !expect(";", "after the body of the function")) return nullptr;
  auto* def = arena_.make<AstDef>();
  def->name = name, def->parameters = arena_.copy(names), def->body = body, def->recursive = recursive;
  return def;
}

const Ast* Parser::bind(const Ast* source) {
  const std::size_t offset = token_.offset;
  advance();  // as
  std::span<const AstPattern* const> alternatives;
  if (!patterns(alternatives) || !expect("|", "after the pattern")) return nullptr;
  const Ast* body = query();
  if (!body) return nullptr;
  Ast* node = make(AstKind::kBind, offset, source, body);
  node->patterns = alternatives;
  return checked(node);
}

const Ast* Parser::label() {
  const std::size_t offset = token_.offset;
  advance();
  if (token_.token != Token::kVariable) return unexpected("the label's name, as in `label $out | …`");
  const std::string_view name = token_.text;
  advance();
  if (!expect("|", "after the label")) return nullptr;
  const Ast* body = query();
  if (!body) return nullptr;
  Ast* node = make(AstKind::kLabel, offset, body);
  node->text = name;
  return checked(node);
}

const Ast* Parser::expression(int lowest) {
  Nest nest(*this);
  if (nest.too_deep()) return nullptr;
  const Ast* left = term();
  int closed = 100;  // operators that do not associate may not follow their own kind
  while (left) {
    const auto level = level_of(token_);
    if (!level || level->precedence < lowest) return left;
    if (level->precedence == closed) {
      return fail(token_.offset, quoted(token_) + " cannot follow another operator of its kind",
                  "use parentheses");
    }
    const Lexeme op = token_;
    advance();
    const Ast* right = expression(level->precedence + (level->group == Group::kRight ? 0 : 1));
    left = right ? binary(left, op, right) : nullptr;
    closed = level->group == Group::kNone ? level->precedence : 100;
  }
  return nullptr;
}

const Ast* Parser::binary(const Ast* left, Lexeme op, const Ast* right) {
  const Level level = *level_of(op);
  Ast* node = make(level.kind, op.offset, left, right);
  node->op = level.op;
  return checked(node);
}

bool Parser::patterns(std::span<const AstPattern* const>& out) {
  std::vector<const AstPattern*> found;
  do {
    const AstPattern* one = pattern();
    if (!one) return false;
    found.push_back(one);
  } while (accept("?//"));
  out = arena_.copy(found);
  return true;
}

const AstPattern* Parser::pattern() {
  Nest nest(*this);
  if (nest.too_deep()) return nullptr;
  if (token_.token == Token::kVariable) {
    auto* result = arena_.make<AstPattern>();
    result->kind = AstPattern::Kind::kVariable, result->offset = token_.offset, result->name = token_.text;
    advance();
    return result;
  }
  if (token_.is("[")) return array_pattern();
  if (token_.is("{")) return object_pattern();
  return unexpected("a pattern: $name, […] or {…}");
}

const AstPattern* Parser::array_pattern() {
  auto* result = arena_.make<AstPattern>();
  result->kind = AstPattern::Kind::kArray, result->offset = token_.offset;
  advance();
  std::vector<const AstPattern*> elements;
  do {
    const AstPattern* element = pattern();
    if (!element) return nullptr;
    elements.push_back(element);
  } while (accept(","));
  if (!expect("]", "after the pattern")) return nullptr;
  result->elements = arena_.copy(elements);
  return result;
}

const AstPattern* Parser::object_pattern() {
  auto* result = arena_.make<AstPattern>();
  result->kind = AstPattern::Kind::kObject, result->offset = token_.offset;
  advance();
  std::vector<AstPattern::Entry> entries;
  do {
    AstPattern::Entry entry{};
    if (!object_pattern_entry(entry)) return nullptr;
    entries.push_back(entry);
  } while (accept(","));
  if (!expect("}", "after the pattern")) return nullptr;
  result->entries = arena_.copy(entries);
  return result;
}

bool Parser::object_pattern_entry(AstPattern::Entry& entry) {
  const std::size_t offset = token_.offset;
  if (token_.token == Token::kVariable) {
    entry.name = token_.text;
    advance();
    if (!accept(":")) return true;
    return (entry.pattern = pattern()) != nullptr;
  }
  if (token_.token == Token::kName || token_.token == Token::kKeyword) {
    entry.key = text_node(offset, token_.text);
    advance();
  } else if (token_.token == Token::kQuote) {
    entry.key = string({});
  } else if (token_.token == Token::kFormat) {
    const std::string_view format = token_.text;
    advance();
    entry.key = token_.token == Token::kQuote ? string(format) : unexpected("a string");
  } else if (accept("(")) {
    entry.key = query();
    if (entry.key && !expect(")", "after the key")) return false;
  } else {
    unexpected("a key: name, $name, \"text\" or (expression)");
  }
  if (!entry.key || !expect(":", "after the key")) return false;
  return (entry.pattern = pattern()) != nullptr;
}

std::expected<const Ast*, CompileError> parse(std::string_view source, Arena& arena) {
  Parser parser(source, arena);
  if (const Ast* result = parser.program()) return result;
  return std::unexpected(parser.take_error());
}

std::expected<std::vector<const AstDef*>, CompileError> parse_library(std::string_view source, Arena& arena) {
  Parser parser(source, arena);
  if (auto result = parser.library()) return *std::move(result);
  return std::unexpected(parser.take_error());
}

}  // namespace xf::expression
