// The compiler's own declarations, shared by compile.cc (nodes), compile_call.cc (functions) and
// compile_pattern.cc (destructuring). A method that fails stores the first error and gives null; callers hand
// the null on.
#pragma once

#include <deque>

#include "xflow/expression/compile.h"

namespace xf::expression {

// One activation record in the source: the main program, a function or a closure.
struct Level {
  std::uint16_t depth = 0;
  std::uint32_t slots = 0;
};

// What a name means from here on. A chain of them is a scope.
struct Binding {
  enum class Kind : std::uint8_t {
    kVariable,  // slot at depth
    kConstant,  // node: a `$` parameter that was given a constant
    kFunction,  // def
    kArgument,  // argument: a parameter of a function that is compiled in place
    kClosure,   // slot at depth: a parameter of a function that is called
    kLabel,     // slot at depth
  };
  Kind kind;
  std::string_view name;
  std::size_t arity = 0;
  const Binding* up = nullptr;
  std::uint16_t depth = 0;
  std::uint32_t slot = 0;
  const Node* node = nullptr;
  const AstDef* def = nullptr;
  mutable Function* function = nullptr;  // compiled when first called
  const Ast* argument = nullptr;
  const Binding* argument_scope = nullptr;
  mutable bool used = false;  // an argument that was compiled somewhere
  // Where text comes from: the prelude may use hidden names, and its errors are reported where it was called.
  bool trusted = false;
  std::uint32_t site = 0;
};

class Compiler {
 public:
  Compiler(std::string_view source, const CompileOptions& options, Compiled& out)
      : source_(source), options_(options), out_(out), graph_(out.graph) {}
  bool program(const Ast* root);
  CompileError take_error() { return std::move(*error_); }

 private:
  using Scope = const Binding*;

  // compile.cc
  const Node* compile(const Ast*, Scope);
  const Node* compile_kind(const Ast*, Scope);
  const Node* access(const Ast*, Scope);
  const Node* string(const Ast*, Scope);
  const Node* array(const Ast*, Scope);
  const Node* object(const Ast*, Scope);
  bool object_entry(const AstEntry&, Scope, std::vector<const Node*>& list);
  const Node* negate(const Ast*, Scope);
  const Node* two(Op, const Ast*, Scope);
  const Node* conditional(const Ast*, Scope);
  const Node* attempt(const Ast*, Scope);
  const Node* variable(const Ast*, Scope);
  const Node* label(const Ast*, Scope);
  const Node* break_(const Ast*, Scope);
  const Node* location(const Ast*);

  // compile_call.cc
  const Node* call(const Ast*, Scope);
  const Node* named(const Ast*, Scope, std::string_view name);
  const Node* special(const Ast*, Scope, bool& known);
  const Node* native(const Ast*, Scope, const Native&);
  const Node* undefined(const Ast*);
  const Node* expand(const Ast* at, Scope caller, const AstDef&, Scope home, bool trusted);
  const Node* invoke(const Ast* at, Scope caller, const Binding& function);
  Function* function_of(const Binding&);
  bool compile_function(const Binding&, Function&);
  const Node* closure(const Ast* argument, Scope);
  const Node* argument(const Binding&);
  const Node* parameter(const Binding&, std::uint32_t offset);

  // compile_pattern.cc
  const Node* bind(const Ast*, Scope);
  const Node* fold(const Ast*, Scope);
  Patterns* patterns(const Ast*, Scope outer, Scope& inner);
  struct Names;
  bool pattern(const AstPattern&, Scope outer, Names&, Pattern& out);
  const Node* bound_to(std::uint32_t slot, const Node* source, const Node* body, std::uint32_t offset);

  // Helpers.
  Node* make(Op op, std::uint32_t offset);
  const Node* constant(json::Value, std::uint32_t offset);
  const Node* finish(Node* node);  // works out `single` and `peek`
  Binding* scope(Scope up, Binding::Kind, std::string_view name);
  Binding* variable_binding(Scope up, std::string_view name, std::uint32_t slot);
  std::uint32_t new_slot() { return level_->slots++; }
  std::uint16_t hops(const Binding& b) const { return static_cast<std::uint16_t>(level_->depth - b.depth); }
  std::nullptr_t fail(const Ast* at, std::string message, std::string hint = {});

  // The text being compiled right now.
  struct Text {
    bool trusted = false;
    std::uint32_t site = 0;
  };

  std::string_view source_;
  const CompileOptions& options_;
  Compiled& out_;
  Graph& graph_;
  Level* level_ = nullptr;
  Text text_;
  std::deque<Binding> bindings_;
  std::optional<CompileError> error_;
  std::uint32_t expansions_ = 0;  // nested right now
  std::uint32_t guesses_ = 0;     // functions being compiled on the guess that they are single
};

}  // namespace xf::expression
