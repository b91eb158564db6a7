// See from_json.h. Well-formed text takes the fast reader; what that refuses is read again here, character by
// character, for jq's own tolerance (nan, a byte order mark) and for the place and words of its refusal.
#include "xflow/expression/from_json.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/json/parse.h"
#include "xflow/expression/literals.h"
#include "xflow/expression/text.h"

namespace xf::expression {
namespace {

using json::Value;

// jq counts an object's key as a level of its own.
constexpr std::size_t kOpenMax = 10'000;
constexpr std::uint32_t kFastDepth = 4'000;

int hex4(std::string_view s, std::size_t at) {
  int n = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const char c = s[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    n = n * 16 + digit;
  }
  return n;
}

// The three bytes that UTF-8 would give a lone surrogate: utf8_mend makes them U+FFFD.
void append_unit(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

using Refusal = const char*;  // what is wrong, or nullptr

// What stands between two quotes, its escapes undone.
Refusal unescape(std::string_view in, std::string& out) {
  for (std::size_t at = 0; at < in.size();) {
    const char c = in[at++];
    if (c != '\\') {
      if (static_cast<unsigned char>(c) < 0x20)
        return "Invalid string: control characters from U+0000 through U+001F must be escaped";
      out += c;
      continue;
    }
    if (at == in.size()) return "Expected escape character at end of string";
    const char escape = in[at++];
    static constexpr std::string_view kShort = "\\\"/bftnr", kMeans = "\\\"/\b\f\t\n\r";
    if (const auto i = kShort.find(escape); i != std::string_view::npos) {
      out += kMeans[i];
      continue;
    }
    if (escape != 'u') return "Invalid escape";
    if (at + 4 > in.size()) return "Invalid \\uXXXX escape";
    int unit = hex4(in, at);
    if (unit < 0) return "Invalid characters in \\uXXXX escape";
    at += 4;
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const bool follows = at + 6 <= in.size() && in[at] == '\\' && in[at + 1] == 'u';
      const int low = follows ? hex4(in, at + 2) : -1;
      if (low < 0xdc00 || low > 0xdfff) return "Invalid \\uXXXX\\uXXXX surrogate pair escape";
      at += 6;
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    append_unit(out, static_cast<std::uint32_t>(unit));
  }
  return nullptr;
}

class Reader {
 public:
  Reader(Context& c, std::string_view text) : context_(c), whole_(text), rest_(text) {}

  Outcome run() {
    if (!skip_mark()) return refused("Malformed BOM");
    for (const char c : rest_) {
      if (!context_.charge(1)) return spent();
      column_++;
      if (c == '\n') {
        line_++;
        column_ = 0;
      }
      if (Refusal refusal = take(c)) return refused(std::string(refusal) + place());
      if (values_ > 1) break;  // whatever follows a second value is not looked at
    }
    if (Refusal refusal = finish()) return refused(std::string(refusal) + " at EOF" + place());
    complete();
    if (values_ == 0) return refused("Expected JSON value");
    if (values_ > 1) return refused("Unexpected extra JSON values");
    return std::move(first_);
  }

 private:
  std::string place() const {
    return " at line " + std::to_string(line_) + ", column " + std::to_string(column_);
  }

  Outcome refused(const std::string& why) {
    Text out(context_);
    const auto shown = whole_.substr(0, whole_.find('\0'));
    if (!out.append(why) || !out.append(" (while parsing '") || !out.append(shown) || !out.append("')"))
      return spent();
    return std::unexpected(Failure{out.value(), false});
  }

  // False: something that begins like a byte order mark and is none.
  bool skip_mark() {
    constexpr std::string_view kMark = "\xef\xbb\xbf";
    std::size_t same = 0;
    while (same < kMark.size() && same < rest_.size() && rest_[same] == kMark[same]) ++same;
    if (same == 0) return true;
    rest_.remove_prefix(same);
    return same == kMark.size();
  }

  Refusal take(char c) {
    if (in_string_) return take_in_string(c);
    static constexpr std::string_view kSpace = " \t\r\n", kStructure = "[,]{:}";
    const bool structure = kStructure.find(c) != std::string_view::npos;
    if (!structure && c != '"' && kSpace.find(c) == std::string_view::npos) {
      token_ += c;
      return nullptr;
    }
    if (Refusal refusal = take_literal()) return refusal;
    complete();
    if (c == '"') in_string_ = true;
    if (structure) {
      if (Refusal refusal = take_structure(c)) return refusal;
      complete();
    }
    return nullptr;
  }

  Refusal take_in_string(char c) {
    if (escaped_ || c != '"') {
      token_ += c;
      escaped_ = !escaped_ && c == '\\';
      return nullptr;
    }
    std::string text;
    if (Refusal refusal = unescape(token_, text)) return refusal;
    if (Refusal refusal = value(Value::string(utf8_valid(text) ? text : utf8_mend(text)))) return refusal;
    token_.clear();
    in_string_ = false;
    complete();
    return nullptr;
  }

  Refusal take_literal() {
    if (token_.empty()) return nullptr;
    std::optional<Value> literal;
    const bool is_null = token_.size() > 1 && token_[0] == 'n' && token_[1] == 'u';
    if (token_[0] == '\'') return "Invalid string literal; expected \", but got '";
    if (token_[0] == 't' || token_[0] == 'f' || is_null) {
      if (token_ != "true" && token_ != "false" && token_ != "null") return "Invalid literal";
      literal = is_null ? Value::null() : Value::boolean(token_ == "true");
    } else {
      literal = read_number(std::string_view(token_).substr(0, token_.find('\0')));
      if (!literal) return "Invalid numeric literal";
    }
    token_.clear();
    return value(*std::move(literal));
  }

  Refusal value(Value v) {
    if (next_) return "Expected separator between values";
    next_ = std::move(v);
    return nullptr;
  }

  Refusal take_structure(char c) {
    switch (c) {
      case '[':
      case '{': return open(c == '[' ? Value::array() : Value::object());
      case ':': return colon();
      case ',': return comma();
      case ']': return close_array();
      default: return close_object();
    }
  }

  Refusal open(Value container) {
    if (open_.size() >= kOpenMax) return "Exceeds depth limit for parsing";
    if (next_) return "Expected separator between values";
    open_.push_back(std::move(container));
    return nullptr;
  }

  Refusal colon() {
    if (!next_) return "Expected string key before ':'";
    if (open_.empty() || !open_.back().is_object()) return "':' not as part of an object";
    if (!next_->is_string()) return "Object keys must be strings";
    open_.push_back(*std::move(next_));
    next_.reset();
    return nullptr;
  }

  void add_element() {
    open_.back() = std::move(open_.back()).append(*std::move(next_));
    next_.reset();
  }

  void add_member() {
    const Value key = std::move(open_.back());
    open_.pop_back();
    open_.back() = std::move(open_.back()).with(key, *std::move(next_));
    next_.reset();
  }

  void close() {
    next_ = std::move(open_.back());
    open_.pop_back();
  }

  Refusal comma() {
    if (!next_) return "Expected value before ','";
    if (open_.empty()) return "',' not as part of an object or array";
    if (open_.back().is_object()) return "Objects must consist of key:value pairs";
    if (open_.back().is_array()) {
      add_element();
    } else {
      add_member();
    }
    return nullptr;
  }

  Refusal close_array() {
    if (open_.empty() || !open_.back().is_array()) return "Unmatched ']'";
    if (next_) {
      add_element();
    } else if (open_.back().size() != 0) {
      return "Expected another array element";
    }
    close();
    return nullptr;
  }

  Refusal close_object() {
    if (open_.empty()) return "Unmatched '}'";
    if (next_) {
      if (!open_.back().is_string()) return "Objects must consist of key:value pairs";
      add_member();
    } else {
      if (!open_.back().is_object()) return "Unmatched '}'";
      if (open_.back().size() != 0) return "Expected another key-value pair";
    }
    close();
    return nullptr;
  }

  // A value that stands alone is one of the text's values.
  void complete() {
    if (!open_.empty() || !next_) return;
    if (values_++ == 0) first_ = *std::move(next_);
    next_.reset();
  }

  Refusal finish() {
    if (values_ > 1) return nullptr;
    if (in_string_) return "Unfinished string";
    if (Refusal refusal = take_literal()) return refusal;
    return open_.empty() ? nullptr : "Unfinished JSON term";
  }

  Context& context_;
  std::string_view whole_, rest_;
  int line_ = 1, column_ = 0;
  bool in_string_ = false, escaped_ = false;
  std::string token_;
  std::vector<Value> open_;  // containers, and the key that waits for its value
  std::optional<Value> next_;
  Value first_;
  int values_ = 0;
};

// Bytes that reading may build, from above.
std::uint64_t room(std::string_view text) {
  std::uint64_t bytes = text.size();
  for (const char c : text) bytes += c == ',' ? 24u : c == ':' ? 32u : c == '[' || c == '{' ? 48u : 0u;
  return bytes;
}

}  // namespace

Outcome from_json(Context& c, std::string_view text) {
  if (!c.charge(1 + (text.size() >> 3)) || !c.reserve(room(text))) return spent();
  json::ParseOptions options;
  options.depth_max = kFastDepth;
  if (auto parsed = json::parse_at(text, options)) return *std::move(parsed);
  return Reader(c, text).run();
}

}  // namespace xf::expression
