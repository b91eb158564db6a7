// Template: a value of a definition that may hold expressions: `${ .a }`, `{x: "${ .a }", y: 1}`, or, in fields that
// are expressions by nature (`if`, `when`, `in`, `from`, `as`), a bare `.a`. Compiled once; immutable; shared.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/json/value.h"
#include "xflow/expression/program.h"

namespace xf::plan {

// The arguments that every expression of a definition may name, in the order of the values given to evaluate().
// Loop variables and `catch.as` follow behind them, in the order in which their scopes are entered (Scope in the engine).
enum class Argument : std::uint8_t { kContext, kInput, kOutput, kSecrets, kTask, kWorkflow, kRuntime, kAuthorization };
inline constexpr std::size_t kArguments = 8;
inline constexpr std::array<std::string_view, kArguments> kArgumentNames = {
    "context", "input", "output", "secrets", "task", "workflow", "runtime", "authorization"};

class Template {
 public:
  Template() = default;  // literal null
  static Template literal(json::Value);
  // The whole value is one expression (its text is without `${` and `}`).
  static Template expression(std::shared_ptr<const expression::Program>);
  // A tree: `parts` in the order of the places they fill.
  struct Part;
  static Template tree(json::Value skeleton, std::vector<Part> parts);

  bool is_literal() const noexcept;
  // The literal; null when this is not one.
  const json::Value& value() const noexcept;
  bool uses(std::size_t variable) const noexcept;  // any expression in it names the variable

  // The value. An expression without output gives null; of several outputs the first counts.
  std::expected<json::Value, expression::EvalError> evaluate(const json::Value& input,
                                                            std::span<const json::Value> variables,
                                                            const expression::Environment&) const;

 private:
  struct Node;
  json::Value literal_;
  std::shared_ptr<const Node> root_;  // null: a literal
};

}  // namespace xf::plan
