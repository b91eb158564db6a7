// ObjectText: an object written straight to text, member by member, for answers that are made often: no value
// is built only to be printed. What is empty is left out, so that a reader sees only what there is.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/json/print.h"
#include "base/time.h"

namespace xf::json {

// A text as a JSON string: in quotes, escaped.
void print_string(std::string& out, std::string_view text);

class ObjectText {
 public:
  // `out` outlives this. Keys are plain words: they are not escaped.
  explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }
  ObjectText(const ObjectText&) = delete;
  ObjectText& operator=(const ObjectText&) = delete;
  ~ObjectText() { out_ += '}'; }

  // Where the member's value is to be written.
  std::string& member(std::string_view key) {
    if (!std::exchange(is_first_, false)) out_ += ',';
    out_ += '"';
    out_.append(key).append("\":", 2);
    return out_;
  }
  ObjectText& value(std::string_view key, const Value& value) {
    print_to(member(key), value);
    return *this;
  }
  ObjectText& text(std::string_view key, std::string_view text) {
    if (!text.empty()) print_string(member(key), text);
    return *this;
  }
  ObjectText& number(std::string_view key, std::uint64_t n) {
    member(key) += std::to_string(n);
    return *this;
  }
  ObjectText& time(std::string_view key, TimeUs at) {
    if (at != 0) member(key).append("\"").append(to_iso8601(at)).append("\"");
    return *this;
  }

 private:
  std::string& out_;
  bool is_first_ = true;
};

// [..]: `write(out, item)` writes each.
template <typename Items, typename Write>
void print_array(std::string& out, const Items& items, Write write) {
  out += '[';
  bool is_first = true;
  for (const auto& item : items) {
    if (!is_first) out += ',';
    is_first = false;
    write(out, item);
  }
  out += ']';
}

}  // namespace xf::json
