// See parse.h. A machine with its own stack: values wait on it until the container that holds them is closed.
#include "base/json/parse.h"

#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "base/json/text.h"
#include "base/json/value_stack.h"

namespace xf::json {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr double kPowersOfTen[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

class Parser {
 public:
  Parser(std::string_view text, const ParseOptions& options, std::size_t from = 0)
      : begin_(text.data()), p_(text.data() + from), end_(text.data() + text.size()), options_(options) {}

  std::expected<Value, ParseError> run() {
    skip_space();
    const bool ok = value() && rest();
    if (!ok) return std::unexpected(error());
    return values_.pop();
  }

  // The next of several values; nothing when only white space is left.
  std::expected<std::optional<Value>, ParseError> next() {
    skip_space();
    if (p_ == end_) return std::nullopt;
    if (!value()) return std::unexpected(error());
    return values_.pop();
  }
  std::size_t offset() const { return std::size_t(p_ - begin_); }

 private:
  struct Open {
    std::size_t first;  // its values stand from here on
    bool is_object;
  };

  // Reads values until the outermost one is complete.
  bool value() {
    for (;;) {
      bool complete = false;
      if (!begin_value(complete)) return false;
      while (complete) {
        if (open_.empty()) return true;
        if (!after_value(complete)) return false;
      }
    }
  }

  // A whole value (`complete`), or the beginning of a container that is not empty.
  bool begin_value(bool& complete) {
    complete = true;
    if (p_ == end_) return fail("a value is missing");
    switch (*p_) {
      case '"': return string();
      case '{': return open(true, complete);
      case '[': return open(false, complete);
      case 't': return word("true", Value::boolean(true));
      case 'f': return word("false", Value::boolean(false));
      case 'n':
        return options_.jq_extensions && p_ + 1 != end_ && p_[1] == 'a' ? special() : word("null", Value());
      case 'N':
      case 'I': return special();
      default: return number();
    }
  }

  bool open(bool is_object, bool& complete) {
    if (open_.size() >= options_.depth_max) return fail("nested too deep");
    ++p_;
    skip_space();
    if (p_ != end_ && *p_ == (is_object ? '}' : ']')) {
      ++p_;
      values_.push(is_object ? Value::object() : Value::array());
      return true;
    }
    complete = false;
    open_.push_back({values_.size(), is_object});
    return !is_object || key();
  }

  bool key() {
    if (p_ == end_ || *p_ != '"') return fail("a key in double quotes is missing");
    if (!string()) return false;
    skip_space();
    if (p_ == end_ || *p_ != ':') return fail("a colon after the key is missing");
    ++p_;
    skip_space();
    return true;
  }

  // After a value inside a container: a comma (then the next value begins) or its end.
  bool after_value(bool& complete) {
    skip_space();
    const Open top = open_.back();
    if (p_ == end_) return fail(top.is_object ? "the object does not end" : "the array does not end");
    if (*p_ == ',') {
      ++p_;
      skip_space();
      complete = false;
      return !top.is_object || key();
    }
    if (*p_ != (top.is_object ? '}' : ']')) {
      return fail(top.is_object ? "',' or '}' expected" : "',' or ']' expected");
    }
    ++p_;
    close(top);
    return true;
  }

  void close(const Open& top) {
    open_.pop_back();
    Value* first = values_.at(top.first);
    const std::size_t count = values_.size() - top.first;
    values_.forget_above(top.first);
    // Keys and values alternate on the stack, as in members.
    values_.push(top.is_object ? object_of(reinterpret_cast<Member*>(first), count / 2)
                               : array_of(first, count));
  }

  bool word(std::string_view text, Value v) {
    if (std::string_view(p_, std::size_t(end_ - p_)).substr(0, text.size()) != text)
      return fail("not a JSON value");
    p_ += text.size();
    values_.push(std::move(v));
    return true;
  }

  bool special() {
    if (!options_.jq_extensions) return fail("not a JSON value");
    const double nan = std::numeric_limits<double>::quiet_NaN(),
                 inf = std::numeric_limits<double>::infinity();
    if (*p_ == 'I') return word("Infinity", Value::number(inf));
    return word(*p_ == 'n' ? "nan" : "NaN", Value::number(nan));
  }

  bool number() {
    const char* start = p_;
    if (*p_ == '-') ++p_;
    if (options_.jq_extensions && p_ != end_ && (*p_ == 'I' || *p_ == 'n' || *p_ == 'N')) {
      if (!special()) return false;
      values_.push(Value::number(-values_.pop().as_double()));
      return true;
    }
    if (p_ == end_ || !is_digit(*p_)) return fail(p_ == start ? "not a JSON value" : "a digit is missing");
    const char* digits = p_;
    std::uint64_t mantissa = 0;
    read_digits(mantissa);
    if (*digits == '0' && p_ - digits > 1) {
      p_ = digits;
      return fail("a number begins with a superfluous zero");
    }
    if (p_ != end_ && (*p_ == '.' || *p_ == 'e' || *p_ == 'E')) return fraction(start, digits, mantissa);
    if (p_ - digits > 15) return kept(start);
    values_.push(Access::plain_literal(*start == '-' ? -double(mantissa) : double(mantissa)));
    return true;
  }

  void read_digits(std::uint64_t& mantissa) {
    for (; p_ != end_ && is_digit(*p_); ++p_) mantissa = mantissa * 10 + std::uint64_t(*p_ - '0');
  }

  // What follows the integer part. Up to fifteen digits that end in none that a double would drop need no
  // more than one division, which is exact.
  bool fraction(const char* start, const char* digits, std::uint64_t mantissa) {
    std::ptrdiff_t decimals = 0;
    if (*p_ == '.') {
      const char* first = ++p_;
      read_digits(mantissa);
      decimals = p_ - first;
      if (decimals == 0) return fail("a digit is missing after the point");
    }
    if (p_ != end_ && (*p_ == 'e' || *p_ == 'E')) return exponent() && kept(start);
    const double number = double(mantissa) / kPowersOfTen[std::min<std::ptrdiff_t>(decimals, 15)];
    if (p_ - digits > 16 || p_[-1] == '0' || number < 0.0001) return kept(start);
    values_.push(Access::plain_literal(*start == '-' ? -number : number));
    return true;
  }

  bool exponent() {
    ++p_;
    if (p_ != end_ && (*p_ == '+' || *p_ == '-')) ++p_;
    if (p_ == end_ || !is_digit(*p_)) return fail("a digit is missing in the exponent");
    while (p_ != end_ && is_digit(*p_)) ++p_;
    return true;
  }

  bool kept(const char* start) {
    values_.push(Value::literal({start, std::size_t(p_ - start)}));
    return true;
  }

  bool string() {
    const char* start = ++p_;
    p_ = find_special<0x80>(p_, end_);
    if (p_ != end_ && *p_ == '"') {
      values_.push(Value::string({start, std::size_t(p_ - start)}));
      ++p_;
      return true;
    }
    return long_string(start);
  }

  // A string with escapes or characters beyond ASCII. What has been read as it stands is copied once an
  // escape comes.
  bool long_string(const char* start) {
    unescaped_.clear();
    for (;; p_ = find_special<0x80>(p_, end_)) {
      if (p_ == end_) return fail("the string does not end");
      const auto c = static_cast<unsigned char>(*p_);
      if (c == '"') break;
      if (c >= 0x80) {
        const unsigned length = utf8_length(p_, end_);
        if (length == 0) return fail("a string is not valid UTF-8");
        p_ += length;
      } else if (c == '\\') {
        unescaped_.append(start, p_);
        if (!escape()) return false;
        start = p_;
      } else {
        return fail("a control character in a string must be escaped");
      }
    }
    if (unescaped_.empty()) {
      values_.push(Value::string({start, std::size_t(p_ - start)}));
    } else {
      unescaped_.append(start, p_);
      values_.push(Value::string(unescaped_));
    }
    ++p_;
    return true;
  }

  bool escape() {
    if (end_ - p_ < 2) return fail("the string does not end");
    switch (p_[1]) {
      case '"': unescaped_ += '"'; break;
      case '\\': unescaped_ += '\\'; break;
      case '/': unescaped_ += '/'; break;
      case 'b': unescaped_ += '\b'; break;
      case 'f': unescaped_ += '\f'; break;
      case 'n': unescaped_ += '\n'; break;
      case 'r': unescaped_ += '\r'; break;
      case 't': unescaped_ += '\t'; break;
      case 'u': return unicode();
      default: return fail("there is no such escape");
    }
    p_ += 2;
    return true;
  }

  bool unicode() {
    std::uint32_t c = 0;
    if (!unit(c)) return false;
    if (c >= 0xdc00 && c < 0xe000) return fail("half of a surrogate pair");
    if (c >= 0xd800 && c < 0xdc00) {
      std::uint32_t low = 0;
      if (end_ - p_ < 2 || p_[0] != '\\' || p_[1] != 'u') return fail("half of a surrogate pair");
      if (!unit(low)) return false;
      if (low < 0xdc00 || low >= 0xe000) return fail("half of a surrogate pair");
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    char utf8[4];
    unescaped_.append(utf8, write_utf8(utf8, c));
    return true;
  }

  // \uXXXX
  bool unit(std::uint32_t& c) {
    p_ += 2;
    c = 0;
    for (int i = 0; i < 4; ++i, ++p_) {
      if (p_ == end_) return fail("the string does not end");
      const char d = *p_;
      const int digit = is_digit(d)            ? d - '0'
                        : d >= 'a' && d <= 'f' ? d - 'a' + 10
                        : d >= 'A' && d <= 'F' ? d - 'A' + 10
                                               : -1;
      if (digit < 0) return fail("four hexadecimal digits expected");
      c = c << 4 | std::uint32_t(digit);
    }
    return true;
  }

  bool rest() {
    skip_space();
    return p_ == end_ || fail("more text follows the value");
  }

  void skip_space() {
    while (p_ != end_ && (*p_ == ' ' || *p_ == '\n' || *p_ == '\r' || *p_ == '\t')) ++p_;
  }

  bool fail(const char* message) {
    message_ = message;
    return false;
  }

  ParseError error() const {
    ParseError e{std::size_t(p_ - begin_), 1, 1, message_};
    for (const char* q = begin_; q != p_; ++q) {
      ++e.column;
      if (*q == '\n') ++e.line, e.column = 1;
    }
    return e;
  }

  const char* const begin_;
  const char* p_;
  const char* const end_;
  const ParseOptions& options_;
  const char* message_ = "";
  ValueStack values_;
  std::vector<Open> open_;
  std::string unescaped_;
};

}  // namespace

std::expected<Value, ParseError> parse_at(std::string_view text, const ParseOptions& options) {
  if (text.size() > options.bytes_max) {
    return std::unexpected(ParseError{
        options.bytes_max, 1, 1, "the text is longer than " + std::to_string(options.bytes_max) + " bytes"});
  }
  return Parser(text, options).run();
}

std::expected<std::optional<Value>, ParseError> Reader::next() {
  Parser parser(text_, options_, offset_);
  auto value = parser.next();
  offset_ = parser.offset();
  return value;
}

Result<Value> parse(std::string_view text, const ParseOptions& options) {
  auto value = parse_at(text, options);
  if (value) return *std::move(value);
  const ParseError& e = value.error();
  return fail(Code::kInvalid, "not JSON: line " + std::to_string(e.line) + ", column " +
                                  std::to_string(e.column) + ": " + e.message);
}

}  // namespace xf::json
