// Nodes other than calls and patterns. See compile.h.
#include "xflow/expression/compile.h"
#include "xflow/expression/literals.h"

#include <algorithm>

#include "xflow/expression/compile_impl.h"
#include "xflow/expression/lexer.h"
#include "xflow/expression/literals.h"
#include "xflow/expression/parser.h"

namespace xf::expression {

using json::Value;

namespace {

// More is refused: no useful program comes near, and it bounds what compiling may take.
constexpr std::size_t kNodesMax = 200'000;

bool all_constant(std::span<const Node* const> nodes) {
  return std::all_of(nodes.begin(), nodes.end(), [](const Node* n) { return n->op == Op::kConstant; });
}

bool is_single(const Node& n) {
  const auto each = [](const Node* child) { return !child || child->single; };
  switch (n.op) {
    case Op::kIterate:
    case Op::kRecurse:
    case Op::kComma:
    case Op::kForeach:
    case Op::kParameter:
    case Op::kRange: return false;
    case Op::kCollect:
    case Op::kFirst:
    case Op::kLast:
    case Op::kIsEmpty:
    case Op::kUpdate: return true;
    case Op::kReduce: return n.y->single;
    case Op::kAssign:
    case Op::kArithUpdate:
    case Op::kAltUpdate: return n.y->single;
    case Op::kBind:
      return n.x->single && n.y->single && n.patterns->alternatives.size() == 1 &&
             n.patterns->alternatives.front().single;
    case Op::kCall: return n.function->single;
    default: break;
  }
  return each(n.x) && each(n.y) && each(n.z) && std::all_of(n.list.begin(), n.list.end(), each);
}

}  // namespace

std::nullptr_t Compiler::fail(const Ast* at, std::string message, std::string hint) {
  if (!error_) {
    error_ = error_at(source_, text_.trusted ? text_.site : at->offset, std::move(message), std::move(hint));
  }
  return nullptr;
}

Node* Compiler::make(Op op, std::uint32_t offset) {
  return graph_.node(op, text_.trusted ? text_.site : offset);
}

const Node* Compiler::constant(Value value, std::uint32_t offset) {
  Node* node = make(Op::kConstant, offset);
  node->value = std::move(value);
  return finish(node);
}

const Node* Compiler::finish(Node* node) {
  node->single = is_single(*node);
  switch (node->op) {
    case Op::kIdentity:
    case Op::kConstant:
    case Op::kVariable:
    case Op::kGlobal: node->peek = true; break;
    case Op::kField: node->peek = node->x->peek; break;
    default: break;
  }
  return node;
}

Binding* Compiler::scope(Scope up, Binding::Kind kind, std::string_view name) {
  Binding& made = bindings_.emplace_back();
  made.kind = kind, made.name = name, made.up = up, made.depth = level_->depth;
  return &made;
}

Binding* Compiler::variable_binding(Scope up, std::string_view name, std::uint32_t slot) {
  Binding* made = scope(up, Binding::Kind::kVariable, name);
  made->slot = slot;
  return made;
}

bool Compiler::program(const Ast* root) {
  Level main;
  level_ = &main;
  out_.used.assign(options_.variables.size(), false);
  out_.main.body = compile(root, nullptr);
  out_.main.slots = main.slots;
  return out_.main.body != nullptr;
}

const Node* Compiler::compile(const Ast* ast, Scope scope) {
  if (graph_.count() > kNodesMax) return fail(ast, "the expression is too large");
  return compile_kind(ast, scope);
}

const Node* Compiler::compile_kind(const Ast* ast, Scope scope) {
  switch (ast->kind) {
    case AstKind::kIdentity: return finish(make(Op::kIdentity, ast->offset));
    case AstKind::kRecurse: return finish(make(Op::kRecurse, ast->offset));
    case AstKind::kField:
    case AstKind::kIndex:
    case AstKind::kSlice:
    case AstKind::kIterate: return access(ast, scope);
    case AstKind::kNumber: return constant(Value::literal(ast->text), ast->offset);
    case AstKind::kString: return string(ast, scope);
    case AstKind::kFormat: {
      Node* node = make(Op::kFormat, ast->offset);
      node->value = Value::string(ast->text.substr(1));
      return finish(node);
    }
    case AstKind::kArray: return array(ast, scope);
    case AstKind::kObject: return object(ast, scope);
    case AstKind::kNegate: return negate(ast, scope);
    case AstKind::kPipe: return two(Op::kPipe, ast, scope);
    case AstKind::kComma: return two(Op::kComma, ast, scope);
    case AstKind::kBinary: return two(ast->op >= Operator::kEq ? Op::kCompare : Op::kArithmetic, ast, scope);
    case AstKind::kAnd: return two(Op::kAnd, ast, scope);
    case AstKind::kOr: return two(Op::kOr, ast, scope);
    case AstKind::kAlternative: return two(Op::kAlternative, ast, scope);
    case AstKind::kAssign: return two(Op::kAssign, ast, scope);
    case AstKind::kUpdate: return two(Op::kUpdate, ast, scope);
    case AstKind::kArithUpdate: return two(Op::kArithUpdate, ast, scope);
    case AstKind::kAltUpdate: return two(Op::kAltUpdate, ast, scope);
    case AstKind::kIf: return conditional(ast, scope);
    case AstKind::kTry: return attempt(ast, scope);
    case AstKind::kReduce:
    case AstKind::kForeach: return fold(ast, scope);
    case AstKind::kDef: {
      Binding* made = this->scope(scope, Binding::Kind::kFunction, ast->def->name);
      made->arity = ast->def->parameters.size();
      made->def = ast->def;
      made->trusted = text_.trusted, made->site = text_.site;
      return compile(ast->a, made);
    }
    case AstKind::kBind: return bind(ast, scope);
    case AstKind::kLabel: return label(ast, scope);
    case AstKind::kBreak: return break_(ast, scope);
    case AstKind::kCall: return call(ast, scope);
    case AstKind::kVariable: return variable(ast, scope);
    case AstKind::kLocation: return location(ast);
  }
  return nullptr;
}

const Node* Compiler::two(Op op, const Ast* ast, Scope scope) {
  const Node* x = compile(ast->a, scope);
  const Node* y = x ? compile(ast->b, scope) : nullptr;
  if (!y) return nullptr;
  Node* node = make(op, ast->offset);
  node->x = x, node->y = y, node->arithmetic = ast->op;
  return finish(node);
}

const Node* Compiler::access(const Ast* ast, Scope scope) {
  const Node* x = compile(ast->a, scope);
  const Node* y = x && ast->b ? compile(ast->b, scope) : nullptr;
  const Node* z = x && ast->c ? compile(ast->c, scope) : nullptr;
  if (!x || (ast->b && !y) || (ast->c && !z)) return nullptr;
  Op op = Op::kField;
  if (ast->kind == AstKind::kIterate) op = Op::kIterate;
  if (ast->kind == AstKind::kSlice) op = Op::kSlice;
  const bool named = ast->kind == AstKind::kField || (y && y->op == Op::kConstant && y->value.is_string());
  if (ast->kind == AstKind::kIndex && !named) op = Op::kIndex;
  Node* node = make(op, ast->offset);
  node->x = x, node->y = y, node->z = z, node->optional = ast->optional;
  if (op == Op::kField) {
    node->value = ast->kind == AstKind::kField ? Value::string(ast->text) : y->value;
    node->y = nullptr;
  }
  return finish(node);
}

const Node* Compiler::string(const Ast* ast, Scope scope) {
  std::vector<const Node*> parts;
  for (const Ast* part : ast->list) {
    const Node* made = part->kind == AstKind::kString ? constant(Value::string(part->text), part->offset)
                                                      : compile(part->a, scope);
    if (!made) return nullptr;
    const bool formatted = !ast->text.empty() && ast->text != "@text";
    // A part that was interpolated is printed even when it is a constant. A format is applied at once: parts
    // are evaluated from the last to the first, and so do their formats fail.
    if (part->kind != AstKind::kString && (formatted || made->op == Op::kConstant)) {
      Node* print = make(formatted ? Op::kFormat : Op::kIdentity, part->offset);
      if (formatted) print->value = Value::string(ast->text.substr(1));
      Node* pipe = make(Op::kPipe, part->offset);
      pipe->x = made, pipe->y = finish(print);
      made = finish(pipe);
    }
    parts.push_back(made);
  }
  if (parts.empty()) return constant(Value::string(""), ast->offset);
  if (parts.size() == 1 && parts[0]->op == Op::kConstant) return parts[0];
  Node* node = make(Op::kText, ast->offset);
  node->value = Value::string("text");
  node->list = graph_.list(std::move(parts));
  return finish(node);
}

namespace {

// The constants of `1, 2, 3`, in order; false when something else is among them.
bool constants_of(const Node* n, std::vector<Value>& out) {
  std::vector<const Node*> rest{n};
  while (!rest.empty()) {
    n = rest.back();
    rest.pop_back();
    if (n->op == Op::kConstant) {
      out.push_back(n->value);
    } else if (n->op == Op::kComma) {
      rest.push_back(n->y);
      rest.push_back(n->x);
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

const Node* Compiler::array(const Ast* ast, Scope scope) {
  if (!ast->a) return constant(Value::array(), ast->offset);
  const Node* x = compile(ast->a, scope);
  if (!x) return nullptr;
  std::vector<Value> values;
  if (constants_of(x, values)) return constant(Value::array(std::move(values)), ast->offset);
  Node* node = make(Op::kCollect, ast->offset);
  node->x = x;
  return finish(node);
}

bool Compiler::object_entry(const AstEntry& entry, Scope scope, std::vector<const Node*>& list) {
  const Ast* key = entry.key;
  const bool names_variable = key->kind == AstKind::kVariable || key->kind == AstKind::kLocation;
  // {$x}: the variable's name and value. {$x: v}: its value is the key. {"a"}, {a}: the member of the input.
  const Node* k =
      names_variable && !entry.value ? constant(Value::string(key->text), key->offset) : compile(key, scope);
  if (!k) return false;
  const Node* v = nullptr;
  if (entry.value) {
    v = compile(entry.value, scope);
  } else if (names_variable) {
    v = compile(key, scope);
  } else {
    Node* member = make(k->op == Op::kConstant ? Op::kField : Op::kIndex, key->offset);
    member->x = finish(make(Op::kIdentity, key->offset));
    if (member->op == Op::kField) member->value = k->value;
    if (member->op == Op::kIndex) member->y = k;
    v = finish(member);
  }
  if (!v) return false;
  if (k->op == Op::kConstant && !k->value.is_string()) {
    fail(key, "Cannot use " + describe(k->value) + " as object key", "keys are strings: use `tostring`");
    return false;
  }
  list.push_back(k);
  list.push_back(v);
  return true;
}

const Node* Compiler::object(const Ast* ast, Scope scope) {
  std::vector<const Node*> list;
  for (const AstEntry& entry : ast->entries) {
    if (!object_entry(entry, scope, list)) return nullptr;
  }
  if (all_constant(list)) {
    std::vector<json::Member> members;
    for (std::size_t i = 0; i < list.size(); i += 2) members.push_back({list[i]->value, list[i + 1]->value});
    return constant(Value::object(std::move(members)), ast->offset);
  }
  Node* node = make(Op::kObject, ast->offset);
  node->list = graph_.list(std::move(list));
  return finish(node);
}

const Node* Compiler::negate(const Ast* ast, Scope scope) {
  if (ast->a->kind == AstKind::kNumber) {
    return constant(negated_literal(Value::literal(ast->a->text)), ast->offset);
  }
  const Node* x = compile(ast->a, scope);
  if (!x) return nullptr;
  Node* node = make(Op::kNegate, ast->offset);
  node->x = x;
  return finish(node);
}

const Node* Compiler::conditional(const Ast* ast, Scope scope) {
  const Node* x = compile(ast->a, scope);
  const Node* y = x ? compile(ast->b, scope) : nullptr;
  if (!y) return nullptr;
  const Node* z = ast->c ? compile(ast->c, scope) : finish(make(Op::kIdentity, ast->offset));
  if (!z) return nullptr;
  Node* node = make(Op::kIf, ast->offset);
  node->x = x, node->y = y, node->z = z;
  return finish(node);
}

const Node* Compiler::attempt(const Ast* ast, Scope scope) {
  const Node* x = compile(ast->a, scope);
  const Node* y = x && ast->b ? compile(ast->b, scope) : nullptr;
  if (!x || (ast->b && !y)) return nullptr;
  Node* node = make(Op::kTry, ast->offset);
  node->x = x, node->y = y;
  return finish(node);
}

const Node* Compiler::variable(const Ast* ast, Scope scope) {
  for (Scope b = scope; b; b = b->up) {
    if (b->name != ast->text) continue;
    if (b->kind == Binding::Kind::kConstant) return constant(b->node->value, ast->offset);
    if (b->kind != Binding::Kind::kVariable) continue;
    Node* node = make(Op::kVariable, ast->offset);
    node->hops = hops(*b), node->slot = b->slot;
    return finish(node);
  }
  const auto& names = options_.variables;
  // The last of a name counts, as if each were bound in turn.
  for (std::size_t i = names.size(); i-- > 0;) {
    if (names[i] != ast->text) continue;
    out_.used[i] = true;
    Node* node = make(Op::kGlobal, ast->offset);
    node->slot = static_cast<std::uint32_t>(i);
    return finish(node);
  }
  // jq's manual promises no particular text.
  if (ast->text == "JQ_BUILD_CONFIGURATION") return constant(Value::string("xflow"), ast->offset);
  if (ast->text == "ENV") return fail(ast, "$ENV is not available: expressions do not see the environment");
  return fail(ast, "$" + std::string(ast->text) + " is not defined");
}

const Node* Compiler::label(const Ast* ast, Scope scope) {
  Binding* made = this->scope(scope, Binding::Kind::kLabel, ast->text);
  made->slot = new_slot();
  const Node* x = compile(ast->a, made);
  if (!x) return nullptr;
  Node* node = make(Op::kLabel, ast->offset);
  node->x = x, node->slot = made->slot;
  return finish(node);
}

const Node* Compiler::break_(const Ast* ast, Scope scope) {
  for (Scope b = scope; b; b = b->up) {
    if (b->kind != Binding::Kind::kLabel || b->name != ast->text) continue;
    Node* node = make(Op::kBreak, ast->offset);
    node->hops = hops(*b), node->slot = b->slot;
    return finish(node);
  }
  return fail(ast, "there is no label $" + std::string(ast->text) + " around this break",
              "write `label $" + std::string(ast->text) + " | …` around it");
}

const Node* Compiler::location(const Ast* ast) {
  return constant(Value::object({{"file", Value::string("<top-level>")},
                                 {"line", Value::number(static_cast<double>(ast->line))}}),
                  ast->offset);
}

std::expected<void, CompileError> compile(std::string_view source, const CompileOptions& options,
                                          Compiled& out) {
  if (source.size() > options.source_bytes_max) {
    return std::unexpected(error_at(source, options.source_bytes_max, "the expression is too long",
                                    "at most " + std::to_string(options.source_bytes_max) + " bytes"));
  }
  Arena arena;
  const auto root = parse(source, arena);
  if (!root) return std::unexpected(root.error());
  Compiler compiler(source, options, out);
  if (compiler.program(*root)) return {};
  return std::unexpected(compiler.take_error());
}

}  // namespace xf::expression
