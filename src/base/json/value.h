// Value: one immutable, reference-counted JSON value, shared by definition, engine, expression and API.
//
// Copying is a counter. A value may be read from any number of threads; the counter is atomic. What looks
// like a change ("with", "without", "append") takes *this by rvalue: it edits in place when this is the only
// reference, and copies one level otherwise, so a loop that builds a collection is linear. Freeing is never
// recursive on the C stack: a value nested a million deep is freed by a work list. Objects keep the order of
// insertion; a repeated key keeps its first place and takes the last value.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace xf::json {

// In jq's order of kinds (false < true is decided by the value).
enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

std::string_view to_string(Kind);  // "null", "boolean", "number", "string", "array", "object"

struct Member;

// A Value is two words: `lo_` holds a double or the address of a block; the top byte of `hi_` is the tag (the
// kind, and kHeap when lo_ is an address); the byte below it is a size. Strings of up to kInlineMax bytes
// fill both words; so does a number with up to six kept digits. Bytes that are not used are zero: equal short
// strings are equal words. Empty arrays and objects have no block. Blocks are described in block.h.
class Value {
 public:
  static constexpr std::size_t kInlineMax = 14;

  constexpr Value() noexcept = default;  // null
  Value(const Value& other) noexcept : lo_(other.lo_), hi_(other.hi_) {
    if (is_heap()) retain();
  }
  Value(Value&& other) noexcept : lo_(other.lo_), hi_(other.hi_) { other.lo_ = other.hi_ = 0; }
  Value& operator=(const Value& other) noexcept {
    Value copy(other);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    Value moved(std::move(other));
    swap(moved);
    return *this;
  }
  ~Value() {
    if (is_heap()) release();
  }
  void swap(Value& other) noexcept {
    std::swap(lo_, other.lo_);
    std::swap(hi_, other.hi_);
  }

  static Value null() noexcept { return {}; }
  static Value boolean(bool b) noexcept { return {b, tagged(Kind::kBool)}; }
  // The result of arithmetic: it keeps no digits.
  static Value number(double d) noexcept { return {std::bit_cast<std::uint64_t>(d), tagged(Kind::kNumber)}; }
  // Beyond 2^53 the digits are kept, as for a literal.
  static Value integer(std::int64_t);
  // A number as it was written (JSON grammar, or jq's literals). Digits that a double would lose are kept
  // until arithmetic; `as_double` gives the nearest double (the largest finite one is what prints for an
  // infinite one). Text that is no number is a bug.
  static Value literal(std::string_view text);
  static Value string(std::string_view utf8);
  static Value array() noexcept { return {0, tagged(Kind::kArray)}; }
  static Value array(std::vector<Value> elements);  // no spare room
  static Value array(std::span<const Value> elements);
  static Value object() noexcept { return {0, tagged(Kind::kObject)}; }
  static Value object(std::initializer_list<std::pair<std::string_view, Value>> members);
  static Value object(std::vector<Member> members);  // repeated keys: see above

  Kind kind() const noexcept { return Kind((hi_ >> kTagShift) & kKindMask); }
  bool is_null() const noexcept { return kind() == Kind::kNull; }
  bool is_bool() const noexcept { return kind() == Kind::kBool; }
  bool is_number() const noexcept { return kind() == Kind::kNumber; }
  bool is_string() const noexcept { return kind() == Kind::kString; }
  bool is_array() const noexcept { return kind() == Kind::kArray; }
  bool is_object() const noexcept { return kind() == Kind::kObject; }
  // jq's truth: everything except null and false.
  bool truthy() const noexcept { return kind() > Kind::kBool || lo_ == 1; }

  // Each checks the kind: calling it on another kind is a bug (XF_CHECK).
  bool as_bool() const noexcept;
  double as_double() const noexcept;
  // The kept digits of a literal in canonical form; empty when printing the double gives the same digits.
  std::string_view literal_text() const noexcept;
  // False for the result of arithmetic: comparing two literals compares their digits.
  bool is_literal() const noexcept;
  // The number as an integer when it is one and fits, without loss.
  bool is_int64() const noexcept;
  std::int64_t as_int64() const noexcept;
  // Valid while this Value lives and is not moved from (short strings lie inside the Value itself).
  std::string_view as_string() const noexcept;

