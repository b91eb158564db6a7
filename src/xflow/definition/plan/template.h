// Template: a value of a definition that may hold expressions: `${ .a }`, `{x: "${ .a }", y: 1}`, or, in
// fields that are expressions by nature (`if`, `when`, `in`, `from`, `as`), a bare `.a`. Compiled once;
// immutable; shared.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/json/value.h"
#include "xflow/expression/program.h"

namespace xf::plan {

// The arguments that every expression of a definition may name, in the order of the values given to
// evaluate(). Loop variables and `catch.as` follow behind them, in the order in which their scopes are
// entered (Scope in the engine). The body of a function and the tasks of an extension begin anew with these
// eight.
enum class Argument : std::uint8_t {
  kContext,
  kInput,
  kOutput,
  kSecrets,
  kTask,
  kWorkflow,
  kRuntime,
  kAuthorization
};
inline constexpr std::size_t kArguments = 8;
inline constexpr std::array<std::string_view, kArguments> kArgumentNames = {
    "context", "input", "output", "secrets", "task", "workflow", "runtime", "authorization"};

class Template {
 public:
  Template() = default;  // literal null
  static Template literal(json::Value);
  // The whole value is one expression, compiled with `variables` names.
  static Template expression(std::shared_ptr<const expression::Program>, std::size_t variables);
  // The expression's value or, when it fails, `otherwise` (evaluate.mode: loose).
  static Template guess(std::shared_ptr<const expression::Program>, std::size_t variables,
                        json::Value otherwise);
  // Each of these is a literal when all its parts are.
  static Template array(std::vector<Template> elements);
  static Template object(std::vector<std::pair<std::string, Template>> members);
  // Text with expressions in it: strings as they are, null as nothing, anything else as JSON.
  static Template text(std::vector<Template> pieces);

  bool is_literal() const noexcept;
  // The literal; null when this is not one.
  const json::Value& value() const noexcept;
  // The expression, when the whole template is one; its text is without `${` and `}`. Else nullptr.
  const expression::Program* program() const noexcept;
  bool uses(std::size_t variable) const noexcept;  // any expression in it names the variable

  // The value. An expression without output gives null; of several outputs the first counts. `variables` may
  // be longer than the scope in which this was compiled: the first ones count.
  std::expected<json::Value, expression::EvalError> evaluate(const json::Value& input,
                                                             std::span<const json::Value> variables,
                                                             const expression::Environment&) const;

 private:
  struct Expression {
    std::shared_ptr<const expression::Program> program;
    std::size_t variables = 0;
    bool is_guess = false;
    json::Value otherwise;
  };
  struct Tree;
  using Outcome = std::expected<json::Value, expression::EvalError>;

  static Template tree(Tree);
  template <typename Eval>
  static Outcome evaluate_array(const Tree&, const Eval&);
  template <typename Eval>
  static Outcome evaluate_object(const Tree&, const Eval&);
  template <typename Eval>
  static Outcome evaluate_text(const Tree&, const Eval&);

  std::variant<json::Value, Expression, std::shared_ptr<const Tree>> form_;
};

}  // namespace xf::plan
