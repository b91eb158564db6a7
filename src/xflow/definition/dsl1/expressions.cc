#include "xflow/definition/dsl1/expressions.h"

#include <algorithm>

#include "xflow/definition/dsl1/expression_text.h"
#include "xflow/definition/dsl1/fields.h"
#include "xflow/definition/dsl1/suggest.h"

namespace xf::dsl1 {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

// Where a byte of the scalar stands; where that is hidden, the scalar itself.
void report_inside(Context& cx, const Place& place, std::size_t offset, std::string message,
                   std::string hint) {
  if (const auto position = yaml::locate(place.node(), offset)) {
    return cx.report.at(*position, place.pointer(), std::move(message), std::move(hint));
  }
  cx.report.value(place, std::move(message) + " (at byte " + std::to_string(offset + 1) + " of the text)",
                  std::move(hint));
}

void check_secrets(Context& cx, const Place& place, std::string_view code, std::size_t offset) {
  const std::vector<std::string_view> known(cx.plan.secrets.begin(), cx.plan.secrets.end());
  for (const MemberUse& use : member_uses(code, "secrets")) {
    if (std::ranges::find(known, use.member) != known.end()) continue;
    const std::string near = suggestion(use.member, known);
    report_inside(cx, place, offset + use.offset, "the secret '" + use.member + "' is not declared",
                  near.empty() ? "add it to use.secrets" : near);
  }
}

// A token must not get into the data of an instance.
void check_token(Context& cx, const Place& place, std::string_view code, std::size_t offset) {
  if (cx.in_call) return;
  for (const MemberUse& use : member_uses(code, "authorization")) {
    if (use.member != "parameter") continue;
    report_inside(cx, place, offset + use.offset,
                  "$authorization.parameter may only be read in the arguments of a call",
                  "use it in 'with' of the call that needs it");
  }
}

std::shared_ptr<const expression::Program> try_compile(Context& cx, std::string_view code) {
  auto program = expression::Program::compile(code, {.variables = cx.scope});
  return program ? std::move(*program) : nullptr;
}

// "$inptu is not defined".
std::string hint_for(const Context& cx, const expression::CompileError& e) {
  const std::string_view message = e.message;
  const std::size_t end = message.find(" is not defined");
  if (!message.starts_with('$') || end == std::string_view::npos) return {};
  const std::vector<std::string_view> known(cx.scope.begin(), cx.scope.end());
  const std::string_view near = nearest(message.substr(1, end - 1), known);
  if (!near.empty()) return "did you mean '$" + std::string(near) + "'?";
  std::string out = "known here: ";
  for (const std::string_view name : known) out.append(name == known.front() ? "$" : ", $").append(name);
  return out;
}

// The code that stands at `offset` in the place's text.
std::optional<plan::Template> compile(Context& cx, const Place& place, std::string_view code,
                                      std::size_t offset) {
  if (code.find_first_not_of(kSpace) == std::string_view::npos) {
    cx.report.value(place, "the expression is empty", "write one, such as ${ .name }");
    return std::nullopt;
  }
  auto program = expression::Program::compile(code, {.variables = cx.scope});
  if (!program) {
    const expression::CompileError& e = program.error();
    report_inside(cx, place, offset + std::min<std::size_t>(e.offset, code.size()),
                  "the expression does not compile: " + e.message, e.hint.empty() ? hint_for(cx, e) : e.hint);
    return std::nullopt;
  }
  check_secrets(cx, place, code, offset);
  check_token(cx, place, code, offset);
  return plan::Template::expression(std::move(*program), cx.scope.size());
}

std::string_view part(std::string_view text, const Piece& piece) {
  return text.substr(piece.begin, piece.end - piece.begin);
}

void report_unclosed(Context& cx, const Place& place, const Pieces& pieces) {
  report_inside(cx, place, pieces.open_at, "'${' is not closed by '}'",
                "a text that needs the two characters writes ${ \"${\" }");
}

plan::Template interpolated(Context& cx, const Place& place, const Pieces& pieces) {
  const std::string_view text = place.value().as_string();
  std::vector<plan::Template> out;
  for (const Piece& piece : pieces.pieces) {
    if (!piece.is_expression) {
      out.push_back(plan::Template::literal(json::Value::string(part(text, piece))));
    } else if (auto compiled = compile(cx, place, part(text, piece), piece.begin)) {
      out.push_back(std::move(*compiled));
    }
  }
  return plan::Template::text(std::move(out));
}

plan::Template from_text(Context& cx, const Place& place) {
  const std::string_view text = place.value().as_string();
  if (text.find("${") == std::string_view::npos) {
    auto guessed = cx.plan.loose ? try_compile(cx, text) : nullptr;
    return guessed ? plan::Template::guess(std::move(guessed), cx.scope.size(), place.value())
                   : plan::Template::literal(place.value());
  }
  const Pieces pieces = split(text);
  if (!pieces.is_closed) {
    report_unclosed(cx, place, pieces);
    return {};
  }
  if (const Piece* whole = whole_expression(text, pieces)) {
    return compile(cx, place, part(text, *whole), whole->begin).value_or(plan::Template());
  }
  return interpolated(cx, place, pieces);
}

// A literal shares the document's own value.
plan::Template shared(plan::Template out, const Place& place) {
  return out.is_literal() ? plan::Template::literal(place.value()) : out;
}

}  // namespace

