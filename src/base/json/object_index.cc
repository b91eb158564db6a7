// See object_index.h.
#include "base/json/object_index.h"

#include <algorithm>

namespace xf::json {
namespace {

constexpr unsigned kProbesMax = 96;

// Multiply and fold, eight bytes at a time.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using U128 = unsigned __int128;
  const U128 product = U128{a} * b;
  return std::uint64_t(product) ^ std::uint64_t(product >> 64);
}

constexpr std::uint64_t kMul1 = 0x9e37'79b9'7f4a'7c15, kMul2 = 0xd6e8'feb8'6659'fd93,
                        kMul3 = 0xa076'1d64'78bd'642f;

std::uint64_t hash_of(std::string_view key) {
  if (key.size() <= Value::kInlineMax) {
    const Value packed = Access::inline_text(key);
    return mix(Access::lo(packed) ^ kMul1, Access::hi(packed) ^ kMul2);
  }
  const char* p = key.data();
  std::size_t left = key.size();
  std::uint64_t h = left ^ kMul3, word = 0;
  for (; left > 8; p += 8, left -= 8) {
    std::memcpy(&word, p, 8);
    h = mix(h ^ word, kMul2);
  }
  std::memcpy(&word, p + left - 8, 8);  // the last eight bytes: there are more than eight
  return mix(h ^ word, kMul1);
}

std::uint64_t tag_of(std::uint64_t hash) { return hash & 0xffff'ffff'0000'0000; }
std::uint32_t position(std::uint64_t slot) { return std::uint32_t(slot) - 1; }

// Positions of the kRuns form lie in the slots as 32-bit numbers.
std::uint32_t* runs_of(Block& b) { return reinterpret_cast<std::uint32_t*>(b.slots()); }

struct KeyLess {
  Block& b;
  std::string_view key(std::uint32_t at) const { return b.members()[at].key.as_string(); }
  bool operator()(std::uint32_t x, std::uint32_t y) const { return key(x) < key(y); }
  bool operator()(std::uint32_t x, std::string_view y) const { return key(x) < y; }
};

void build_runs(Block& b) {
  b.index_mode = kRuns;
  std::uint32_t* order = runs_of(b);
  std::uint32_t start = 0;
  for (std::uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
    if ((b.size & bit) == 0) continue;
    for (std::uint32_t i = start; i < start + bit; ++i) order[i] = i;
    std::sort(order + start, order + start + bit, KeyLess{b});
    start += bit;
  }
}

void runs_add_last(Block& b) {
  std::uint32_t* order = runs_of(b);
  const std::uint32_t last = b.size - 1;
  order[last] = last;
  std::uint32_t end = b.size;
  for (std::uint32_t run = 1; (last & run) != 0; run <<= 1) {
    std::uint32_t* const middle = order + end - run;
    std::vector<std::uint32_t> merged(2 * std::size_t{run});
    std::merge(middle - run, middle, middle, middle + run, merged.begin(), KeyLess{b});
    std::copy(merged.begin(), merged.end(), middle - run);
  }
}

std::uint32_t runs_find(Block& b, std::string_view key) {
  const std::uint32_t* order = runs_of(b);
  for (std::uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
    if ((b.size & bit) == 0) continue;
    const std::uint32_t* found = std::lower_bound(order, order + bit, key, KeyLess{b});
    if (found != order + bit && KeyLess{b}.key(*found) == key) return *found;
    order += bit;
  }
  return kNotFound;
}

// False when the search was too long.
bool hashed_insert(Block& b, std::uint32_t at) {
  const std::uint64_t hash = hash_of(b.members()[at].key.as_string());
  const std::size_t mask = b.slot_count() - 1;
  std::uint64_t* slots = b.slots();
  for (std::size_t i = 0; i < kProbesMax; ++i) {
    std::uint64_t& slot = slots[(hash + i) & mask];
    if (slot != 0) continue;
    slot = tag_of(hash) | (at + 1);
    return true;
  }
  return false;
}

}  // namespace

std::uint32_t index_find(Block& b, std::string_view key) {
  if (b.index_mode == kRuns) return runs_find(b, key);
  const std::uint64_t hash = hash_of(key);
  const std::size_t mask = b.slot_count() - 1;
  const std::uint64_t* slots = b.slots();
  for (std::size_t i = 0; i < kProbesMax; ++i) {
    const std::uint64_t slot = slots[(hash + i) & mask];
    if (slot == 0) break;
    if (tag_of(slot) == tag_of(hash) && b.members()[position(slot)].key.as_string() == key)
      return position(slot);
  }
  return kNotFound;
}

void index_add_last(Block& b) {
  if (b.index_mode == kRuns) return runs_add_last(b);
  if (!hashed_insert(b, b.size - 1)) build_runs(b);
}

void index_rebuild(Block& b) {
  if (b.slot_count() == 0) return;
  if (b.index_mode == kRuns) return build_runs(b);
  std::memset(b.slots(), 0, b.slot_count() * sizeof(std::uint64_t));
  for (std::uint32_t at = 0; at < b.size; ++at) {
    if (!hashed_insert(b, at)) return build_runs(b);
  }
}

}  // namespace xf::json
