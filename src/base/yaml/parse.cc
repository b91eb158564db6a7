// The YAML side stands on libyaml's events: the scanner is libyaml's, the meaning of scalars and all limits
// are ours.
#include "base/yaml/parse.h"

#include <yaml.h>

#include <map>
#include <unordered_set>

#include "base/utf8.h"
#include "base/yaml/json_reader.h"
#include "base/yaml/scalar.h"
#include "base/yaml/source_text.h"

namespace xf::yaml {
namespace {

constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

Position position_of(const yaml_mark_t& mark) {
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

struct Stop {};  // the document cannot be read on; the reason is in the problems

struct Event {
  Event() { event.type = YAML_NO_EVENT; }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event); }
  yaml_event_type_t type() const { return event.type; }
  Position start() const { return position_of(event.start_mark); }
  Position end() const { return position_of(event.end_mark); }
  yaml_event_t event;
};

// How much a subtree holds: what a copy of it costs.
struct Weight {
  std::size_t nodes = 0, bytes = 0;
};

class YamlReader {
 public:
  YamlReader(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;
  ~YamlReader() { yaml_parser_delete(&parser_); }

  std::expected<Node, std::vector<Problem>> read() {
    std::optional<Node> root;
    try {
      root = document();
    } catch (const Stop&) {
      return std::unexpected(std::move(problems_));
    }
    if (!problems_.empty()) return std::unexpected(std::move(problems_));
    return std::move(*root);
  }

 private:
  [[noreturn]] void stop(Position position, std::string message, std::string hint = "") {
    problems_.push_back({position, std::move(message), std::move(hint)});
    throw Stop{};
  }

  void next(Event& out) {
    if (yaml_parser_parse(&parser_, &out.event) != 0) return;
    std::string message = parser_.problem == nullptr ? "not valid YAML" : parser_.problem;
    if (parser_.context != nullptr) message = std::string(parser_.context) + ": " + message;
    const bool in_reader = parser_.error == YAML_READER_ERROR;
    const Position at =
        in_reader ? position_at(text_, parser_.problem_offset) : position_of(parser_.problem_mark);
    if (!in_reader && is_indented_by_tab(text_, at))
      stop(at, "the line is indented by a tab", "YAML is indented by spaces only");
    std::string hint = in_reader ? "remove the character" : hint_about(text_, at);
    stop(at, "not valid YAML: " + message, std::move(hint));
  }

  Node document() {
    Event stream, begin;
    next(stream);
    next(begin);
    if (begin.type() == YAML_STREAM_END_EVENT) stop({1, 1}, "the document is empty");
    Event first, end, last;
    next(first);
    Node root = node(first, 1);
    next(end);
    next(last);
    if (last.type() != YAML_STREAM_END_EVENT) {
      stop(last.start(), "a second document begins here", "write each document to a file of its own");
    }
    return root;
  }

  Node node(Event& first, std::uint32_t depth) {
    if (depth > limits_.depth_max) {
      stop(first.start(), "nested deeper than " + std::to_string(limits_.depth_max) + " levels");
    }
    const yaml_event_t& e = first.event;
    switch (first.type()) {
      case YAML_ALIAS_EVENT: return alias(first);
      case YAML_SCALAR_EVENT: return remember(e.data.scalar.anchor, scalar(first));
      case YAML_SEQUENCE_START_EVENT: return remember(e.data.sequence_start.anchor, sequence(first, depth));
      default: return remember(e.data.mapping_start.anchor, mapping(first, depth));
    }
  }

  Node scalar(const Event& first) {
    const auto& s = first.event.data.scalar;
    Node node;
    node.start = first.start();
    node.end = first.end();
    node.style = style_of(s.style);
    if (node.style == Style::kLiteral) node.indent = indent_below(node.start.line);
    const std::string_view text(reinterpret_cast<const char*>(s.value), s.length);
    node.value = tagged(view(s.tag), text, s.style == YAML_PLAIN_SCALAR_STYLE, node.start);
    if (is_out_of_range(node.value))
      stop(node.start, "the number is out of range", "write it in quotes to keep it as text");
    return node;
  }

  static Style style_of(yaml_scalar_style_t style) {
    switch (style) {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE: return Style::kSingleQuoted;
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return Style::kDoubleQuoted;
      case YAML_LITERAL_SCALAR_STYLE: return Style::kLiteral;
      case YAML_FOLDED_SCALAR_STYLE: return Style::kFolded;
      default: return Style::kPlain;
    }
  }

  json::Value tagged(std::string_view tag, std::string_view text, bool plain, Position at) {
    if (tag.empty()) return plain ? resolve_plain(text) : json::Value::string(text);
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return json::Value::string(text);
    const std::string_view name =
        tag.starts_with(kCoreTag) ? tag.substr(kCoreTag.size()) : std::string_view{};
    const json::Value value = resolve_plain(text);
    const bool fits = (name == "null" && value.is_null()) || (name == "bool" && value.is_bool()) ||
                      (name == "int" && value.is_number()) || (name == "float" && value.is_number());
    if (!fits) stop(at, "the tag '" + std::string(tag) + "' is not possible here", "leave the tag out");
    return value;
  }

  void check_collection_tag(const yaml_char_t* tag, std::string_view expected, Position at) {
    const std::string_view text = view(tag);
    if (text.empty() || text == "!" || text == expected) return;
    stop(at, "the tag '" + std::string(text) + "' is not possible here", "leave the tag out");
  }

  Node sequence(const Event& first, std::uint32_t depth) {
    check_collection_tag(first.event.data.sequence_start.tag, "tag:yaml.org,2002:seq", first.start());
    Node out;
    out.style = Style::kCollection;
    out.start = first.start();
    std::vector<json::Value> elements;
    for (;;) {
      Event item;
      next(item);
      if (item.type() == YAML_SEQUENCE_END_EVENT) {
        out.end = item.end();
        break;
      }
      out.items.push_back(node(item, depth + 1));
      elements.push_back(out.items.back().value);
    }
    out.value = json::Value::array(std::move(elements));
    return out;
  }

  Node mapping(const Event& first, std::uint32_t depth) {
    check_collection_tag(first.event.data.mapping_start.tag, "tag:yaml.org,2002:map", first.start());
    Node out;
    out.style = Style::kCollection;
    out.start = first.start();
    std::unordered_set<std::string> seen;
    std::vector<json::Member> members;
    for (;;) {
      Event key;
      next(key);
      if (key.type() == YAML_MAPPING_END_EVENT) {
        out.end = key.end();
        break;
      }
      Entry entry = entry_of(key, depth);
      if (!seen.insert(entry.key).second) {
        problems_.push_back(
            {entry.position, "the key '" + entry.key + "' is written twice", "keep one of them"});
      }
      members.push_back({json::Value::string(entry.key), entry.node.value});
      out.entries.push_back(std::move(entry));
    }
    out.value = json::Value::object(std::move(members));
    return out;
  }

  Entry entry_of(const Event& key, std::uint32_t depth) {
    if (key.type() != YAML_SCALAR_EVENT)
      stop(key.start(), "a key must be a plain text", hint_about_key(text_, key.start()));
    const auto& s = key.event.data.scalar;
    Entry entry;
    entry.position = key.start();
    entry.key = std::string(reinterpret_cast<const char*>(s.value), s.length);
    if (entry.key == "<<" && s.style == YAML_PLAIN_SCALAR_STYLE) {
      stop(key.start(), "merge keys (<<) are not part of YAML 1.2",
           "write the properties out, or name the part in 'use'");
    }
    Event value;
    next(value);
    entry.node = node(value, depth + 1);
    return entry;
  }

  // ---- anchors

  Node remember(const yaml_char_t* anchor, Node node) {
    if (anchor == nullptr) return node;
    pay(node, node.start);
    anchors_.insert_or_assign(std::string(view(anchor)), node);
    return node;
  }

  Node alias(const Event& first) {
    const std::string name(view(first.event.data.alias.anchor));
    const auto found = anchors_.find(name);
    if (found == anchors_.end()) {
      stop(first.start(), "no anchor '&" + name + "' stands before this alias",
           "an alias may only follow its anchor");
    }
    pay(found->second, first.start());
    return found->second;
  }

  // A few aliases of aliases stand for more than any machine holds: every copy is paid for.
  void pay(const Node& node, Position at) {
    weigh(node);
    if (copied_.nodes <= limits_.copied_nodes_max && copied_.bytes <= limits_.copied_bytes_max) return;
    stop(at, "anchors and aliases stand for more than " + std::to_string(limits_.copied_nodes_max) +
                 " values or " + std::to_string(limits_.copied_bytes_max) + " bytes");
  }

  void weigh(const Node& node) {
    if (++copied_.nodes > limits_.copied_nodes_max) return;
    if (node.value.is_string()) copied_.bytes += node.value.size();
    for (const Node& item : node.items) weigh(item);
    for (const Entry& entry : node.entries) {
      copied_.bytes += entry.key.size();
      weigh(entry.node);
    }
  }

  // ---- literal blocks

  // The spaces before the first line with text below `line`; 0 when the block says its indentation itself.
  std::uint32_t indent_below(std::uint32_t line) {
    index_lines();
    const std::string_view header = line_text(line);
    const std::size_t bar = header.rfind('|');
    if (bar != std::string_view::npos && header.find_first_of("123456789", bar) != std::string_view::npos)
      return 0;
    for (std::uint32_t below = line + 1; below <= lines_.size(); ++below) {
      const std::size_t first = line_text(below).find_first_not_of(" \r");
      if (first != std::string_view::npos) return static_cast<std::uint32_t>(first);
    }
    return 0;
  }

  void index_lines() {
    if (!lines_.empty()) return;
    lines_.push_back(0);
    for (std::size_t at = text_.find('\n'); at != std::string_view::npos; at = text_.find('\n', at + 1)) {
      lines_.push_back(at + 1);
    }
  }

  std::string_view line_text(std::uint32_t line) const {
    if (line > lines_.size()) return {};
    const std::size_t from = lines_[line - 1];
    const std::size_t end = text_.find('\n', from);
    return text_.substr(from, end == std::string_view::npos ? end : end - from);
  }

  std::string_view text_;
  const Limits& limits_;
  yaml_parser_t parser_;
  std::vector<Problem> problems_;
  std::map<std::string, Node> anchors_;
  Weight copied_;
  std::vector<std::size_t> lines_;  // where each begins
};

bool looks_like_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

// `{"a": …`: whoever wrote this meant JSON, so JSON's error is the one to show.
bool is_surely_json(std::string_view text) {
  const std::size_t brace = text.find_first_not_of(" \t\r\n");
  const std::size_t quote = text.find_first_not_of(" \t\r\n", brace + 1);
  return quote != std::string_view::npos && text[quote] == '"';
}

}  // namespace

std::expected<Node, std::vector<Problem>> parse(std::string_view text, const Limits& limits) {
  const auto refuse = [](Position position, std::string message, std::string hint) {
    return std::unexpected(std::vector<Problem>{{position, std::move(message), std::move(hint)}});
  };
  if (text.size() > limits.bytes_max) {
    return refuse({1, 1},
                  "the document has " + std::to_string(text.size()) + " bytes; the limit is " +
                      std::to_string(limits.bytes_max),
                  "");
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (const std::size_t bad = first_invalid_utf8(text); bad != std::string_view::npos) {
    return refuse(position_at(text, bad), "not valid UTF-8", "save the file as UTF-8");
  }
  if (looks_like_json(text)) {
    JsonOutcome outcome = read_json(text, limits);
    if (outcome.is_json || is_surely_json(text)) {
      // Flow-style YAML with quoted keys also looks like this; it may still be right.
      if (outcome.is_json) return std::move(outcome.result);
      auto as_yaml = YamlReader(text, limits).read();
      return as_yaml ? std::move(as_yaml) : std::move(outcome.result);
    }
  }
  return YamlReader(text, limits).read();
}

}  // namespace xf::yaml
