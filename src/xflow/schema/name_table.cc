// Open addressing. The hash looks at eight bytes from each end and the length: names that share those are
// compared in turn, which costs what the schema's author chose and nothing that a value can choose.
#include "xflow/schema/name_table.h"

#include <bit>
#include <cstring>

namespace xf::schema {
namespace {

std::uint64_t hash_of(std::string_view name) {
  std::uint64_t head = 0, tail = 0;
  const std::size_t part = name.size() < 8 ? name.size() : 8;
  std::memcpy(&head, name.data(), part);
  std::memcpy(&tail, name.data() + name.size() - part, part);
  const std::uint64_t h = (head ^ (tail * 0x9e37'79b9'7f4a'7c15) ^ name.size()) * 0xd6e8'feb8'6659'fd93;
  return h ^ (h >> 32);
}

}  // namespace

NameTable::NameTable(std::vector<json::Value> names) : names_(std::move(names)) {
  slots_.resize(std::bit_ceil(names_.size() * 2 + 1));
  mask_ = slots_.size() - 1;
  for (std::uint32_t i = 0; i < names_.size(); ++i) {
    std::size_t at = hash_of(names_[i].as_string()) & mask_;
    while (slots_[at] != 0) at = (at + 1) & mask_;
    slots_[at] = i + 1;
  }
}

std::uint32_t NameTable::find(const json::Value& name) const noexcept {
  if (names_.empty()) return kAbsent;
  const std::string_view text = name.as_string();
  for (std::size_t at = hash_of(text) & mask_; slots_[at] != 0; at = (at + 1) & mask_) {
    const json::Value& known = names_[slots_[at] - 1];
    if (known.same_as(name) || known.as_string() == text) return slots_[at] - 1;
  }
  return kAbsent;
}

}  // namespace xf::schema
