// ECMA-262's regular expressions in Perl's syntax: every construct is parsed here and written anew, so that
// nothing of Perl's own slips through. Lenient where ECMA-262 is without the `u` flag: a lone `{`, `}` or `]`
// stands for itself.
#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "xflow/schema/pattern.h"

namespace xf::schema {
namespace {

constexpr std::uint32_t kCodePointMax = 0x10ffff;
constexpr std::uint32_t kRepeatMax = 100'000;  // Oniguruma's own
constexpr std::size_t kGroupDepthMax = 100;

using Range = std::pair<std::uint32_t, std::uint32_t>;
constexpr Range kDigits[] = {{'0', '9'}};
constexpr Range kWordCharacters[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
constexpr Range kSpaces[] = {{'\t', '\r'},     {' ', ' '},       {0xa0, 0xa0},     {0x1680, 0x1680},
                             {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f},
                             {0x3000, 0x3000}, {0xfeff, 0xfeff}};
constexpr std::string_view kDot = "[^\\n\\r\\x{2028}\\x{2029}]";
constexpr std::string_view kAnything = "(?s:.)";
constexpr std::string_view kWord = "[0-9A-Z_a-z]";

struct Escape {
  // Either one code point, or a set of them in Perl's syntax that is good inside a class.
  std::optional<std::uint32_t> code_point;
  std::string set;
};

class Translator {
 public:
  explicit Translator(std::string_view pattern) : in_(pattern) {}

  Result<std::string> run() {
    while (at_ < in_.size() && error_.empty()) term();
    if (error_.empty() && depth_ != 0) refuse("a group is not closed with ')'");
    if (!error_.empty()) return fail(Code::kInvalid, error_ + " at byte " + std::to_string(error_at_));
    return std::move(out_);
  }

 private:
  void term() {
    switch (const char c = in_[at_]) {
      case '^': return zero_width("\\A");
      case '$': return zero_width("\\z");
      case '(': return open_group();
      case ')': return close_group();
      case '|': return zero_width("|");
      case '.': ++at_; return atom(kDot);
      case '[': return character_class();
      case '\\': return escape_term();
      case '*':
      case '+':
      case '?': return refuse(std::string("nothing to repeat before '") + c + "'");
      default: return atom(literal(next_code_point()));
    }
  }

  void zero_width(std::string_view text) {
    ++at_;
    out_ += text;
  }

  void open_group() {
    static constexpr std::array<std::string_view, 6> kOpenings = {"(?:",  "(?=",  "(?!",
                                                                  "(?<=", "(?<!", "(?i:"};
    if (++depth_ > kGroupDepthMax) return refuse("groups are nested deeper than 100");
    for (std::string_view opening : kOpenings) {
      if (!in_.substr(at_).starts_with(opening)) continue;
      out_ += opening;
      at_ += opening.size();
      return;
    }
    if (!in_.substr(at_).starts_with("(?")) return zero_width("(");
    if (!in_.substr(at_).starts_with("(?<")) return refuse("unknown kind of group");
    at_ += 3;
    if (auto name = group_name()) out_.append("(?<").append(*name).append(">");
  }

  void close_group() {
    if (depth_ == 0) return refuse("')' closes nothing");
    --depth_;
    ++at_;
    out_ += ')';
    quantifier();
  }

  // Writes one atom and the quantifier that follows it.
  void atom(std::string_view text) {
    out_ += text;
    quantifier();
  }

  void quantifier() {
    if (at_ >= in_.size()) return;
    const char c = in_[at_];
    if (c == '*' || c == '+' || c == '?') {
      out_ += c;
      ++at_;
    } else if (c != '{' || !counted()) {
      return;
    }
    if (at_ < in_.size() && in_[at_] == '?') {
      out_ += '?';
      ++at_;
    }
  }

  // "{2}", "{2,}", "{2,5}"; anything else stays as it is: a literal brace.
  bool counted() {
    const std::size_t start = at_++;
    const auto least = number();
    std::optional<std::uint32_t> most = least;
    bool open = false;
    if (least && at_ < in_.size() && in_[at_] == ',') {
      ++at_;
      most = number();
      open = !most;
    }
    if (!least || at_ >= in_.size() || in_[at_] != '}') {
      at_ = start;
      return false;
    }
    ++at_;
    if (*least > kRepeatMax || (most && *most > kRepeatMax)) refuse("a repetition count is above 100000");
    if (most && *most < *least) refuse("the counts of a repetition are in the wrong order");
    out_ += '{' + std::to_string(*least) + ',' + (open ? std::string() : std::to_string(*most)) + '}';
    return true;
  }

  std::optional<std::uint32_t> number() {
    const std::size_t start = at_;
    std::uint32_t value = 0;
    for (; at_ < in_.size() && in_[at_] >= '0' && in_[at_] <= '9'; ++at_)
      value = std::min(value * 10 + static_cast<std::uint32_t>(in_[at_] - '0'), kRepeatMax + 1);
    return at_ == start ? std::nullopt : std::optional(value);
  }

  void escape_term() {
    const char c = at_ + 1 < in_.size() ? in_[at_ + 1] : '\0';
    const std::string word(kWord);
    if (c == 'b' || c == 'B') {
      at_ += 2;
      const std::string_view after = c == 'b' ? "(?!" : "(?=", otherwise = c == 'b' ? "(?=" : "(?!";
      out_.append("(?:(?<=" + word + ")").append(after).append(word + ")|(?<!" + word + ")");
      out_.append(otherwise).append(word + "))");
      return;
    }
    if (c >= '1' && c <= '9') {
      ++at_;
      return atom("\\" + std::to_string(number().value_or(0)));
    }
    if (c == 'k') {
      at_ += 2;
      if (at_ >= in_.size() || in_[at_] != '<') return refuse("'\\k' needs a group's name: \\k<name>");
      ++at_;
      if (auto name = group_name()) atom("\\k<" + *name + ">");
      return;
    }
    const Escape escape = read_escape(false);
    atom(escape.code_point ? literal(*escape.code_point) : "[" + escape.set + "]");
  }

  // A class is written as one set of code points, ranges and properties.
  void character_class() {
    ++at_;
    const bool negated = at_ < in_.size() && in_[at_] == '^';
    if (negated) ++at_;
    std::string set;
    while (error_.empty() && at_ < in_.size() && in_[at_] != ']') class_member(set);
    if (!error_.empty()) return;
    if (at_ >= in_.size()) return refuse("a class is not closed with ']'");
    ++at_;
    if (set.empty()) return atom(negated ? kAnything : "(?!)");
    atom((negated ? "[^" : "[") + set + "]");
  }

  void class_member(std::string& set) {
    const Escape low = class_atom();
    const bool range = at_ + 1 < in_.size() && in_[at_] == '-' && in_[at_ + 1] != ']';
    if (!range || !low.code_point) {
      set += low.code_point ? literal(*low.code_point) : low.set;
      return;
    }
    ++at_;
    const Escape high = class_atom();
    if (!high.code_point) {
      set += literal(*low.code_point) + literal('-') + high.set;
      return;
    }
    if (*high.code_point < *low.code_point) return refuse("a range of a class is in the wrong order");
    set += literal(*low.code_point) + "-" + literal(*high.code_point);
  }

  Escape class_atom() {
    if (in_[at_] == '\\') return read_escape(true);
    return {next_code_point(), {}};
  }

  Escape read_escape(bool in_class) {
    if (++at_ >= in_.size()) {
      refuse("'\\' at the end");
      return {};
    }
    const char c = in_[at_];
    switch (c) {
      case 'd': return set_of(kDigits, false);
      case 'D': return set_of(kDigits, true);
      case 'w': return set_of(kWordCharacters, false);
      case 'W': return set_of(kWordCharacters, true);
      case 's': return set_of(kSpaces, false);
      case 'S': return set_of(kSpaces, true);
      case 't': return one('\t');
      case 'n': return one('\n');
      case 'v': return one('\v');
      case 'f': return one('\f');
      case 'r': return one('\r');
      case '0': return one(0);
      case 'c': return control();
      case 'x': ++at_; return {hex(2), {}};
      case 'u': ++at_; return {unicode(), {}};
      case 'p':
      case 'P': return property(c == 'P');
      default: break;
    }
    if (c == 'b' && in_class) return one('\b');
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '1' && c <= '9');
    if (letter) refuse(std::string("unknown escape '\\") + c + "'");
    return {next_code_point(), {}};
  }

  Escape one(std::uint32_t code_point) {
    ++at_;
    return {code_point, {}};
  }

  Escape set_of(std::span<const Range> ranges, bool negated) {
    ++at_;
    Escape escape;
    std::uint32_t next = 0;
    for (const Range& range : ranges) {
      if (!negated) add_range(escape.set, range.first, range.second);
      if (negated && range.first > next) add_range(escape.set, next, range.first - 1);
      next = range.second + 1;
    }
    if (negated) add_range(escape.set, next, kCodePointMax);
    return escape;
  }

  static void add_range(std::string& set, std::uint32_t low, std::uint32_t high) {
    set += literal(low) + "-" + literal(high);
  }

  Escape control() {
    ++at_;
    const char c = at_ < in_.size() ? in_[at_] : '\0';
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) refuse("'\\c' needs a letter");
    return one(static_cast<std::uint32_t>(c) % 32);
  }

