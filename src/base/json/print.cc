// See print.h. Not recursive: each container that is open has a frame.
#include "base/json/print.h"

#include "base/json/object_text.h"
#include "base/json/text_out.h"

namespace xf::json {
namespace {

constexpr std::string_view kTooDeep = "<skipped: too deep>";

struct Frame {
  const Value* next;  // of an array; of an object: the next key (keys and values alternate)
  const Value* end;
  bool is_object;
  bool is_first = true;
};

enum class Numbers { kAsWritten, kNormal };

class Printer {
 public:
  Printer(std::string& out, const PrintOptions& options, Numbers numbers)
      : out_(out), options_(options), numbers_(numbers) {}

  void run(const Value& v) {
    put(v);
    while (!frames_.empty()) step();
  }

 private:
  void put(const Value& v) {
    if (frames_.size() > kDepthMax) return out_.put(kTooDeep);
    switch (v.kind()) {
      case Kind::kNull: return out_.put("null");
      case Kind::kBool: return out_.put(v.truthy() ? std::string_view("true") : std::string_view("false"));
      case Kind::kNumber: return put_number(v);
      case Kind::kString: return out_.put_string(v, options_.ascii);
      case Kind::kArray: return open_array(v);
      case Kind::kObject: return open_object(v);
    }
  }

  void put_number(const Value& v) {
    const auto kept = v.literal_text();
    if (kept.empty() || (numbers_ == Numbers::kNormal && is_its_double(v))) return out_.put(v.as_double());
    out_.put(kept);
  }

  // True when the kept digits say no more than the double does.
  static bool is_its_double(const Value& v) {
    return compare(v, Value::literal(print(Value::number(v.as_double())))) == 0;
  }

  void open_array(const Value& v) {
    const auto elements = v.elements();
    if (elements.empty()) return out_.put("[]");
    out_.put('[');
    frames_.push_back({elements.data(), elements.data() + elements.size(), false});
  }

  void open_object(const Value& v) {
    const auto members = v.members();
    if (members.empty()) return out_.put("{}");
    out_.put('{');
    const auto* first = reinterpret_cast<const Value*>(members.data());
    frames_.push_back({first, first + 2 * members.size(), true});
    if (!options_.sort_keys) return;
    const auto sorted = sorted_members(v);
    sorted_.insert(sorted_.end(), sorted.rbegin(), sorted.rend());
  }

  void new_line() {
    if (options_.indent == 0) return;
    out_.put('\n');
    out_.spaces(frames_.size() * std::size_t(options_.indent));
  }

  // The next element or member of the innermost container, or its end.
  void step() {
    Frame& top = frames_.back();
    if (top.next == top.end) {
      const char close = top.is_object ? '}' : ']';
      frames_.pop_back();
      new_line();
      return out_.put(close);
    }
    if (!top.is_first) out_.put(',');
    top.is_first = false;
    new_line();
    if (!top.is_object) return put(*top.next++);
    const Value* key = top.next;
    top.next += 2;
    if (options_.sort_keys) {
      key = &sorted_.back()->key;
      sorted_.pop_back();
    }
    out_.put_string(*key, options_.ascii);
    out_.put(':');
    if (options_.indent != 0) out_.put(' ');
    put(key[1]);
  }

  TextOut out_;
  const PrintOptions& options_;
  const Numbers numbers_;
  std::vector<Frame> frames_;
  std::vector<const Member*> sorted_;  // of all open objects, each from its last member to its next one
};

}  // namespace

void print_to(std::string& out, const Value& v, const PrintOptions& options) {
  Printer(out, options, Numbers::kAsWritten).run(v);
}

std::string print(const Value& v, const PrintOptions& options) {
  std::string out;
  print_to(out, v, options);
  return out;
}

void print_string(std::string& out, std::string_view text) {
  const char* const end = text.data() + text.size();
  if (find_special<0x7f>(text.data(), end) != end) return TextOut(out).put_string(text);
  out += '"';
  out.append(text) += '"';
}

std::string canonical(const Value& v) {
  std::string out;
  const PrintOptions options{.sort_keys = true};
  Printer(out, options, Numbers::kNormal).run(v);
  return out;
}

}  // namespace xf::json
