// See print.h. Not recursive: each container that is open has a frame.
#include "base/json/print.h"

#include <memory>

#include "base/json/number.h"
#include "base/json/text.h"

namespace xf::json {
namespace {

constexpr std::string_view kTooDeep = "<skipped: too deep>";

void append_unit(std::string& out, std::uint32_t unit) {
  static constexpr char kHex[] = "0123456789abcdef";
  const char text[] = {'\\',           'u', kHex[unit >> 12 & 15], kHex[unit >> 8 & 15], kHex[unit >> 4 & 15],
                       kHex[unit & 15]};
  out.append(text, sizeof text);
}

void append_escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: append_unit(out, c);
  }
}

// Escapes one character beyond ASCII; returns its end.
const char* append_wide(std::string& out, const char* p, const char* end) {
  const unsigned length = utf8_length(p, end);
  if (length == 0) {
    append_unit(out, 0xfffd);
    return p + 1;
  }
  std::uint32_t c = static_cast<unsigned char>(*p) & (0xffu >> (length + 1));
  for (unsigned i = 1; i < length; ++i) c = c << 6 | (static_cast<unsigned char>(p[i]) & 0x3f);
  if (c < 0x10000) {
    append_unit(out, c);
  } else {
    append_unit(out, 0xd7c0 + (c >> 10));
    append_unit(out, 0xdc00 + (c & 0x3ff));
  }
  return p + length;
}

void append_string(std::string& out, std::string_view text, bool ascii) {
  out += '"';
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    const char* special = ascii ? find_special<0x80>(p, end) : find_special<0x7f>(p, end);
    out.append(p, special);
    p = special;
    if (p == end) break;
    const auto c = static_cast<unsigned char>(*p);
    if (c >= 0x80) {
      p = append_wide(out, p, end);
    } else {
      append_escape(out, c);
      ++p;
    }
  }
  out += '"';
}

void append_double(std::string& out, double d) {
  char text[kDoubleTextMax];
  out.append(text, write_double(text, d));
}

struct Frame {
  const Value* elements = nullptr;  // arrays
  const Member* members = nullptr;  // objects in their own order
  std::vector<const Member*> sorted;
  bool is_object = false;
  std::size_t next = 0, size = 0;
};

class Printer {
 public:
  Printer(std::string& out, const PrintOptions& options, bool shortest_numbers)
      : out_(out), options_(options), shortest_numbers_(shortest_numbers) {}

  void run(const Value& v) {
    put(v);
    while (!frames_.empty()) step();
  }

 private:
  void put(const Value& v) {
    if (frames_.size() > kDepthMax) {
      out_ += kTooDeep;
      return;
    }
    switch (v.kind()) {
      case Kind::kNull: out_ += "null"; return;
      case Kind::kBool: out_ += v.as_bool() ? "true" : "false"; return;
      case Kind::kNumber: return put_number(v);
      case Kind::kString: return append_string(out_, v.as_string(), options_.ascii);
      case Kind::kArray: return open_array(v);
      case Kind::kObject: return open_object(v);
    }
  }

  void put_number(const Value& v) {
    const auto kept = shortest_numbers_ ? std::string_view{} : v.literal_text();
    if (kept.empty()) return append_double(out_, v.as_double());
    out_ += kept;
  }

  void open_array(const Value& v) {
    const auto elements = v.elements();
    if (elements.empty()) {
      out_ += "[]";
      return;
    }
    out_ += '[';
    Frame frame;
    frame.elements = elements.data();
    frame.size = elements.size();
    frames_.push_back(std::move(frame));
  }

  void open_object(const Value& v) {
    const auto members = v.members();
    if (members.empty()) {
      out_ += "{}";
      return;
    }
    out_ += '{';
    Frame frame;
    frame.is_object = true;
    frame.members = members.data();
    frame.size = members.size();
    if (options_.sort_keys) frame.sorted = sorted_members(v);
    frames_.push_back(std::move(frame));
  }

  void new_line() {
    if (options_.indent == 0) return;
    out_ += '\n';
    out_.append(frames_.size() * std::size_t(options_.indent), ' ');
  }

  void step() {
    Frame& top = frames_.back();
    if (top.next == top.size) {
      const char close = top.is_object ? '}' : ']';
      frames_.pop_back();
      new_line();
      out_ += close;
      return;
    }
    if (top.next != 0) out_ += ',';
    new_line();
    const std::size_t i = top.next++;
    if (!top.is_object) return put(top.elements[i]);
    const Member& m = top.sorted.empty() ? top.members[i] : *top.sorted[i];
    append_string(out_, m.key.as_string(), options_.ascii);
    out_ += options_.indent == 0 ? ":" : ": ";
    put(m.value);
  }

  std::string& out_;
  const PrintOptions& options_;
  const bool shortest_numbers_;
  std::vector<Frame> frames_;
};

}  // namespace

void print_to(std::string& out, const Value& v, const PrintOptions& options) {
  Printer(out, options, false).run(v);
}

std::string print(const Value& v, const PrintOptions& options) {
  std::string out;
  print_to(out, v, options);
  return out;
}

std::string canonical(const Value& v) {
  std::string out;
  const PrintOptions options{.sort_keys = true};
  Printer(out, options, true).run(v);
  return out;
}

}  // namespace xf::json
