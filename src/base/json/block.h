// Blocks: the heap part of a Value, for the files of this folder only.
//
//   text     Block, bytes                              a string of more than Value::kInlineMax bytes
//   literal  Block, double, digits                     a number that keeps more than six digits
//   array    Block, Value[capacity]
//   object   Block, Member[capacity], slots            slots only when capacity > kLinearMax (object_index.h)
//
// A block begins with its counter of references; a new one has one. Every byte is counted in meter().
#pragma once

#include <cstring>

#include "base/check.h"
#include "base/json/value.h"

namespace xf::json {

// Objects of up to this many members are searched from front to back.
inline constexpr std::uint32_t kLinearMax = 16;

struct Block {
  std::atomic<std::uint32_t> references{1};
  std::uint32_t index_mode = 0;  // objects: see object_index.h
  std::uint32_t size = 0;        // bytes, digits, elements or members
  std::uint32_t capacity = 0;

  bool is_shared() const noexcept { return references.load(std::memory_order_acquire) != 1; }
  char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
  char* digits() noexcept { return bytes() + sizeof(double); }
  double& number() noexcept { return *reinterpret_cast<double*>(this + 1); }
  Value* values() noexcept { return reinterpret_cast<Value*>(this + 1); }
  Member* members() noexcept { return reinterpret_cast<Member*>(this + 1); }
  std::uint64_t* slots() noexcept { return reinterpret_cast<std::uint64_t*>(members() + capacity); }
  // A power of two, at least twice the capacity; 0 when there is no index.
  std::size_t slot_count() const noexcept {
    return capacity <= kLinearMax ? 0 : std::bit_ceil(std::size_t{capacity} * 2);
  }
};
static_assert(sizeof(Block) == 16 && sizeof(Member) == 32);

Block* new_text_block(std::size_t capacity);
Block* new_literal_block(std::size_t digits);
Block* new_array_block(std::size_t capacity);
Block* new_object_block(std::size_t capacity);  // its index is empty

// What the other files of this folder may do with a Value.
struct Access {
  static constexpr std::uint64_t kIsLiteral = std::uint64_t{0x80} << Value::kSizeShift;
  static constexpr std::uint64_t kInlineDigitsMax = 6;

  static std::uint64_t lo(const Value& v) { return v.lo_; }
  static std::uint64_t hi(const Value& v) { return v.hi_; }
  static bool is_heap(const Value& v) { return v.is_heap(); }
  static Block* block(const Value& v) { return reinterpret_cast<Block*>(v.lo_); }
  static unsigned inline_size(const Value& v) { return unsigned(v.hi_ >> Value::kSizeShift) & 0x7f; }
  static Value make(std::uint64_t lo, std::uint64_t hi) { return {lo, hi}; }
  static Value own(Block* block, Kind kind) {
    return {reinterpret_cast<std::uint64_t>(block), Value::tagged(kind) | Value::kHeap};
  }
  // A literal whose canonical digits are what its double prints.
  static Value plain_literal(double d) {
    return {std::bit_cast<std::uint64_t>(d), Value::tagged(Kind::kNumber) | kIsLiteral};
  }
  static Value literal(double d, std::string_view digits);
  // text.size() <= Value::kInlineMax.
  static Value inline_text(std::string_view text) {
    const char* p = text.data();
    const std::size_t n = text.size();
    std::uint64_t low = 0, high = 0;
    if (n >= 8) {
      std::memcpy(&low, p, 8);
      if (n > 8) {
        std::memcpy(&high, p + n - 8, 8);
        high >>= 8 * (16 - n);
      }
    } else if (n >= 4) {
      std::uint32_t first = 0, last = 0;
      std::memcpy(&first, p, 4);
      std::memcpy(&last, p + n - 4, 4);
      low = first | std::uint64_t{last} << (8 * (n - 4));
    } else if (n != 0) {
      low = std::uint64_t(std::uint8_t(p[0])) | std::uint64_t(std::uint8_t(p[n / 2])) << (8 * (n / 2)) |
            std::uint64_t(std::uint8_t(p[n - 1])) << (8 * (n - 1));
    }
    return {low, high | std::uint64_t(n) << Value::kSizeShift | Value::tagged(Kind::kString)};
  }
};

// Moves by copying the words: a Value does not know its own address.
template <typename T>
inline void relocate(T* to, T* from, std::size_t count) noexcept {
  if (count != 0) std::memmove(static_cast<void*>(to), static_cast<const void*>(from), count * sizeof(T));
}

}  // namespace xf::json
