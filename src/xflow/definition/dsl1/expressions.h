// Reading expressions and templates. Fields that are expressions by nature take `.x` as well as `${ .x }`; in
// values only `${ … }` is an expression, alone or inside longer text.
#pragma once

#include <optional>

#include "xflow/definition/dsl1/context.h"

namespace xf::dsl1 {

// `if`, `when`, `while`, `in`, `from` …: text, bare or in `${ }`.
std::optional<plan::Template> expression(Context&, const Place&);
// `input.from`, `output.as`, `export.as`: such an expression, or a mapping with expressions in its values.
std::optional<plan::Template> transform(Context&, const Place&);
// Any value, with expressions in its texts.
plan::Template value(Context&, const Place&);
// A value that must be text, or an expression that gives it.
plan::Template text_value(Context&, const Place&);
// A mapping, or an expression that gives one.
plan::Template mapping_value(Context&, const Place&, std::string_view what);
// Text that is one expression in `${ }` as a whole.
bool is_expression(const json::Value&);

}  // namespace xf::dsl1
