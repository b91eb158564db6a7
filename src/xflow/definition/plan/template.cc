#include "xflow/definition/plan/template.h"

#include <algorithm>

#include "base/check.h"
#include "base/json/print.h"
#include "base/match.h"

namespace xf::plan {

struct Template::Tree {
  enum class Shape : std::uint8_t { kArray, kObject, kText } shape = Shape::kArray;
  std::vector<json::Value> keys;  // kObject: one for each part
  std::vector<Template> parts;
};

Template Template::literal(json::Value value) {
  Template out;
  out.form_ = std::move(value);
  return out;
}

Template Template::expression(std::shared_ptr<const expression::Program> program, std::size_t variables) {
  Template out;
  out.form_ = Expression{std::move(program), variables, false, {}};
  return out;
}

Template Template::guess(std::shared_ptr<const expression::Program> program, std::size_t variables,
                         json::Value otherwise) {
  Template out;
  out.form_ = Expression{std::move(program), variables, true, std::move(otherwise)};
  return out;
}

Template Template::tree(Tree tree) {
  const bool fixed = std::ranges::all_of(tree.parts, &Template::is_literal);
  Template out;
  out.form_ = std::make_shared<const Tree>(std::move(tree));
  // Nothing in it depends on anything: its value is known now.
  return fixed ? literal(*out.evaluate({}, {}, {})) : out;
}

Template Template::array(std::vector<Template> elements) {
  return tree({Tree::Shape::kArray, {}, std::move(elements)});
}

Template Template::object(std::vector<std::pair<std::string, Template>> members) {
  Tree out{Tree::Shape::kObject, {}, {}};
  for (auto& [key, part] : members) {
    out.keys.push_back(json::Value::string(key));
    out.parts.push_back(std::move(part));
  }
  return tree(std::move(out));
}

Template Template::text(std::vector<Template> pieces) {
  return tree({Tree::Shape::kText, {}, std::move(pieces)});
}

bool Template::is_literal() const noexcept { return std::holds_alternative<json::Value>(form_); }

const json::Value& Template::value() const noexcept {
  static const json::Value kNull;
  const auto* value = std::get_if<json::Value>(&form_);
  return value == nullptr ? kNull : *value;
}

const expression::Program* Template::program() const noexcept {
  const auto* e = std::get_if<Expression>(&form_);
  return e == nullptr || e->is_guess ? nullptr : e->program.get();
}

bool Template::uses(std::size_t variable) const noexcept {
  return match(
      form_, [](const json::Value&) { return false; },
      [&](const Expression& e) { return variable < e.variables && e.program->uses(variable); },
      [&](const std::shared_ptr<const Tree>& t) {
        return std::ranges::any_of(t->parts, [&](const Template& part) { return part.uses(variable); });
      });
}

std::expected<json::Value, expression::EvalError> Template::evaluate(
    const json::Value& input, std::span<const json::Value> variables,
    const expression::Environment& environment) const {
  const auto eval = [&](const Template& part) { return part.evaluate(input, variables, environment); };
  return match(
      form_, [](const json::Value& value) -> Outcome { return value; },
      [&](const Expression& e) -> Outcome {
        XF_CHECK(variables.size() >= e.variables,
                 "an expression is given a value for each name of its scope");
        auto value = e.program->first(input, variables.first(e.variables), environment);
        if (!value && e.is_guess && !value.error().over_budget) return e.otherwise;
        return value;
      },
      [&](const std::shared_ptr<const Tree>& t) -> Outcome {
        switch (t->shape) {
          case Tree::Shape::kArray: return evaluate_array(*t, eval);
          case Tree::Shape::kObject: return evaluate_object(*t, eval);
          case Tree::Shape::kText: return evaluate_text(*t, eval);
        }
        return json::Value();
      });
}

template <typename Eval>
Template::Outcome Template::evaluate_array(const Tree& tree, const Eval& eval) {
  std::vector<json::Value> elements;
  elements.reserve(tree.parts.size());
  for (const Template& part : tree.parts) {
    XF_TRY_ASSIGN(json::Value value, eval(part));
    elements.push_back(std::move(value));
  }
  return json::Value::array(std::move(elements));
}

template <typename Eval>
Template::Outcome Template::evaluate_object(const Tree& tree, const Eval& eval) {
  std::vector<json::Member> members;
  members.reserve(tree.parts.size());
  for (std::size_t i = 0; i < tree.parts.size(); ++i) {
    XF_TRY_ASSIGN(json::Value value, eval(tree.parts[i]));
    members.push_back({tree.keys[i], std::move(value)});
  }
  return json::Value::object(std::move(members));
}

template <typename Eval>
Template::Outcome Template::evaluate_text(const Tree& tree, const Eval& eval) {
  std::string text;
  for (const Template& part : tree.parts) {
    XF_TRY_ASSIGN(const json::Value value, eval(part));
    if (value.is_string()) {
      text += value.as_string();
    } else if (!value.is_null()) {
      json::print_to(text, value);
    }
  }
  return json::Value::string(text);
}

}  // namespace xf::plan
