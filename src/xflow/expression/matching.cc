// See matching.h. A search goes window by window, and each window is tried with a limit of backtracks that
// grows fourfold, charged before each try; so what is charged depends on the text alone.
#include "xflow/expression/matching.h"

#include <algorithm>

#include "xflow/expression/dump.h"
#include "xflow/expression/tables.h"

namespace xf::expression {
namespace {

using json::Value;
using Args = std::span<const Value>;
using Groups = std::vector<Regex::Group>;

constexpr std::uint64_t kSearchWork = 8;  // flags and cache are looked at, and the search is set up
constexpr std::uint64_t kMatchWork = 12;  // for the match and for each group: an object is built
constexpr std::size_t kCacheMax = 16;
constexpr std::size_t kWindow = 4096;
constexpr std::uint64_t kFirstRetries = 256;
constexpr std::uint64_t kRetriesMax = 10'000'000;  // jq's own limit

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// True when no part of the pattern can match a space or a control character: then no attempt reads on beyond
// one. Judged by what is surely so: letters, digits, some signs, \\w \\d \\b and escaped signs, and sets of
// these.
bool stays_in_word(std::string_view text) {
  static constexpr std::string_view kSigns = "_@%&=:;,'\"/<>~!()[]|*+?{}$-";
  const bool has_set = text.find('[') != std::string_view::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : ' ';
    if (text[i] == '\\') {
      const bool known = next == 'w' || next == 'd' || (next == 'b' && !has_set) || next == '.' ||
                         next == '^' || kSigns.find(next) != std::string_view::npos;
      if (!known) return false;
      ++i;
    } else if (text[i] == '[') {
      if (next == '^' || next == ':') return false;
    } else if (!is_word(text[i]) && (text[i] != '^' || i != 0) &&
               kSigns.find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

// True when a part of the pattern may read without moving the match on, or without ever backtracking.
bool looks_on(std::string_view text) {
  static constexpr std::string_view kSigns[] = {"(?=", "(?!", "(?<=", "(?<!", "(?>", "(?~", "*+", "++", "?+", "}+"};
  return std::ranges::any_of(kSigns, [&](std::string_view sign) { return text.find(sign) != text.npos; });
}

// The longest run of bytes that are neither space nor control characters.
std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = static_cast<unsigned char>(c) > ' ' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

std::expected<std::shared_ptr<const CompiledRegex>, Failure> compile(std::string_view text, std::string flags) {
  RegexOptions options;
  for (const char flag : flags) {
    options.ignore_case |= flag == 'i';
    options.extended |= flag == 'x';
    options.dot_all |= flag == 'm' || flag == 'p';
    options.whole_text |= flag == 's' || flag == 'p';
    options.find_longest |= flag == 'l';
    options.find_not_empty |= flag == 'n';
  }
  auto regex = Regex::compile(text, options);
  if (!regex) return fail_with("Regex failure: " + utf8_mend(regex.error().message));
  std::vector<Value> names;
  for (const auto& [name, group] : regex->names()) {
    const auto i = static_cast<std::size_t>(group);
    if (names.size() < i) names.resize(i);
    names[i - 1] = Value::string(name);
  }
  const bool whole = options.find_longest || text.find("\\G") != std::string_view::npos;
  const bool unbounded = text.find_first_of("*+{") != std::string_view::npos;
  return std::make_shared<const CompiledRegex>(CompiledRegex{std::string(text), std::move(flags), *std::move(regex),
                                                             std::move(names), unbounded, whole,
                                                             unbounded && stays_in_word(text),
                                                             unbounded && looks_on(text)});
}

// Counts the characters before a byte; cheap when asked in rising order.
class Characters {
 public:
  explicit Characters(std::string_view text) : text_(text) {}
  std::size_t before(std::size_t byte) {
    if (byte < at_) at_ = count_ = 0;
    count_ += utf8_count(text_.substr(at_, byte - at_));
    at_ = byte;
    return count_;
  }
  std::size_t between(std::size_t begin, std::size_t end) const {
    return utf8_count(text_.substr(begin, end - begin));
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0, count_ = 0;
};

enum class Step { kFound, kNone, kTooMany, kSpent };

// One text searched with one regular expression.
class Search {
 public:
  Search(Context& c, const CompiledRegex& pattern, std::string_view text)
      : context_(c), pattern_(pattern), text_(text) {}

  // The first match at or behind `from`.
  Step next(std::size_t from) {
    for (std::size_t begin = from;;) {
      const std::size_t end = window_end(begin);
      const Step step = try_window(begin, end);
      const std::size_t last = step == Step::kFound ? static_cast<std::size_t>(groups_[0].begin) : end;
      if (!context_.charge(4 + last - std::min(begin, last))) return Step::kSpent;
      // What looks ahead or never gives back may have read to the end without being counted.
      if (pattern_.looks_on && !context_.charge(reach(last) >> 5)) return Step::kSpent;
      if (step != Step::kNone || end == text_.size()) return step;
      // A loop that never backtracks is counted by nobody, and may run from each place to the end.
      if (pattern_.unbounded && !context_.charge(reach(end) * (end - begin) >> 10)) return Step::kSpent;
      begin = end;
    }
  }
  const Groups& groups() const { return groups_; }

 private:
  std::size_t window_end(std::size_t begin) const {
    std::size_t end = begin + kWindow;
    if (pattern_.whole || end >= text_.size()) return text_.size();
    while (utf8_continues(text_[end])) --end;
    return end;
  }

  // How far an attempt that begins before `end` may read beyond it.
  std::size_t reach(std::size_t end) {
    const std::size_t left = text_.size() - end;
    if (!pattern_.in_word) return left;
    if (word_ == 0) word_ = 1 + longest_word(text_);
    return std::min(left, word_);
  }

  Step try_window(std::size_t begin, std::size_t end) {
    for (std::uint64_t retries = kFirstRetries;; retries = std::min(retries * 4, kRetriesMax)) {
      const RegexLimits limits{.retries_max = retries, .begin_max = end};
      const auto found = pattern_.regex.search(text_, begin, &groups_, limits);
      if (found != Regex::Found::kLimit) return found == Regex::Found::kYes ? Step::kFound : Step::kNone;
      if (!context_.charge(4 * retries)) return Step::kSpent;
      if (retries == kRetriesMax) return Step::kTooMany;
    }
  }

  Context& context_;
  const CompiledRegex& pattern_;
  std::string_view text_;
  Groups groups_;
  std::size_t word_ = 0;  // the longest run, once it was needed
};

// The objects that `match` gives.
class MatchWriter {
 public:
  MatchWriter(const CompiledRegex& pattern, std::string_view text)
      : pattern_(pattern), text_(text), characters_(text) {}

  Value match(const Groups& groups) {
    const auto begin = static_cast<std::size_t>(groups[0].begin),
               end = static_cast<std::size_t>(groups[0].end);
    const std::size_t offset = characters_.before(begin);
    std::vector<Value> captures;
    for (std::size_t i = 1; i < groups.size(); ++i)
      captures.push_back(capture(groups[i], name(i), begin == end ? &offset : nullptr));
    return Value::object(std::vector<json::Member>{
        {offset_, number(offset)},
        {length_, number(characters_.between(begin, end))},
        {string_, part(begin, end)},
        {captures_, Value::array(std::move(captures))},
    });
  }

 private:
  Value name(std::size_t group) const {
    return group <= pattern_.names.size() ? pattern_.names[group - 1] : Value::null();
  }

  static Value number(std::size_t n) { return Value::number(static_cast<double>(n)); }

  Value part(std::size_t begin, std::size_t end) const {
    const auto s = text_.substr(begin, end - begin);
    return Value::string(utf8_valid(s) ? std::string(s) : utf8_mend(s));
  }

  // Inside an empty match jq writes every capture as an empty one at the match's place, given as `empty_at`.
  Value capture(const Regex::Group& group, const Value& name, const std::size_t* empty_at) {
    if (group.begin < 0) return empty_capture(Value::number(-1), Value::null(), name);
    if (empty_at != nullptr) return empty_capture(number(*empty_at), Value::string(""), name);
    const auto begin = static_cast<std::size_t>(group.begin), end = static_cast<std::size_t>(group.end);
    if (begin == end) return empty_capture(number(characters_.before(begin)), Value::string(""), name);
    return Value::object(std::vector<json::Member>{{offset_, number(characters_.before(begin))},
                                                   {length_, number(characters_.between(begin, end))},
                                                   {string_, part(begin, end)},
                                                   {name_, name}});
  }

  Value empty_capture(Value offset, Value string, const Value& name) const {
    return Value::object(std::vector<json::Member>{{offset_, std::move(offset)},
                                                   {string_, std::move(string)},
                                                   {length_, Value::number(0)},
                                                   {name_, name}});
  }

  const CompiledRegex& pattern_;
  std::string_view text_;
  Characters characters_;
  const Value offset_ = Value::string("offset"), length_ = Value::string("length"),
              string_ = Value::string("string"), captures_ = Value::string("captures"),
              name_ = Value::string("name");
};

std::expected<std::string, Failure> read_flags(const Value& flags) {
  if (flags.is_null()) return "";
  if (!flags.is_string()) return type_error(flags, "is not a string");
  std::string read(flags.as_string());
  if (read.find_first_not_of("gixmspln") == std::string::npos) return read;
  return fail_with(read + " is not a valid modifier string");
}

// Calls `take(groups)` for each match, which returns false when the budget is spent; at most one unless
// `global`.
Outcome each_match(Context& c, const CompiledRegex& pattern, std::string_view text, bool global, const auto& take) {
  Search search(c, pattern, text);
  std::size_t from = 0;
  do {
    const Step step = search.next(from);
    if (step == Step::kSpent) return spent();
    if (step == Step::kTooMany) return fail_with("Regex failure: retry-limit-in-match over");
    if (step == Step::kNone) break;
    const Regex::Group whole = search.groups()[0];
    if (!take(search.groups())) return spent();
    // Behind an empty match jq goes on one byte later, inside a character if need be.
    from = static_cast<std::size_t>(whole.end) + (whole.begin == whole.end ? 1 : 0);
  } while (global && from <= text.size());
  return Value::null();
}

struct Task {
  std::shared_ptr<const CompiledRegex> pattern;
  bool global = false;
};

// Checks the three in jq's order.
std::expected<Task, Failure> prepare(Context& c, const Value& in, const Value& pattern, const Value& flags) {
  if (!c.charge(kSearchWork)) return spent();
  if (!in.is_string()) return type_error(in, "cannot be matched, as it is not a string");
  if (!pattern.is_string()) return type_error(pattern, "is not a string");
  auto read = read_flags(flags);
  if (!read) return std::unexpected(std::move(read).error());
  const bool global = std::erase(*read, 'g') != 0;
  if (c.regexes == nullptr) c.regexes = std::make_shared<RegexCache>();
  auto compiled = c.regexes->get(c, pattern.as_string(), *std::move(read));
  if (!compiled) return std::unexpected(std::move(compiled).error());
  return Task{*std::move(compiled), global};
}

Outcome test_with(Context& c, const Value& in, const Value& pattern, const Value& flags) {
  auto task = prepare(c, in, pattern, flags);
  if (!task) return std::unexpected(std::move(task).error());
  bool matched = false;
  auto done =
      each_match(c, *task->pattern, in.as_string(), false, [&](const Groups&) { return matched = true; });
  return done ? Outcome(Value::boolean(matched)) : done;
}

Outcome matches(Context& c, const Value& in, const Value& pattern, const Value& flags) {
  auto task = prepare(c, in, pattern, flags);
  if (!task) return std::unexpected(std::move(task).error());
  MatchWriter writer(*task->pattern, in.as_string());
  Value all = Value::array();
  auto done = each_match(c, *task->pattern, in.as_string(), task->global, [&](const Groups& groups) {
    if (!c.charge(kMatchWork * (1 + groups.size()))) return false;
    all = std::move(all).append(writer.match(groups));
    return true;
  });
  return done ? Outcome(std::move(all)) : done;
}

Outcome match_or_test(Context& c, const Value& in, Args args) {
  const bool test_only = args[2].is_bool() && args[2].as_bool();
  return test_only ? test_with(c, in, args[0], args[1]) : matches(c, in, args[0], args[1]);
}

Outcome test_flags(Context& c, const Value& in, Args args) { return test_with(c, in, args[0], args[1]); }

// The pattern alone, or [pattern], or [pattern, flags].
Outcome test(Context& c, const Value& in, Args args) {
  const Value& arg = args[0];
  if (arg.is_string()) return test_with(c, in, arg, Value::null());
  if (!arg.is_array() || arg.size() == 0)
    return fail_with(std::string(json::to_string(arg.kind())) + " not a string or array");
  return test_with(c, in, arg.elements()[0], arg.size() > 1 ? arg.elements()[1] : Value::null());
}

// The text between matches, cut as jq cuts: by characters, so that a match inside one leaves that one whole.
class Gaps {
 public:
  explicit Gaps(std::string_view text) : text_(text) {}
  Value before(const Regex::Group& match) {
    Value gap = until(forward(static_cast<std::size_t>(match.begin)));
    from_ = forward(static_cast<std::size_t>(match.end));
    return gap;
  }
  Value rest() const { return until(text_.size()); }

 private:
  Value until(std::size_t end) const {
    return Value::string(end > from_ ? text_.substr(from_, end - from_) : "");
  }
  std::size_t forward(std::size_t at) const {
    while (at < text_.size() && utf8_continues(text_[at])) ++at;
    return at;
  }

  std::string_view text_;
  std::size_t from_ = 0;
};

Outcome split_by_regex(Context& c, const Value& in, Args args) {
  auto flags = add(c, args[1], Value::string("g"));
  if (!flags) return flags;
  auto task = prepare(c, in, args[0], *flags);
  if (!task) return std::unexpected(std::move(task).error());
  Gaps gaps(in.as_string());
  Value parts = Value::array();
  auto done = each_match(c, *task->pattern, in.as_string(), true, [&](const Groups& groups) {
    parts = std::move(parts).append(gaps.before(groups[0]));
    return c.charge(2);
  });
  return done ? Outcome(std::move(parts).append(gaps.rest())) : done;
}

// What `sub` puts together: text, match, text, match, …, text.
Outcome pieces(Context& c, const Value& in, Args args) {
  auto task = prepare(c, in, args[0], args[1]);
  if (!task) return std::unexpected(std::move(task).error());
  MatchWriter writer(*task->pattern, in.as_string());
  Gaps gaps(in.as_string());
  Value all = Value::array();
  auto done = each_match(c, *task->pattern, in.as_string(), task->global, [&](const Groups& groups) {
    all = std::move(all).append(gaps.before(groups[0])).append(writer.match(groups));
    return c.charge(kMatchWork * (1 + groups.size()));
  });
  return done ? Outcome(std::move(all).append(gaps.rest())) : done;
}

constexpr Native kNatives[] = {{"_match", 3, match_or_test},
                               {"_pieces", 2, pieces},
                               {"split", 2, split_by_regex},
                               {"test", 1, test},
                               {"test", 2, test_flags}};

}  // namespace

std::expected<std::shared_ptr<const CompiledRegex>, Failure> RegexCache::get(Context& c, std::string_view text,
                                                                       std::string flags) {
  if (!c.charge(1 + (text.size() >> 2))) return spent();
  for (const auto& pattern : patterns_) {
    if (pattern->flags == flags && pattern->text == text) return pattern;
  }
  if (!c.charge(64 + 16 * text.size())) return spent();
  auto pattern = compile(text, std::move(flags));
  if (!pattern) return pattern;
  if (patterns_.size() < kCacheMax) {
    patterns_.push_back(*pattern);
  } else {
    patterns_[oldest_++ % kCacheMax] = *pattern;
  }
  return pattern;
}

std::span<const Native> regex_natives() { return kNatives; }

}  // namespace xf::expression