bool is_expression(const json::Value& value) {
  if (!value.is_string()) return false;
  const Pieces pieces = split(value.as_string());
  return pieces.is_closed && whole_expression(value.as_string(), pieces) != nullptr;
}

std::optional<plan::Template> expression(Context& cx, const Place& place) {
  const json::Value& value = place.value();
  if (value.is_bool() || value.is_number()) {
    cx.report.value(place, "expected an expression, found " + std::string(kind_of(value)),
                    "write it as text: \"${ " +
                        std::string(value.is_bool() ? (value.as_bool() ? "true" : "false") : "1") + " }\"");
    return std::nullopt;
  }
  if (!dsl1::text(cx, place)) return std::nullopt;
  const std::string_view text = value.as_string();
  const Pieces pieces = split(text);
  if (const Piece* whole = pieces.is_closed ? whole_expression(text, pieces) : nullptr) {
    return compile(cx, place, part(text, *whole), whole->begin);
  }
  if (!pieces.is_closed && text.find_first_not_of(kSpace) == pieces.open_at) {
    report_unclosed(cx, place, pieces);
    return std::nullopt;
  }
  return compile(cx, place, text, 0);
}

std::optional<plan::Template> transform(Context& cx, const Place& place) {
  if (place.value().is_object()) return value(cx, place);
  if (place.value().is_string()) return expression(cx, place);
  cx.report.value(place, "expected an expression or a mapping, found " + std::string(kind_of(place.value())));
  return std::nullopt;
}

plan::Template value(Context& cx, const Place& place) {
  switch (place.value().kind()) {
    case json::Kind::kString: return from_text(cx, place);
    case json::Kind::kArray: {
      std::vector<plan::Template> elements;
      for (std::size_t i = 0; i < place.node().items.size(); ++i)
        elements.push_back(value(cx, Place(place, i)));
      return shared(plan::Template::array(std::move(elements)), place);
    }
    case json::Kind::kObject: {
      std::vector<std::pair<std::string, plan::Template>> members;
      for (const yaml::Entry& entry : place.node().entries) {
        members.emplace_back(entry.key, value(cx, Place(place, entry)));
      }
      return shared(plan::Template::object(std::move(members)), place);
    }
    default: return plan::Template::literal(place.value());
  }
}

plan::Template text_value(Context& cx, const Place& place) {
  return text(cx, place) ? from_text(cx, place) : plan::Template();
}

plan::Template mapping_value(Context& cx, const Place& place, std::string_view what) {
  if (place.value().is_object() || is_expression(place.value())) return value(cx, place);
  expect_mapping(cx, place, what);
  return {};
}

}  // namespace xf::dsl1
