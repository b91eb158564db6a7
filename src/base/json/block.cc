// Making and freeing blocks.
#include "base/json/block.h"

#include <cstdlib>
#include <new>

namespace xf::json {
namespace {

constexpr std::size_t kSizeMax = 0xffff'fff0;

std::size_t text_bytes(std::size_t capacity) { return sizeof(Block) + capacity; }
std::size_t literal_bytes(std::size_t capacity) { return sizeof(Block) + sizeof(double) + capacity; }
std::size_t array_bytes(std::size_t capacity) { return sizeof(Block) + capacity * sizeof(Value); }
std::size_t object_bytes(const Block& b) {
  return sizeof(Block) + b.capacity * sizeof(Member) + b.slot_count() * sizeof(std::uint64_t);
}

Block* new_block(std::size_t bytes, std::size_t capacity) {
  XF_CHECK(capacity <= kSizeMax, "one JSON value holds less than 4 GiB or 2^32 elements");
  void* memory = std::malloc(bytes);
  XF_CHECK(memory != nullptr, "out of memory");
  auto* block = new (memory) Block;
  block->capacity = std::uint32_t(capacity);
  meter().live_bytes += std::int64_t(bytes);
  meter().allocated_bytes += bytes;
  return block;
}

void free_bytes(Block* block, std::size_t bytes) noexcept {
  meter().live_bytes -= std::int64_t(bytes);
  std::free(block);
}

// Containers that wait to be freed, linked through the words that held their counters; the lowest bit of a
// link tells whether it leads to an object.
class Doomed {
 public:
  void push(Block* block, bool is_object) noexcept {
    std::memcpy(static_cast<void*>(block), &head_, sizeof head_);
    head_ = reinterpret_cast<std::uintptr_t>(block) | (is_object ? 1 : 0);
  }
  bool pop(Block*& block, bool& is_object) noexcept {
    if (head_ == 0) return false;
    is_object = (head_ & 1) != 0;
    block = reinterpret_cast<Block*>(head_ & ~std::uintptr_t{1});
    std::memcpy(&head_, static_cast<const void*>(block), sizeof head_);
    return true;
  }

 private:
  std::uintptr_t head_ = 0;
};

void free_leaf(Block* block, Kind kind) noexcept {
  free_bytes(block, kind == Kind::kString ? text_bytes(block->capacity) : literal_bytes(block->capacity));
}

void drop(const Value& child, Doomed& doomed) noexcept {
  if (!Access::is_heap(child)) return;
  Block* block = Access::block(child);
  if (block->is_shared() && block->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const Kind kind = child.kind();
  if (kind == Kind::kArray || kind == Kind::kObject) {
    doomed.push(block, kind == Kind::kObject);
  } else {
    free_leaf(block, kind);
  }
}

void free_container(Block* block, bool is_object, Doomed& doomed) noexcept {
  if (!is_object) {
    for (std::uint32_t i = 0; i < block->size; ++i) drop(block->values()[i], doomed);
    free_bytes(block, array_bytes(block->capacity));
    return;
  }
  for (std::uint32_t i = 0; i < block->size; ++i) {
    drop(block->members()[i].key, doomed);
    drop(block->members()[i].value, doomed);
  }
  free_bytes(block, object_bytes(*block));
}

}  // namespace

Block* new_text_block(std::size_t capacity) { return new_block(text_bytes(capacity), capacity); }
Block* new_literal_block(std::size_t digits) { return new_block(literal_bytes(digits), digits); }
Block* new_array_block(std::size_t capacity) { return new_block(array_bytes(capacity), capacity); }

Block* new_object_block(std::size_t capacity) {
  Block shape;
  shape.capacity = std::uint32_t(capacity);
  Block* block = new_block(object_bytes(shape), capacity);
  if (const std::size_t slots = block->slot_count(); slots != 0) std::memset(block->slots(), 0, slots * 8);
  return block;
}

void Value::destroy() noexcept {
  auto* block = reinterpret_cast<Block*>(lo_);
  const Kind own = kind();
  if (own != Kind::kArray && own != Kind::kObject) return free_leaf(block, own);
  Doomed doomed;
  bool is_object = own == Kind::kObject;
  do free_container(block, is_object, doomed);
  while (doomed.pop(block, is_object));
}

}  // namespace xf::json
