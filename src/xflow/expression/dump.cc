// See dump.h. Not recursive: each open container has a frame.
#include "xflow/expression/dump.h"

#include <algorithm>
#include <vector>

#include "base/json/print.h"

namespace xf::expression {
namespace {

using json::Kind;
using json::Value;

constexpr std::string_view kTooDeep = "<skipped: too deep>";
constexpr std::size_t kQuoteMax = 30;  // jq's buffer for a value inside an error text, with its final zero

struct Frame {
  const Value* container;
  std::size_t next = 0;
};

// Out is Charged (asks the budget) or Excerpt (stops when it has enough); their `false` ends the walk.
template <typename Out>
class Dumper {
 public:
  explicit Dumper(Out& out) : out_(out) {}

  bool run(const Value& v) {
    if (!put(v)) return false;
    while (!frames_.empty()) {
      if (!step()) return false;
    }
    return true;
  }

 private:
  bool put(const Value& v) {
    if (frames_.size() > json::kDepthMax) return out_.append(kTooDeep);
    switch (v.kind()) {
      case Kind::kNull: return out_.append("null");
      case Kind::kBool: return out_.append(v.as_bool() ? "true" : "false");
      case Kind::kNumber: return out_.append_number(v);
      case Kind::kString: return out_.append_quoted(v.as_string());
      case Kind::kArray: return open(v, "[]");
      case Kind::kObject: return open(v, "{}");
    }
    return true;
  }

  bool open(const Value& v, std::string_view brackets) {
    if (v.size() == 0) return out_.append(brackets);
    frames_.push_back({&v});
    return out_.push(brackets[0]);
  }

  bool step() {
    Frame& top = frames_.back();
    const Value& container = *top.container;
    if (top.next == container.size()) {
      frames_.pop_back();
      return out_.push(container.is_array() ? ']' : '}');
    }
    const std::size_t i = top.next++;
    if (i != 0 && !out_.push(',')) return false;
    if (container.is_array()) return put(container.elements()[i]);
    const json::Member& m = container.members()[i];
    return out_.append_quoted(m.key.as_string()) && out_.push(':') && put(m.value);
  }

  Out& out_;
  std::vector<Frame> frames_;
};

// The beginning of a dump: never more work than what is shown.
class Excerpt {
 public:
  explicit Excerpt(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  bool append(std::string_view more) {
    text_.append(more);
    return text_.size() <= bytes_max_;
  }
  bool push(char c) { return append({&c, 1}); }
  bool append_number(const Value& v) {
    json::print_to(text_, v);
    return text_.size() <= bytes_max_;
  }
  bool append_quoted(std::string_view s) {
    const std::size_t shown = utf8_offset(s.substr(0, 4 * bytes_max_ + 4), bytes_max_ + 1);
    json::print_to(text_, Value::string(shown < s.size() ? s.substr(0, shown) : s));
    return text_.size() <= bytes_max_;
  }
  const std::string& text() const { return text_; }

 private:
  std::size_t bytes_max_;
  std::string text_;
};

// What closes a text that was cut: the bracket or quote that it began with.
std::string_view closing(char first) {
  return first == '"' ? "\"" : first == '[' ? "]" : first == '{' ? "}" : "";
}

std::string quoted(const Value& v) {
  return std::string(json::to_string(v.kind())) + " (" + excerpt(v, kQuoteMax) + ")";
}

// Charges for each part beside its bytes: a thousand small numbers take longer than a text of their size.
class Charged {
 public:
  Charged(Context& c, Text& out) : context_(c), out_(out) {}
  bool append(std::string_view more) { return out_.append(more); }
  bool push(char c) { return out_.push(c); }
  bool append_number(const Value& v) { return context_.charge(4) && out_.append_number(v); }
  bool append_quoted(std::string_view s) {
    return context_.charge(4 + (s.size() >> 3)) && out_.append_quoted(s);
  }

 private:
  Context& context_;
  Text& out_;
};

}  // namespace

bool dump(Context& c, Text& out, const Value& v) {
  Charged charged(c, out);
  return Dumper(charged).run(v);
}

Outcome to_json(Context& c, const Value& v) {
  Text out(c);
  if (!dump(c, out, v)) return spent();
  return out.value();
}

Outcome to_text(Context& c, const Value& v) {
  if (v.is_string()) return v;
  return to_json(c, v);
}

std::string excerpt(const Value& v, std::size_t bytes_max) {
  Excerpt out(bytes_max);
  if (v.is_string() && v.size() > bytes_max) {
    const auto s = v.as_string();
    out.append_quoted(s.substr(0, utf8_offset(s.substr(0, 4 * bytes_max + 4), bytes_max)));
  } else {
    Dumper(out).run(v);
  }
  std::string text = out.text();
  if (text.size() <= bytes_max - 1) return text;
  const auto close = closing(text[0]);
  std::size_t kept = bytes_max - 4 - close.size();
  while (kept > 0 && utf8_continues(text[kept])) --kept;
  return text.substr(0, kept).append("...").append(close);
}

std::string describe(const Value& v) { return quoted(v); }

std::unexpected<Failure> type_error(const Value& v, std::string_view what) {
  return fail_with(quoted(v).append(" ").append(what));
}

std::unexpected<Failure> type_error(const Value& a, const Value& b, std::string_view what) {
  return fail_with(quoted(a).append(" and ").append(quoted(b)).append(" ").append(what));
}

std::unexpected<Failure> iterate_error(const Value& v) {
  return fail_with("Cannot iterate over " + quoted(v));
}

}  // namespace xf::expression
