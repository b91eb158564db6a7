// Value: one immutable, reference-counted JSON value, shared by definition, engine, expression and API.
//
// Copying is a counter. A value may be read from any number of threads; the counter is atomic. What looks like a
// change ("with", "without", "append") takes *this by rvalue: it edits in place when this is the only reference, and
// copies one level otherwise, so a loop that builds a collection is linear.
// Freeing is never recursive on the C stack: a value nested a million deep is freed by a work list.
// Objects keep the order of insertion; a repeated key keeps its first place and takes the last value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace xf::json {

// In jq's order of kinds (false < true is decided by the value).
enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

std::string_view to_string(Kind);  // "null", "boolean", "number", "string", "array", "object"

struct Member;

class Value {
 public:
  Value() noexcept;  // null
  Value(const Value&) noexcept;
  Value(Value&&) noexcept;
  Value& operator=(const Value&) noexcept;
  Value& operator=(Value&&) noexcept;
  ~Value();

  static Value null() noexcept { return {}; }
  static Value boolean(bool) noexcept;
  static Value number(double) noexcept;
  // Beyond 2^53 the digits are kept, as for a literal.
  static Value integer(std::int64_t);
  // A number as it was written (JSON grammar, or jq's literals). Digits that a double would lose are kept until
  // arithmetic; `as_double` gives the nearest double.
  static Value literal(std::string_view text);
  static Value string(std::string_view utf8);
  static Value array(std::vector<Value> elements = {});
  static Value object();
  static Value object(std::initializer_list<std::pair<std::string_view, Value>> members);
  static Value object(std::vector<Member> members);  // repeated keys: see above

  Kind kind() const noexcept;
  bool is_null() const noexcept { return kind() == Kind::kNull; }
  bool is_bool() const noexcept { return kind() == Kind::kBool; }
  bool is_number() const noexcept { return kind() == Kind::kNumber; }
  bool is_string() const noexcept { return kind() == Kind::kString; }
  bool is_array() const noexcept { return kind() == Kind::kArray; }
  bool is_object() const noexcept { return kind() == Kind::kObject; }
  // jq's truth: everything except null and false.
  bool truthy() const noexcept;

  // Each checks the kind: calling it on another kind is a bug (XF_CHECK).
  bool as_bool() const noexcept;
  double as_double() const noexcept;
  // The kept digits of a literal in canonical form; empty when the number is a plain double.
  std::string_view literal_text() const noexcept;
  // The number as an integer when it is one and fits, without loss.
  bool is_int64() const noexcept;
  std::int64_t as_int64() const noexcept;
  // Valid while this Value lives and is not moved from (short strings lie inside the Value itself).
  std::string_view as_string() const noexcept;

  // Elements of an array, members of an object, bytes of a string; 0 otherwise.
  std::size_t size() const noexcept;
  std::span<const Value> elements() const noexcept;
  std::span<const Member> members() const noexcept;  // in the order of insertion
  // The member's value, or nullptr. On anything but an object: nullptr.
  const Value* find(std::string_view key) const noexcept;
  // find(key), or null when there is none.
  const Value& get(std::string_view key) const noexcept;

  [[nodiscard]] Value with(std::string_view key, Value value) &&;
  [[nodiscard]] Value with(const Value& key, Value value) &&;  // shares the key's string
  [[nodiscard]] Value with(std::size_t index, Value value) &&;  // index <= size; == size appends
  [[nodiscard]] Value without(std::string_view key) &&;
  [[nodiscard]] Value append(Value element) &&;
  // Takes an element or member out, leaving null there when this is the only reference (so that the part can be edited
  // in place and put back); a plain copy otherwise.
  [[nodiscard]] Value take(std::size_t index);
  [[nodiscard]] Value take(std::string_view key);

  // True when both are the very same block (a quick "equal"); never a substitute for compare().
  bool same_as(const Value&) const noexcept;

 private:
  // Representation: see value.cc.
};

struct Member {
  Value key;  // always a string
  Value value;
};

// jq's total order: null < false < true < numbers < strings (by code point) < arrays < objects. Numbers that keep their
// digits are compared by them. Not recursive on the C stack beyond kDepthMax.
int compare(const Value&, const Value&) noexcept;
bool operator==(const Value&, const Value&) noexcept;

// Deepest nesting that parse, print and expressions accept (jq's own limit for printing is 10,000).
inline constexpr std::uint32_t kDepthMax = 10'000;

// What this thread has built and freed, in bytes of heap blocks. The expression budget reads it. Inside one evaluation
// it depends only on the program and its input, never on time or on other threads: inputs are held by the caller.
struct Meter {
  std::int64_t live_bytes = 0;
  std::uint64_t allocated_bytes = 0;
};
Meter& meter() noexcept;

}  // namespace xf::json
