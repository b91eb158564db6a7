// `--output json|yaml|table`.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/value.h"

namespace xf::cli {

// A column of a table: a heading, and where its text lies in a row (a dotted path).
struct Column {
  std::string_view heading, path;
};

std::string to_yaml(const json::Value&);
// One line for each row, under headings; as wide as needed.
std::string to_table(std::span<const json::Value> rows, std::span<const Column>);
// "key  value" lines of an object; nested values are one line of JSON, positions and children a line each.
std::string to_lines(const json::Value& object);

}  // namespace xf::cli
