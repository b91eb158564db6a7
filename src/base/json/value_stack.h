// The values that a parser has read and not yet put into a container. The first ones need no allocation.
#pragma once

#include <cstdlib>
#include <memory>

#include "base/json/block.h"

namespace xf::json {

class ValueStack {
 public:
  ValueStack() = default;
  ValueStack(const ValueStack&) = delete;
  ValueStack& operator=(const ValueStack&) = delete;
  ~ValueStack() {
    for (std::size_t i = 0; i < size_; ++i) data_[i].~Value();
    if (data_ != first()) std::free(static_cast<void*>(data_));
  }

  std::size_t size() const { return size_; }
  Value* at(std::size_t i) { return data_ + i; }
  void push(Value v) {
    if (size_ == capacity_) grow();
    new (data_ + size_++) Value(std::move(v));
  }
  Value pop() {
    Value v = std::move(data_[--size_]);
    return v;
  }
  // The values above `size` have been moved elsewhere by relocate().
  void forget_above(std::size_t size) { size_ = size; }

 private:
  static constexpr std::size_t kFirst = 128;

  Value* first() { return reinterpret_cast<Value*>(memory_); }
  void grow() {
    auto* larger = static_cast<Value*>(std::malloc(2 * capacity_ * sizeof(Value)));
    XF_CHECK(larger != nullptr, "out of memory");
    relocate(larger, data_, size_);
    if (data_ != first()) std::free(static_cast<void*>(data_));
    data_ = larger;
    capacity_ *= 2;
  }

  alignas(Value) char memory_[kFirst * sizeof(Value)];
  Value* data_ = first();
  std::size_t size_ = 0;
  std::size_t capacity_ = kFirst;
};

// Containers from values that the caller gives up as by relocate().
Value array_of(Value* elements, std::size_t count);
Value object_of(Member* members, std::size_t count);  // keys may repeat

}  // namespace xf::json
