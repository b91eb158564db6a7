#include "base/yaml/source_text.h"

#include <algorithm>

namespace xf::yaml {
namespace {

// Without its end; empty behind the last one.
std::string_view line_at(std::string_view text, std::size_t line) {
  for (; line > 1 && !text.empty(); --line) text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  return text.substr(0, text.find('\n'));
}

bool has(std::string_view line, std::string_view what) { return line.find(what) != std::string_view::npos; }

}  // namespace

Position position_at(std::string_view text, std::size_t offset) {
  Position position;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      position = {position.line + 1, 1};
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++position.column;
    }
  }
  return position;
}

bool is_indented_by_tab(std::string_view text, Position at) {
  const std::string_view line = line_at(text, at.line);
  return has(line.substr(0, line.find_first_not_of(" \t")), "\t");
}

std::string hint_about(std::string_view text, Position at) {
  if (has(line_at(text, at.line), "\"${")) return "put the text into '…' when the expression has quotes of its own";
  return "check the indentation and the quotes of this line and the one before";
}

std::string hint_about_key(std::string_view text, Position at) {
  if (has(line_at(text, at.line), "{{")) return "an expression is written ${ … }, not {{ … }}";
  return "write the key out";
}

}  // namespace xf::yaml
