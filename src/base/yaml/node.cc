#include "base/yaml/node.h"

namespace xf::yaml {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Line breaks and the characters behind the last of them, before `offset`.
Position advance(std::string_view text, std::size_t offset) {
  Position moved{0, 0};
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++moved.line;
      moved.column = 0;
    } else if (!is_continuation(c)) {
      ++moved.column;
    }
  }
  return moved;
}

}  // namespace

const Entry* Node::find(std::string_view key) const noexcept {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

std::optional<Position> locate(const Node& scalar, std::size_t offset) {
  if (!scalar.value.is_string()) return std::nullopt;
  const std::string_view text = scalar.value.as_string();
  if (offset > text.size()) return std::nullopt;
  const Position moved = advance(text, offset);
  if (scalar.style == Style::kLiteral) {
    if (scalar.indent == 0) return std::nullopt;
    return Position{scalar.start.line + 1 + moved.line, scalar.indent + 1 + moved.column};
  }
  if (scalar.start.line != scalar.end.line || moved.line != 0) return std::nullopt;
  const std::uint32_t quote = scalar.style == Style::kPlain ? 0 : 1;
  const std::uint32_t written = scalar.end.column - scalar.start.column - 2 * quote;
  // Fewer characters than were written: escapes stand for some of them.
  if (advance(text, text.size()).column != written) return std::nullopt;
  return Position{scalar.start.line, scalar.start.column + quote + moved.column};
}

}  // namespace xf::yaml
