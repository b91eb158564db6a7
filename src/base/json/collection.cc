// Arrays and objects: reading them, and the edits that work in place when nobody else looks.
#include <algorithm>

#include "base/json/block.h"
#include "base/json/object_index.h"
#include "base/json/value_stack.h"

namespace xf::json {
namespace {

constexpr std::size_t kFirstCapacity = 4;

std::size_t grown(std::size_t capacity) { return std::max(kFirstCapacity, capacity * 2); }

// Where `key` stands, or kNotFound.
std::uint32_t position_of(Block& b, std::string_view key) {
  if (b.capacity > kLinearMax) return index_find(b, key);
  const Member* members = b.members();
  if (key.size() > Value::kInlineMax) {
    for (std::uint32_t i = 0; i < b.size; ++i) {
      if (members[i].key.as_string() == key) return i;
    }
    return kNotFound;
  }
  const Value sought = Access::inline_text(key);
  for (std::uint32_t i = 0; i < b.size; ++i) {
    if (members[i].key.same_as(sought)) return i;
  }
  return kNotFound;
}

void copy_elements(Block* to, const Block* from) {
  auto* source = const_cast<Block*>(from)->values();
  for (std::uint32_t i = 0; i < from->size; ++i) new (to->values() + i) Value(source[i]);
  to->size = from->size;
}

void copy_members(Block* to, const Block* from) {
  auto* source = const_cast<Block*>(from)->members();
  for (std::uint32_t i = 0; i < from->size; ++i) new (to->members() + i) Member(source[i]);
  to->size = from->size;
}

// The same index when the shapes agree, a new one otherwise.
void carry_index(Block* to, Block* from) {
  to->index_mode = from->index_mode;
  if (to->slot_count() != from->slot_count()) return index_rebuild(*to);
  std::memcpy(static_cast<void*>(to->slots()), from->slots(), to->slot_count() * sizeof(std::uint64_t));
}

// Moves what `from` holds when it is the only reference, copies it otherwise; `from` gives up its reference.
Block* resized_array(Value&& from, std::size_t capacity) {
  Block* to = new_array_block(capacity);
  if (!Access::is_heap(from)) return to;
  Block* old = Access::block(from);
  if (old->is_shared()) {
    copy_elements(to, old);
    return to;
  }
  relocate(to->values(), old->values(), old->size);
  to->size = std::exchange(old->size, 0);
  return to;
}

Block* resized_object(Value&& from, std::size_t capacity) {
  Block* to = new_object_block(capacity);
  if (!Access::is_heap(from)) return to;
  Block* old = Access::block(from);
  if (old->is_shared()) {
    copy_members(to, old);
    carry_index(to, old);
    return to;
  }
  relocate(to->members(), old->members(), old->size);
  to->size = old->size;
  carry_index(to, old);
  old->size = 0;
  return to;
}

// `from` as a block that only it refers to, with room for `size`.
Value editable_array(Value&& from, std::size_t size) {
  Block* block = Access::is_heap(from) ? Access::block(from) : nullptr;
  if (block != nullptr && !block->is_shared() && size <= block->capacity) return std::move(from);
  const std::size_t have = block != nullptr ? block->capacity : 0;
  const std::size_t capacity =
      size <= have ? size : std::max(size, grown(block != nullptr ? block->size : 0));
  return Access::own(resized_array(std::move(from), capacity), Kind::kArray);
}

Value editable_object(Value&& from, std::size_t size) {
  Block* block = Access::is_heap(from) ? Access::block(from) : nullptr;
  if (block != nullptr && !block->is_shared() && size <= block->capacity) return std::move(from);
  const std::size_t have = block != nullptr ? block->capacity : 0;
  const std::size_t capacity =
      size <= have ? size : std::max(size, grown(block != nullptr ? block->size : 0));
  return Access::own(resized_object(std::move(from), capacity), Kind::kObject);
}

Value put(Value&& object, std::uint32_t at, Value&& key, Value&& value) {
  const std::size_t size = object.size();
  if (at != kNotFound) {
    Value edited = editable_object(std::move(object), size);
    Access::block(edited)->members()[at].value = std::move(value);
    return edited;
  }
  Value edited = editable_object(std::move(object), size + 1);
  Block* block = Access::block(edited);
  new (block->members() + size) Member{std::move(key), std::move(value)};
  block->size = std::uint32_t(size + 1);
  if (block->slot_count() != 0) index_add_last(*block);
  return edited;
}

}  // namespace

Value array_of(Value* elements, std::size_t count) {
  if (count == 0) return Value::array();
  Block* block = new_array_block(count);
  relocate(block->values(), elements, count);
  block->size = std::uint32_t(count);
  return Access::own(block, Kind::kArray);
}

namespace {

// One bit of 64 that equal keys share: a key whose bit is new is a new key.
std::uint64_t bit_of(const Value& key) {
  const std::uint64_t word = Access::is_heap(key) ? key.size() : Access::lo(key) ^ (Access::hi(key) * 31);
  return std::uint64_t{1} << ((word * 0x9e37'79b9'7f4a'7c15) >> 58);
}

bool has_repeats(const Member* members, std::size_t count) {
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t bit = bit_of(members[i].key);
    for (std::size_t j = 0; (seen & bit) != 0 && j < i; ++j) {
      if (members[j].key.as_string() == members[i].key.as_string()) return true;
    }
    seen |= bit;
  }
  return false;
}

}  // namespace

Value object_of(Member* members, std::size_t count) {
  if (count == 0) return Value::object();
  Block* block = new_object_block(count);
  Value out = Access::own(block, Kind::kObject);
  if (count <= kLinearMax && !has_repeats(members, count)) {
    relocate(block->members(), members, count);
    block->size = std::uint32_t(count);
    return out;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t at = position_of(*block, members[i].key.as_string());
    out = put(std::move(out), at, std::move(members[i].key), std::move(members[i].value));
    if (at != kNotFound) members[i].key.~Value();  // what put() did not take
  }
  return out;
}

Value Value::array(std::vector<Value> elements) {
  Value out = array_of(elements.data(), elements.size());
  for (Value& v : elements) new (&v) Value();
  return out;
}

Value Value::array(std::span<const Value> elements) {
  if (elements.empty()) return array();
  Block* block = new_array_block(elements.size());
  for (const Value& v : elements) new (block->values() + block->size++) Value(v);
  return Access::own(block, Kind::kArray);
}

Value Value::object(std::initializer_list<std::pair<std::string_view, Value>> members) {
  Value out = object();
  for (const auto& [key, value] : members) out = std::move(out).with(key, value);
  return out;
}

Value Value::object(std::vector<Member> members) {
  for (const Member& m : members) XF_CHECK(m.key.is_string(), "a member's key is a string");
  Value out = object_of(members.data(), members.size());
  for (Member& m : members) new (&m) Member();
  return out;
}

std::span<const Value> Value::elements() const noexcept {
  if (!is_array() || !is_heap()) return {};
  return {Access::block(*this)->values(), Access::block(*this)->size};
}

std::span<const Member> Value::members() const noexcept {
  if (!is_object() || !is_heap()) return {};
  return {Access::block(*this)->members(), Access::block(*this)->size};
}

const Value* Value::find(std::string_view key) const noexcept {
  if (!is_object() || !is_heap()) return nullptr;
  Block* block = Access::block(*this);
  const std::uint32_t at = position_of(*block, key);
  return at == kNotFound ? nullptr : &block->members()[at].value;
}

const Value* Value::find(const Value& key) const noexcept {
  return key.is_string() ? find(key.as_string()) : nullptr;
}

const Value& Value::get(std::string_view key) const noexcept {
  static constinit Value null;
  const Value* found = find(key);
  return found != nullptr ? *found : null;
}

Value Value::with(std::string_view key, Value value) && {
  XF_CHECK(is_object(), "with(key, value) is for objects");
  const std::uint32_t at = is_heap() ? position_of(*Access::block(*this), key) : kNotFound;
  return put(std::move(*this), at, at == kNotFound ? string(key) : Value(), std::move(value));
}

Value Value::with(const Value& key, Value value) && {
  XF_CHECK(is_object() && key.is_string(), "with(key, value) is for objects, and keys are strings");
  const std::uint32_t at = is_heap() ? position_of(*Access::block(*this), key.as_string()) : kNotFound;
  return put(std::move(*this), at, at == kNotFound ? Value(key) : Value(), std::move(value));
}

Value Value::with(std::size_t index, Value value) && {
  XF_CHECK(is_array() && index <= size(), "with(index, value) is for arrays and replaces or appends");
  if (index == size()) return std::move(*this).append(std::move(value));
  Value edited = editable_array(std::move(*this), size());
  Access::block(edited)->values()[index] = std::move(value);
  return edited;
}

Value Value::append(Value element) && {
  XF_CHECK(is_array(), "append is for arrays");
  Value edited = editable_array(std::move(*this), size() + 1);
  Block* block = Access::block(edited);
  new (block->values() + block->size) Value(std::move(element));
  ++block->size;
  return edited;
}

Value Value::without(std::string_view key) && {
  XF_CHECK(is_object(), "without is for objects");
  const std::uint32_t at = is_heap() ? position_of(*Access::block(*this), key) : kNotFound;
  if (at == kNotFound) return std::move(*this);
  if (size() == 1) return object();
  Value edited = editable_object(std::move(*this), size());
  Block* block = Access::block(edited);
  const Member removed = std::move(block->members()[at]);
  relocate(block->members() + at, block->members() + at + 1, block->size - at - 1);
  --block->size;
  index_rebuild(*block);
  return edited;
}

Value Value::take(std::size_t index) {
  XF_CHECK(is_array() && index < size(), "take(index) is for an element that is there");
  Block* block = Access::block(*this);
  if (block->is_shared()) return block->values()[index];
  return std::move(block->values()[index]);
}

Value Value::take(std::string_view key) {
  XF_CHECK(is_object(), "take(key) is for objects");
  const Value* found = find(key);
  if (found == nullptr) return {};
  if (Access::block(*this)->is_shared()) return *found;
  return std::move(const_cast<Value&>(*found));
}

std::vector<const Member*> sorted_members(const Value& object) {
  const auto members = object.members();
  std::vector<const Member*> sorted;
  sorted.reserve(members.size());
  for (const Member& m : members) sorted.push_back(&m);
  std::sort(sorted.begin(), sorted.end(),
            [](const Member* a, const Member* b) { return a->key.as_string() < b->key.as_string(); });
  return sorted;
}

}  // namespace xf::json
