// `--output`; see output.h.
#include "cli/output.h"

#include <algorithm>

#include "base/json/parse.h"
#include "base/json/print.h"

namespace xf::cli {
namespace {

using json::Value;

std::string one_line(const Value& value) {
  if (value.is_null()) return "";
  return value.is_string() ? std::string(value.as_string()) : json::print(value);
}

// A definition is shown as commands take it: namespace/name:version.
std::string one_line(std::string_view key, const Value& value) {
  if (key != "definition" || !value.is_object()) return one_line(value);
  return one_line(value.get("namespace")) + "/" + one_line(value.get("name")) + ":" + one_line(value.get("version"));
}

// An object in a list: `task /do/1/nap, waitingFor timer`.
std::string item(const Value& value) {
  if (!value.is_object()) return one_line(value);
  std::string out;
  for (const json::Member& member : value.members())
    out += (out.empty() ? "" : ", ") + std::string(member.key.as_string()) + " " + one_line(member.value);
  return out;
}

const Value& dig(const Value& row, std::string_view path) {
  const Value* at = &row;
  while (true) {
    std::size_t dot = std::min(path.find('.'), path.size());
    at = &at->get(path.substr(0, dot));
    if (dot == path.size()) return *at;
    path.remove_prefix(dot + 1);
  }
}

// A string that reads as itself without quotes: a word that is no number, no keyword and holds nothing
// special.
bool is_plain(std::string_view text) {
  if (text.empty() || text == "null" || text == "true" || text == "false" || text == "~") return false;
  auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '/' || c == '.';
  };
  bool letter = (text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z') || text[0] == '/';
  return letter && std::all_of(text.begin(), text.end(), good);
}

std::string scalar(const Value& value) {
  if (value.is_string() && is_plain(value.as_string())) return std::string(value.as_string());
  return json::print(value);  // JSON's scalars and empty collections are YAML
}

void write_yaml(std::string& out, const Value& value, std::size_t indent) {
  std::string pad(indent, ' ');
  auto child = [&](const Value& part) {
    if (part.size() > 0 && (part.is_array() || part.is_object())) {
      out += "\n";
      write_yaml(out, part, indent + 2);
    } else {
      out += " " + scalar(part) + "\n";
    }
  };
  for (const Value& element : value.elements()) {
    out += pad + "-";
    child(element);
  }
  for (const json::Member& member : value.members()) {
    out += pad + scalar(member.key) + ":";
    child(member.value);
  }
}

// Characters, roughly: bytes that begin one.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string to_yaml(const Value& value) {
  if (value.size() == 0 || !(value.is_array() || value.is_object())) return scalar(value) + "\n";
  std::string out;
  write_yaml(out, value, 0);
  return out;
}

std::string to_table(std::span<const Value> rows, std::span<const Column> columns) {
  std::vector<std::vector<std::string>> lines(1);
  for (const Column& column : columns) lines[0].emplace_back(column.heading);
  for (const Value& row : rows) {
    lines.emplace_back();
    for (const Column& column : columns) lines.back().push_back(one_line(column.path, dig(row, column.path)));
  }
  std::vector<std::size_t> widths(columns.size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  std::string out;
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i)
      text += line[i] + std::string(widths[i] - width(line[i]) + 2, ' ');
    out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string to_lines(const Value& object) {
  std::size_t widest = 0;
  for (const json::Member& member : object.members()) widest = std::max(widest, member.key.size());
  std::string out;
  auto line = [&](std::string_view key, const std::string& text) {
    out += std::string(key) + std::string(widest - key.size() + 2, ' ') + text + "\n";
  };
  for (const json::Member& member : object.members()) {
    std::string_view key = member.key.as_string();
    // What an author wrote is shown as it is; a list of ours has a line for each of its objects.
    bool ours = (key == "positions" || key == "children") && member.value.is_array();
    if (!ours) line(key, one_line(key, member.value));
    for (const Value& element : ours ? member.value.elements() : std::span<const Value>()) {
      line(key, item(element));
      key = "";
    }
  }
  return out;
}

}  // namespace xf::cli
