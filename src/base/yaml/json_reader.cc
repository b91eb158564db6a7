#include "base/yaml/json_reader.h"

#include <cctype>
#include <unordered_set>

#include "base/yaml/scalar.h"

namespace xf::yaml {
namespace {

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

struct Stop {};  // the grammar is broken; the reason is in the problems

class JsonReader {
 public:
  JsonReader(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {}

  JsonOutcome read() {
    std::optional<Node> root;
    try {
      root = value(1);
      skip_space();
      if (at_ < text_.size()) stop("expected the end of the document");
    } catch (const Stop&) {
      return {std::unexpected(std::move(problems_)), over_limit_};
    }
    if (!problems_.empty()) return {std::unexpected(std::move(problems_)), true};
    return {std::move(*root), true};
  }

 private:
  [[noreturn]] void stop(std::string message) {
    problems_.push_back({here(), std::move(message), ""});
    throw Stop{};
  }

  Position here() const { return {line_, column_}; }
  bool at(char c) const { return at_ < text_.size() && text_[at_] == c; }

  void next() {
    const char c = text_[at_++];
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if (at_ >= text_.size() || (static_cast<unsigned char>(text_[at_]) & 0xC0) != 0x80) {
      ++column_;
    }
  }
  void skip(std::size_t n) {
    while (n-- > 0) next();
  }
  void skip_space() {
    while (at(' ') || at('\t') || at('\n') || at('\r')) next();
  }
  void expect(char c) {
    if (!at(c)) stop(std::string("expected '") + c + "'");
    next();
  }

  Node value(std::uint32_t depth) {
    if (depth > limits_.depth_max) {
      over_limit_ = true;
      stop("nested deeper than " + std::to_string(limits_.depth_max) + " levels");
    }
    skip_space();
    Node node;
    node.start = here();
    if (at('{')) {
      object(node, depth);
    } else if (at('[')) {
      array(node, depth);
    } else if (at('"')) {
      node.style = Style::kDoubleQuoted;
      node.value = json::Value::string(string());
    } else {
      node.value = word();
    }
    node.end = here();
    return node;
  }

  void object(Node& node, std::uint32_t depth) {
    node.style = Style::kCollection;
    std::unordered_set<std::string> seen;
    next();
    skip_space();
    while (!at('}')) {
      if (!node.entries.empty()) expect(',');
      skip_space();
      if (!at('"')) stop("expected a property name in double quotes");
      Entry entry;
      entry.position = here();
      entry.key = string();
      if (!seen.insert(entry.key).second) {
        problems_.push_back(
            {entry.position, "the key '" + entry.key + "' is written twice", "keep one of them"});
      }
      skip_space();
      expect(':');
      entry.node = value(depth + 1);
      node.entries.push_back(std::move(entry));
      skip_space();
    }
    next();
    std::vector<json::Member> members;
    members.reserve(node.entries.size());
    for (const Entry& e : node.entries) members.push_back({json::Value::string(e.key), e.node.value});
    node.value = json::Value::object(std::move(members));
  }

  void array(Node& node, std::uint32_t depth) {
    node.style = Style::kCollection;
    next();
    skip_space();
    while (!at(']')) {
      if (!node.items.empty()) expect(',');
      node.items.push_back(value(depth + 1));
      skip_space();
    }
    next();
    std::vector<json::Value> elements;
    elements.reserve(node.items.size());
    for (const Node& item : node.items) elements.push_back(item.value);
    node.value = json::Value::array(std::move(elements));
  }

  std::string string() {
    std::string out;
    next();
    while (!at('"')) {
      if (at_ >= text_.size()) stop("the string is not closed");
      const char c = text_[at_];
      if (static_cast<unsigned char>(c) < 0x20) stop("a control character in a string must be escaped");
      if (c == '\\') {
        escape(out);
      } else {
        out += c;
        next();
      }
    }
    next();
    return out;
  }

  void escape(std::string& out) {
    constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (const std::size_t i = kFrom.find(c); i != std::string_view::npos && c != '\0') {
      out += kTo[i];
      return skip(2);
    }
    if (c != 'u') stop("unknown escape in a string");
    std::uint32_t code = hex4(at_ + 2);
    if (code >= 0xDC00 && code < 0xE000) stop("half of a surrogate pair");
    if (code >= 0xD800 && code < 0xDC00) {
      if (text_.substr(at_ + 6, 2) != "\\u") stop("half of a surrogate pair");
      const std::uint32_t low = hex4(at_ + 8);
      if (low < 0xDC00 || low >= 0xE000) stop("half of a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      skip(6);
    }
    skip(6);
    append_utf8(out, code);
  }

  std::uint32_t hex4(std::size_t from) {
    if (from + 4 > text_.size()) stop("\\u needs four hexadecimal digits");
    std::uint32_t code = 0;
    for (const char c : text_.substr(from, 4)) {
      if (std::isxdigit(static_cast<unsigned char>(c)) == 0) stop("\\u needs four hexadecimal digits");
      const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
      code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    return code;
  }

  json::Value word() {
    const std::size_t end = text_.find_first_of(" \t\r\n,]}:", at_);
    const std::string_view text = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
    json::Value out;
    if (text == "true" || text == "false") {
      out = json::Value::boolean(text == "true");
    } else if (is_number(text)) {
      out = json::Value::literal(text);
      if (is_out_of_range(out)) stop("the number is out of range");
    } else if (text != "null") {
      stop("expected a value");
    }
    skip(text.size());
    return out;
  }

  static bool is_number(std::string_view text) {
    const auto digits = [&text] {
      std::size_t n = 0;
      while (n < text.size() && text[n] >= '0' && text[n] <= '9') ++n;
      text.remove_prefix(n);
      return n;
    };
    if (text.starts_with('-')) text.remove_prefix(1);
    const bool zero = text.starts_with('0');
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      if (digits() == 0) return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
      text.remove_prefix(1);
      if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
      if (digits() == 0) return false;
    }
    return text.empty();
  }

  std::string_view text_;
  const Limits& limits_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1, column_ = 1;
  bool over_limit_ = false;
  std::vector<Problem> problems_;
};

}  // namespace

JsonOutcome read_json(std::string_view text, const Limits& limits) { return JsonReader(text, limits).read(); }

}  // namespace xf::yaml