  // Elements of an array, members of an object, bytes of a string; 0 otherwise.
  std::size_t size() const noexcept;
  // Empty on any other kind, as get() gives null.
  std::span<const Value> elements() const noexcept;
  std::span<const Member> members() const noexcept;  // in the order of insertion
  // The member's value, or nullptr. On anything but an object: nullptr.
  const Value* find(std::string_view key) const noexcept;
  const Value* find(const Value& key) const noexcept;  // a key that is not a string is not there
  // find(key), or null when there is none.
  const Value& get(std::string_view key) const noexcept;

  [[nodiscard]] Value with(std::string_view key, Value value) &&;
  [[nodiscard]] Value with(const Value& key, Value value) &&;   // shares the key's string
  [[nodiscard]] Value with(std::size_t index, Value value) &&;  // index <= size; == size appends
  [[nodiscard]] Value without(std::string_view key) &&;
  [[nodiscard]] Value append(Value element) &&;
  // A string with more text at its end; amortised linear while this is the only reference.
  [[nodiscard]] Value append_text(std::string_view utf8) &&;
  // Takes an element or member out, leaving null there when this is the only reference (so that the part can
  // be edited in place and put back); a plain copy otherwise.
  [[nodiscard]] Value take(std::size_t index);
  [[nodiscard]] Value take(std::string_view key);

  // True when changing it would copy a block that somebody else holds, too.
  bool is_shared() const noexcept { return is_heap() && references().load(std::memory_order_acquire) != 1; }

  // True when both are the very same block (a quick "equal"); never a substitute for compare().
  bool same_as(const Value& other) const noexcept { return lo_ == other.lo_ && hi_ == other.hi_; }

 private:
  friend struct Access;  // the other files of this folder (block.h)

  static constexpr int kTagShift = 56;
  static constexpr int kSizeShift = 48;
  static constexpr std::uint64_t kKindMask = 7;
  static constexpr std::uint64_t kHeap = std::uint64_t{8} << kTagShift;

  static constexpr std::uint64_t tagged(Kind kind) { return std::uint64_t(kind) << kTagShift; }
  Value(std::uint64_t lo, std::uint64_t hi) noexcept : lo_(lo), hi_(hi) {}

  bool is_heap() const noexcept { return (hi_ & kHeap) != 0; }
  std::atomic<std::uint32_t>& references() const noexcept {
    return *reinterpret_cast<std::atomic<std::uint32_t>*>(lo_);  // a block begins with its counter
  }
  void retain() const noexcept { references().fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    auto& count = references();
    // The only owner needs no atomic subtraction: nobody else can add one.
    if (count.load(std::memory_order_acquire) == 1 || count.fetch_sub(1, std::memory_order_acq_rel) == 1)
      destroy();
  }
  void destroy() noexcept;  // this Value is the last owner of its block

  std::uint64_t lo_ = 0;
  std::uint64_t hi_ = 0;
};
static_assert(sizeof(Value) == 16 && std::endian::native == std::endian::little);

struct Member {
  Value key;  // always a string
  Value value;
};

// The members of an object, sorted by key (code points): the order of jq's `keys`, of compare() and of
// canonical().
std::vector<const Member*> sorted_members(const Value& object);

// jq's total order: null < false < true < numbers < strings (by code point) < arrays < objects. Numbers that
// keep their digits are compared by them. NaN is below every number, itself included (so NaN == NaN is false,
// and a sort must break ties by position). Never recursive on the C stack.
int compare(const Value&, const Value&) noexcept;
bool operator==(const Value&, const Value&) noexcept;

// Deepest nesting that parse, print and expressions accept (jq's own limit for printing is 10,000).
inline constexpr std::uint32_t kDepthMax = 10'000;

// What this thread has built and freed, in bytes of heap blocks. The expression budget reads it. Inside one
// evaluation it depends only on the program and its input, never on time or on other threads: inputs are held
// by the caller.
struct Meter {
  std::int64_t live_bytes = 0;
  std::uint64_t allocated_bytes = 0;
};
namespace detail {
inline constinit thread_local Meter thread_meter;
}
inline Meter& meter() noexcept { return detail::thread_meter; }

}  // namespace xf::json
