// The parser's own declarations, shared by parser.cc (queries, operators, definitions) and parser_terms.cc
// (terms). A method that fails stores the first error and gives null; callers hand the null on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "xflow/expression/lexer.h"
#include "xflow/expression/parser.h"

namespace xf::expression {

class Parser {
 public:
  Parser(std::string_view source, Arena& arena) : lexer_(source), arena_(arena) { advance(); }

  const Ast* program();
  std::optional<std::vector<const AstDef*>> library();
  CompileError take_error() { return std::move(*error_); }

 private:
  // parser.cc
  const Ast* query();
  const Ast* query_item(bool& closes);
  const Ast* expression(int lowest = 0);
  const Ast* binary(const Ast* left, Lexeme op, const Ast* right);
  const Ast* definition_query();
  const AstDef* definition();
  bool parameters(std::vector<AstParameter>& out);
  const Ast* bind(const Ast* source);
  const Ast* label();
  bool patterns(std::span<const AstPattern* const>& out);
  const AstPattern* pattern();
  const AstPattern* array_pattern();
  const AstPattern* object_pattern();
  bool object_pattern_entry(AstPattern::Entry& entry);

  // parser_terms.cc
  const Ast* term();
  const Ast* primary();
  const Ast* keyword_term();
  const Ast* postfix(const Ast* target);
  const Ast* bracket(const Ast* target);
  const Ast* optional_mark(Ast* access);
  const Ast* dot();
  const Ast* string(std::string_view format);
  const Ast* array();
  const Ast* object();
  bool object_entry(AstEntry& entry);
  const Ast* object_value();
  const Ast* conditional();
  const Ast* attempt();
  const Ast* fold(AstKind kind);
  const Ast* break_();
  const Ast* call();
  const Ast* refused_word();

  // Helpers.
  void advance() { token_ = lexer_.next(); }
  bool accept(std::string_view punct);
  bool accept_word(std::string_view word);
  bool expect(std::string_view punct, std::string_view where);
  bool expect_word(std::string_view word, std::string_view where);
  std::nullptr_t fail(std::size_t offset, std::string message, std::string hint = {});
  std::nullptr_t unexpected(std::string_view wanted);
  Ast* make(AstKind kind, std::size_t offset, const Ast* a = nullptr, const Ast* b = nullptr,
            const Ast* c = nullptr, const Ast* d = nullptr);
  const Ast* checked(Ast* node);  // refuses a tree that is too tall
  const Ast* text_node(std::size_t offset, std::string_view text);
  void note_call(std::string_view name, std::size_t arguments);

  class Nest {
   public:
    explicit Nest(Parser& p) : parser_(p) { ++p.depth_; }
    ~Nest() { --parser_.depth_; }
    Nest(const Nest&) = delete;
    Nest& operator=(const Nest&) = delete;
    bool too_deep() const {
      if (parser_.depth_ <= kNestingMax) return false;
      parser_.fail(parser_.token_.offset, "nested too deeply", "name parts of it with `def`");
      return true;
    }

   private:
    Parser& parser_;
  };

  struct OpenDef {
    std::string_view name;
    std::vector<AstParameter>* parameters;
    bool recursive = false;
  };

  Lexer lexer_;
  Arena& arena_;
  Lexeme token_;
  int depth_ = 0;
  std::optional<CompileError> error_;
  std::vector<OpenDef> open_;
};

}  // namespace xf::expression
