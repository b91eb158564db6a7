#include "xflow/engine/value_memo.h"

#include "xflow/engine/wire.h"

namespace xf::engine {
namespace {

constexpr std::size_t kLarge = 4096;  // below this, measuring is cheaper than remembering
constexpr std::size_t kEntriesMax = 64;

bool is_collection(const json::Value& value) {
  return (value.is_array() || value.is_object()) && value.size() > 0;
}

// Without what it holds.
std::size_t own_weight(const json::Value& value) {
  return 4 + (value.is_number() ? 4 : value.is_string() ? value.size() : 0);
}

// More than `max` when it is more than that.
std::size_t weigh(const json::Value& top, std::size_t max) {
  std::size_t weight = own_weight(top);
  std::vector<const json::Value*> open;
  const auto add = [&](const json::Value& part) {
    weight += own_weight(part);
    if (is_collection(part)) open.push_back(&part);
    return weight <= max;
  };
  for (const json::Value* at = &top; weight <= max;) {
    for (const json::Value& element : at->elements())
      if (!add(element)) break;
    for (const json::Member& member : at->members()) {
      weight += 4 + member.key.size();
      if (!add(member.value)) break;
    }
    if (open.empty()) break;
    at = open.back();
    open.pop_back();
  }
  return weight;
}

}  // namespace

ValueMemo::Entry* ValueMemo::find(const json::Value& value) {
  for (Entry& entry : entries_) {
    if (!entry.value.same_as(value)) continue;
    entry.is_used = true;
    return &entry;
  }
  return nullptr;
}

ValueMemo::Entry& ValueMemo::remember(const json::Value& value) {
  if (entries_.size() >= kEntriesMax) sweep();
  if (entries_.size() >= kEntriesMax) entries_.erase(entries_.begin());
  entries_.push_back({.value = value});
  return entries_.back();
}

std::size_t ValueMemo::weight(const json::Value& value, std::size_t max) {
  if (!is_collection(value)) return value.size();
  if (value.size() <= 64) {
    if (const std::size_t small = weigh(value, kLarge); small <= kLarge) return small;
  }
  Entry* entry = find(value);
  // What was weighed against less is not known.
  if (entry && entry->weight != 0 && (entry->weight <= max || entry->weight <= entry->weighed_to))
    return entry->weight;
  const std::size_t weight = weigh(value, max);
  if (weight > kLarge) {
    Entry& kept = entry ? *entry : remember(value);
    kept.weight = weight;
    kept.weighed_to = max;
  }
  return weight;
}

std::uint64_t ValueMemo::hash(const json::Value& value) {
  if (Entry* entry = find(value); entry && entry->has_hash) return entry->hash;
  std::string bytes;
  write_value(bytes, value);
  const std::uint64_t hash = hash_bytes(bytes);
  if (bytes.size() > kLarge) {
    Entry* entry = find(value);
    Entry& kept = entry ? *entry : remember(value);
    kept.hash = hash;
    kept.has_hash = true;
  }
  return hash;
}

void ValueMemo::sweep() {
  std::erase_if(entries_, [](const Entry& entry) { return !entry.is_used; });
  for (Entry& entry : entries_) entry.is_used = false;
}

}  // namespace xf::engine