  std::uint32_t hex(std::size_t digits) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      const char c = at_ < in_.size() ? in_[at_] : '\0';
      const bool digit = c >= '0' && c <= '9', upper = c >= 'A' && c <= 'F', lower = c >= 'a' && c <= 'f';
      if (!digit && !upper && !lower) {
        refuse("a hexadecimal digit is missing");
        return 0;
      }
      value = value * 16 + static_cast<std::uint32_t>(digit ? c - '0' : (upper ? c - 'A' : c - 'a') + 10);
    }
    return value;
  }

  // What follows "\u": {1F600}, 00e9, or two surrogates.
  std::uint32_t unicode() {
    if (at_ < in_.size() && in_[at_] == '{') return braced_unicode();
    const std::uint32_t first = hex(4);
    const bool high = first >= 0xd800 && first < 0xdc00;
    if (!high || !in_.substr(at_).starts_with("\\u")) return first;
    const std::size_t before = at_;
    at_ += 2;
    const std::uint32_t second = hex(4);
    if (second >= 0xdc00 && second < 0xe000) return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    at_ = before;
    return first;
  }

  std::uint32_t braced_unicode() {
    ++at_;
    std::uint32_t value = 0;
    while (error_.empty() && at_ < in_.size() && in_[at_] != '}')
      value = std::min(value * 16 + hex(1), kCodePointMax + 1);
    if (at_ >= in_.size()) refuse("'\\u{' is not closed with '}'");
    if (value > kCodePointMax) refuse("there is no code point above 10FFFF");
    ++at_;
    return value;
  }

  // "\p{Letter}", "\p{Script=Greek}": the value's name alone is unambiguous.
  Escape property(bool negated) {
    ++at_;
    const std::size_t close = in_.find('}', at_);
    if (at_ >= in_.size() || in_[at_] != '{' || close == std::string_view::npos) {
      refuse("'\\p' needs a property: \\p{Letter}");
      return {};
    }
    std::string_view name = in_.substr(at_ + 1, close - at_ - 1);
    for (std::string_view key :
         {"Script=", "sc=", "Script_Extensions=", "scx=", "General_Category=", "gc="}) {
      if (name.starts_with(key)) name.remove_prefix(key.size());
    }
    if (name.empty() || !std::ranges::all_of(name, is_name_character))
      refuse("'\\p' needs a property: \\p{Letter}");
    at_ = close + 1;
    return {std::nullopt, (negated ? "\\P{" : "\\p{") + std::string(name) + "}"};
  }

  static bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  std::optional<std::string> group_name() {
    const std::size_t close = in_.find('>', at_);
    const std::string_view name = in_.substr(at_, close == std::string_view::npos ? 0 : close - at_);
    const bool digit_first = !name.empty() && name[0] >= '0' && name[0] <= '9';
    if (name.empty() || digit_first || !std::ranges::all_of(name, is_name_character)) {
      refuse("a group's name is missing or has other characters than letters, digits and '_'");
      return std::nullopt;
    }
    at_ = close + 1;
    return std::string(name);
  }

  std::uint32_t next_code_point() {
    const auto byte = [this](std::size_t i) {
      return i < in_.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(in_[i])) : 0u;
    };
    const std::uint32_t first = byte(at_);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    std::uint32_t value = length == 1 ? first : first & (0xffu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) value = (value << 6) | (byte(at_ + i) & 0x3f);
    at_ += std::min(length, in_.size() - at_);
    return value;
  }

  // A code point that means nothing but itself, in and outside of a class.
  static std::string literal(std::uint32_t code_point) {
    const bool plain = code_point < 0x80 && (is_name_character(static_cast<char>(code_point)));
    if (plain) return std::string(1, static_cast<char>(code_point));
    static constexpr char kHex[] = "0123456789abcdef";
    std::string digits;
    do {
      digits.insert(digits.begin(), kHex[code_point & 15]);
      code_point >>= 4;
    } while (code_point != 0);
    return "\\x{" + digits + "}";
  }

  void refuse(std::string why) {
    if (!error_.empty()) return;
    error_ = std::move(why);
    error_at_ = at_;
    // Nothing after the first mistake is read.
    at_ = in_.size();
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::string out_;
  std::string error_;
  std::size_t error_at_ = 0;
};

}  // namespace

Result<std::string> translate_ecma(std::string_view pattern) { return Translator(pattern).run(); }

}  // namespace xf::schema
