// Destructuring: `as` patterns, reduce and foreach. See compile.h.
#include <algorithm>

#include "xflow/expression/compile_impl.h"

namespace xf::expression {

using json::Value;

// The variables of all alternatives share their slots by name. A name that one pattern binds twice keeps the
// value that jq keeps: the last in an array, the first in an object; the other goes to a slot that nobody
// reads.
struct Compiler::Names {
  struct Variable {
    std::string_view name;
    std::uint32_t slot;
    std::size_t alternative;
  };
  std::vector<Variable> variables;
  std::size_t alternative = 0;

  std::uint32_t slot_of(std::string_view name, Compiler& compiler) {
    for (auto& known : variables) {
      if (known.name != name) continue;
      if (known.alternative == alternative) return compiler.new_slot();
      known.alternative = alternative;
      return known.slot;
    }
    variables.push_back({name, compiler.new_slot(), alternative});
    return variables.back().slot;
  }
};

bool Compiler::pattern(const AstPattern& ast, Scope outer, Names& names, Pattern& out) {
  if (ast.kind == AstPattern::Kind::kVariable) {
    out.slot = names.slot_of(ast.name, *this);
    return true;
  }
  out.kind = ast.kind == AstPattern::Kind::kArray ? Pattern::Kind::kArray : Pattern::Kind::kObject;
  out.elements.resize(ast.elements.size());
  for (std::size_t i = ast.elements.size(); i-- > 0;) {
    if (!pattern(*ast.elements[i], outer, names, out.elements[i])) return false;
    out.single &= out.elements[i].single;
  }
  out.entries.resize(ast.entries.size());
  for (std::size_t i = 0; i < ast.entries.size(); ++i) {
    const auto& from = ast.entries[i];
    auto& to = out.entries[i];
    to.key = from.key ? compile(from.key, outer) : constant(Value::string(from.name), ast.offset);
    if (!to.key) return false;
    if (to.key->op == Op::kConstant && !to.key->value.is_string()) {
      fail(from.key, "Cannot use " + describe(to.key->value) + " as object key");
      return false;
    }
    out.single &= to.key->single;
    if ((to.binds = !from.name.empty())) to.slot = names.slot_of(from.name, *this);
    if ((to.nests = from.pattern != nullptr)) {
      if (!pattern(*from.pattern, outer, names, to.pattern)) return false;
      out.single &= to.pattern.single;
    }
  }
  return true;
}

Patterns* Compiler::patterns(const Ast* ast, Scope outer, Scope& inner) {
  Patterns* made = graph_.patterns();
  made->alternatives.resize(ast->patterns.size());
  Names names;
  for (std::size_t i = 0; i < ast->patterns.size(); ++i) {
    names.alternative = i;
    if (!pattern(*ast->patterns[i], outer, names, made->alternatives[i])) return nullptr;
  }
  inner = outer;
  for (const auto& variable : names.variables) {
    made->slots.push_back(variable.slot);
    inner = variable_binding(inner, variable.name, variable.slot);
  }
  return made;
}

const Node* Compiler::bound_to(std::uint32_t slot, const Node* source, const Node* body,
                               std::uint32_t offset) {
  Patterns* made = graph_.patterns();
  made->alternatives.resize(1);
  made->alternatives.front().slot = slot;
  Node* node = make(Op::kBind, offset);
  node->x = source, node->y = body, node->patterns = made;
  return finish(node);
}

const Node* Compiler::bind(const Ast* ast, Scope scope) {
  const Node* source = compile(ast->a, scope);
  if (!source) return nullptr;
  Scope inner = nullptr;
  Patterns* made = patterns(ast, scope, inner);
  const Node* body = made ? compile(ast->b, inner) : nullptr;
  if (!body) return nullptr;
  Node* node = make(Op::kBind, ast->offset);
  node->x = source, node->y = body, node->patterns = made;
  return finish(node);
}

const Node* Compiler::fold(const Ast* ast, Scope scope) {
  const Node* source = compile(ast->a, scope);
  const Node* start = source ? compile(ast->b, scope) : nullptr;
  if (!start) return nullptr;
  Scope inner = nullptr;
  Patterns* made = patterns(ast, scope, inner);
  const Node* update = made ? compile(ast->c, inner) : nullptr;
  const Node* extract = update && ast->d ? compile(ast->d, inner) : nullptr;
  if (!update || (ast->d && !extract)) return nullptr;
  Node* node = make(ast->kind == AstKind::kReduce ? Op::kReduce : Op::kForeach, ast->offset);
  node->x = source, node->y = start, node->z = update, node->w = extract, node->patterns = made;
  return finish(node);
}

}  // namespace xf::expression
