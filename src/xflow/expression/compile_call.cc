// Functions: which one a name means, and how it is reached. See compile.h.
#include <algorithm>

#include "xflow/expression/compile_impl.h"
#include "xflow/expression/prelude.h"

namespace xf::expression {

using json::Value;

namespace {

// Beyond these, a function is called instead of compiled in place: nesting functions could double the graph
// each time.
constexpr std::uint32_t kExpansionsMax = 48;
constexpr std::size_t kExpandedNodesMax = 20'000;
constexpr std::uint32_t kGuessesMax = 2;

struct Special {
  std::string_view name;
  std::size_t arity;
  Op op;
};
constexpr Special kSpecials[] = {
    {"empty", 0, Op::kEmpty},     {"error", 0, Op::kError},     {"not", 0, Op::kNot},
    {"recurse", 0, Op::kRecurse}, {"first", 1, Op::kFirst},     {"path", 1, Op::kPath},
    {"range", 2, Op::kRange},     {"getpath", 1, Op::kGetPath}, {"isempty", 1, Op::kIsEmpty},
    {"last", 1, Op::kLast},
};

const Native* find_native(std::string_view name, std::size_t arity) {
  const auto all = natives();
  const auto found = std::lower_bound(
      all.begin(), all.end(), std::pair(name, arity),
      [](const Native& n, auto& key) { return std::pair(n.name, std::size_t{n.arity}) < key; });
  return found != all.end() && found->name == name && found->arity == arity ? &*found : nullptr;
}

std::string signature(std::string_view name, std::size_t arity) {
  return std::string(name) + "/" + std::to_string(arity);
}

// All that a program may call, as name/arity.
std::vector<std::pair<std::string_view, std::size_t>> known_functions() {
  std::vector<std::pair<std::string_view, std::size_t>> all;
  for (const auto& special : kSpecials) all.emplace_back(special.name, special.arity);
  all.emplace_back("builtins", 0);
  for (const auto& native : natives()) all.emplace_back(native.name, native.arity);
  for (const AstDef* def : prelude()) all.emplace_back(def->name, def->parameters.size());
  std::erase_if(all, [](const auto& f) { return f.first.starts_with("_"); });
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

Value builtins() {
  std::vector<Value> names;
  for (const auto& [name, arity] : known_functions()) names.push_back(Value::string(signature(name, arity)));
  return Value::array(std::move(names));
}

// Edits that turn one word into the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string suggestion(std::string_view name, std::size_t arity) {
  std::string arities;
  std::string_view nearest;
  std::size_t best = name.size() > 4 ? 3 : 2;
  for (const auto& [known, count] : known_functions()) {
    if (known == name) arities += (arities.empty() ? "" : ", ") + signature(known, count);
    if (name.size() > 64) continue;
    const std::size_t edits = distance(name, known) + (count == arity ? 0 : 1);
    if (edits < best) best = edits, nearest = known;
  }
  if (!arities.empty()) return "there is " + arities;
  return nearest.empty() ? std::string() : "did you mean `" + std::string(nearest) + "`?";
}

std::string_view refusal(std::string_view name, std::size_t arity) {
  struct Refused {
    std::string_view name;
    std::size_t arity;
    std::string_view why;
  };
  constexpr std::string_view kEnvironment = "expressions do not see the environment";
  constexpr std::string_view kInput = "an expression has exactly one input, `.`";
  constexpr std::string_view kPrint = "expressions only compute; leave it out";
  constexpr std::string_view kHalt = "use `error(…)` to fail";
  constexpr std::string_view kModules = "there are no modules";
  static constexpr Refused kTable[] = {
      {"env", 0, kEnvironment},         {"input", 0, kInput},           {"inputs", 0, kInput},
      {"input_filename", 0, kInput},    {"input_line_number", 0, kInput}, {"debug", 0, kPrint},
      {"debug", 1, kPrint},             {"stderr", 0, kPrint},          {"halt", 0, kHalt},
      {"halt_error", 0, kHalt},         {"halt_error", 1, kHalt},       {"modulemeta", 0, kModules},
      {"get_search_list", 0, kModules}, {"get_prog_origin", 0, kModules}, {"get_jq_origin", 0, kModules},
  };
  for (const auto& refused : kTable) {
    if (refused.name == name && refused.arity == arity) return refused.why;
  }
  return {};
}

const Node* Compiler::call(const Ast* ast, Scope scope) {
  const std::size_t arity = ast->list.size();
  for (Scope b = scope; b; b = b->up) {
    if (b->name != ast->text || b->arity != arity) continue;
    switch (b->kind) {
      case Binding::Kind::kArgument: return argument(*b);
      case Binding::Kind::kClosure: return parameter(*b, ast->offset);
      case Binding::Kind::kFunction: {
        const bool in_place =
            !b->def->recursive && expansions_ < kExpansionsMax && graph_.count() < kExpandedNodesMax;
        return in_place ? expand(ast, scope, *b->def, b, b->trusted) : invoke(ast, scope, *b);
      }
      default: continue;
    }
  }
  return named(ast, scope, ast->text);
}

const Node* Compiler::named(const Ast* ast, Scope scope, std::string_view name) {
  const std::size_t arity = ast->list.size();
  if (name.starts_with("_") && !text_.trusted) return undefined(ast);
  bool known = false;
  const Node* made = special(ast, scope, known);
  if (known) return made;
  if (const Native* native = find_native(name, arity)) return this->native(ast, scope, *native);
  const AstDef* def = find_prelude(name, arity);
  if (!def) return undefined(ast);
  if (!def->recursive && expansions_ < kExpansionsMax) return expand(ast, scope, *def, nullptr, true);
  // One compiled copy for each program: found again when it calls itself.
  for (auto& b : bindings_) {
    if (b.def == def && b.up == nullptr) return invoke(ast, scope, b);
  }
  Binding& made_here = bindings_.emplace_back();
  made_here.kind = Binding::Kind::kFunction, made_here.name = def->name, made_here.arity = arity;
  made_here.def = def, made_here.trusted = true, made_here.site = text_.trusted ? text_.site : ast->offset;
  return invoke(ast, scope, made_here);
}

const Node* Compiler::special(const Ast* ast, Scope scope, bool& known) {
  const std::size_t arity = ast->list.size();
  known = true;
  if (arity == 0 && ast->text == "true") return constant(Value::boolean(true), ast->offset);
  if (arity == 0 && ast->text == "false") return constant(Value::boolean(false), ast->offset);
  if (arity == 0 && ast->text == "null") return constant(Value(), ast->offset);
  if (arity == 0 && ast->text == "builtins") return constant(builtins(), ast->offset);
  for (const auto& special : kSpecials) {
    if (special.name != ast->text || special.arity != arity) continue;
    const Node* x = arity > 0 ? compile(ast->list[0], scope) : nullptr;
    const Node* y = arity > 1 && x ? compile(ast->list[1], scope) : nullptr;
    if ((arity > 0 && !x) || (arity > 1 && !y)) return nullptr;
    if (special.op == Op::kFirst && x->single) return x;
    Node* node = make(special.op, ast->offset);
    node->x = x, node->y = y;
    return finish(node);
  }
  known = false;
  return nullptr;
}

const Node* Compiler::native(const Ast* ast, Scope scope, const Native& native) {
  std::vector<const Node*> list;
  for (const Ast* argument : ast->list) {
    const Node* made = compile(argument, scope);
    if (!made) return nullptr;
    list.push_back(made);
  }
  Node* node = make(Op::kNative, ast->offset);
  node->list = graph_.list(std::move(list));
  node->native = &native;
  return finish(node);
}

const Node* Compiler::undefined(const Ast* ast) {
  const std::size_t arity = ast->list.size();
  const auto why = refusal(ast->text, arity);
  if (!why.empty()) return fail(ast, "`" + std::string(ast->text) + "` is not available", std::string(why));
  return fail(ast, signature(ast->text, arity) + " is not defined", suggestion(ast->text, arity));
}

// Compiles the function's body here, with the arguments in place of its parameters.
const Node* Compiler::expand(const Ast* at, Scope caller, const AstDef& def, Scope home, bool trusted) {
  struct Hoisted {
    std::uint32_t slot;
    const Node* source;
  };
  std::vector<Hoisted> hoisted;
  std::vector<const Binding*> arguments;
  Scope inner = home;
  for (std::size_t i = 0; i < def.parameters.size(); ++i) {
    const AstParameter& parameter = def.parameters[i];
    if (!parameter.value || parameter.called) {
      Binding* made = scope(inner, Binding::Kind::kArgument, parameter.name);
      made->argument = at->list[i], made->argument_scope = caller;
      made->trusted = text_.trusted, made->site = text_.site;
      arguments.push_back(made);
      inner = made;
    }
    if (!parameter.value) continue;
    const Node* source = compile(at->list[i], caller);
    if (!source) return nullptr;
    if (source->op == Op::kConstant) {
      Binding* made = scope(inner, Binding::Kind::kConstant, parameter.name);
      made->node = source;
      inner = made;
      continue;
    }
    const std::uint32_t slot = new_slot();
    hoisted.push_back({slot, source});
    inner = variable_binding(inner, parameter.name, slot);
  }
  const Text saved = text_;
  if (trusted) text_ = {true, saved.trusted ? saved.site : at->offset};
  if (!trusted) text_ = {false, 0};
  ++expansions_;
  const Node* body = compile(def.body, inner);
  --expansions_;
  text_ = saved;
  // What is never called must be right all the same.
  for (const Binding* unused : arguments) {
    if (body && !unused->used && !argument(*unused)) return nullptr;
  }
  for (auto h = hoisted.rbegin(); body && h != hoisted.rend(); ++h) {
    body = bound_to(h->slot, h->source, body, at->offset);
  }
  return body;
}

const Node* Compiler::argument(const Binding& b) {
  b.used = true;
  const Text saved = text_;
  text_ = {b.trusted, b.site};
  ++expansions_;
  const Node* made = compile(b.argument, b.argument_scope);
  --expansions_;
  text_ = saved;
  return made;
}

const Node* Compiler::parameter(const Binding& b, std::uint32_t offset) {
  Node* node = make(Op::kParameter, offset);
  node->hops = hops(b), node->slot = b.slot;
  return finish(node);
}

// An argument for a function that is called: a closure of its own, unless it only hands on one that we were
// given.
const Node* Compiler::closure(const Ast* ast, Scope scope) {
  if (ast->kind == AstKind::kCall && ast->list.empty()) {
    for (Scope b = scope; b; b = b->up) {
      if (b->name != ast->text || b->arity != 0) continue;
      if (b->kind == Binding::Kind::kClosure) return parameter(*b, ast->offset);
      if (b->kind == Binding::Kind::kArgument) {
        b->used = true;
        const Text saved = text_;
        text_ = {b->trusted, b->site};
        const Node* made = closure(b->argument, b->argument_scope);
        text_ = saved;
        return made;
      }
      if (b->kind == Binding::Kind::kFunction) break;
    }
  }
  Level level;
  level.depth = static_cast<std::uint16_t>(level_->depth + 1);
  Level* outer = std::exchange(level_, &level);
  const Node* body = compile(ast, scope);
  level_ = outer;
  if (!body) return nullptr;
  Function* function = graph_.function();
  function->body = body, function->slots = level.slots, function->single = body->single;
  Node* node = make(Op::kClosure, ast->offset);
  node->function = function;
  return finish(node);
}

const Node* Compiler::invoke(const Ast* at, Scope caller, const Binding& b) {
  const Function* function = function_of(b);
  if (!function) return nullptr;
  struct Hoisted {
    std::uint32_t slot;
    const Node* source;
  };
  std::vector<Hoisted> hoisted;
  std::vector<const Node*> list;
  for (std::size_t i = 0; i < at->list.size(); ++i) {
    const AstParameter& parameter = b.def->parameters[i];
    if (!parameter.value || parameter.called) {
      const Node* made = closure(at->list[i], caller);
      if (!made) return nullptr;
      list.push_back(made);
    }
    if (!parameter.value) continue;
    const Node* source = compile(at->list[i], caller);
    if (!source) return nullptr;
    if (!source->single) {
      Binding* temporary = variable_binding(nullptr, {}, new_slot());
      hoisted.push_back({temporary->slot, source});
      Node* read = make(Op::kVariable, at->offset);
      read->slot = temporary->slot;
      source = finish(read);
    }
    list.push_back(source);
  }
  Node* node = make(Op::kCall, at->offset);
  node->list = graph_.list(std::move(list));
  node->function = function;
  node->hops = hops(b);
  const Node* made = finish(node);
  for (auto h = hoisted.rbegin(); h != hoisted.rend(); ++h)
    made = bound_to(h->slot, h->source, made, at->offset);
  return made;
}

Function* Compiler::function_of(const Binding& b) {
  if (b.function) return b.function;
  b.function = graph_.function();
  // It is single if its body is, taking for granted that its calls of itself are.
  b.function->single = guesses_ < kGuessesMax;
  if (!compile_function(b, *b.function)) return nullptr;
  if (!b.function->single || b.function->body->single) return b.function;
  b.function->single = false;
  return compile_function(b, *b.function) ? b.function : nullptr;
}

bool Compiler::compile_function(const Binding& b, Function& function) {
  Level level;
  level.depth = static_cast<std::uint16_t>(b.depth + 1);
  Level* outer = std::exchange(level_, &level);
  const Text saved = std::exchange(text_, Text{b.trusted, b.site});
  function.closures = function.values = 0;
  Scope inner = &b;
  for (const AstParameter& parameter : b.def->parameters) {
    if (!parameter.value || parameter.called) {
      Binding* made = scope(inner, Binding::Kind::kClosure, parameter.name);
      made->slot = function.closures++;
      inner = made;
    }
    if (parameter.value) {
      inner = variable_binding(inner, parameter.name, new_slot());
      ++function.values;
    }
  }
  const bool guess = function.single;
  guesses_ += guess;
  function.body = compile(b.def->body, inner);
  guesses_ -= guess;
  function.slots = level.slots;
  level_ = outer;
  text_ = saved;
  return function.body != nullptr;
}

}  // namespace xf::expression
