// Node: one value of a YAML or JSON document that remembers where it was written. Immutable once parsed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/value.h"

namespace xf::yaml {

// 1-based; the column counts characters, as editors do.
struct Position {
  std::uint32_t line = 1, column = 1;
  auto operator<=>(const Position&) const = default;
};

enum class Style : std::uint8_t { kPlain, kSingleQuoted, kDoubleQuoted, kLiteral, kFolded, kCollection };

struct Entry;

struct Node {
  Position start, end;  // `end` is behind the last character
  Style style = Style::kPlain;
  std::uint32_t indent = 0;    // kLiteral: the spaces before each line; 0: not known
  json::Value value;           // the whole subtree; parts of it are shared with the children
  std::vector<Node> items;     // of a sequence
  std::vector<Entry> entries;  // of a mapping, in the order written

  const Entry* find(std::string_view key) const noexcept;
};

struct Entry {
  std::string key;
  Position position;  // of the key
  Node node;
};

// Where the byte at `offset` of a string's text stands in the file; nothing where escapes or folding hide it.
std::optional<Position> locate(const Node& scalar, std::size_t offset);

}  // namespace xf::yaml
