// Equality walks both values side by side with a list of its own, so that no nesting reaches the C stack.
// Duplicates are found by a hash of the whole value and settled by equality.
#include "xflow/schema/equality.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "xflow/schema/parts.h"

namespace xf::schema {
namespace {

using json::Kind;
using json::Value;

constexpr std::uint64_t kBytesPerWork = 32;
constexpr std::size_t kPairwiseMax = 8;
constexpr std::uint64_t kPrime = 0x9e37'79b9'7f4a'7c15;

using Pair = std::pair<const Value*, const Value*>;

// Compares what the two are themselves; elements and members go onto the list.
bool equal_heads(const Value& a, const Value& b, std::vector<Pair>& todo) {
  if (a.same_as(b)) return !a.is_number() || a.as_double() == a.as_double();
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::kNull: return true;
    case Kind::kBool: return a.as_bool() == b.as_bool();
    case Kind::kNumber: return a == b;
    case Kind::kString: return a.as_string() == b.as_string();
    case Kind::kArray: {
      if (a.size() != b.size()) return false;
      for (std::size_t i = 0; i < a.size(); ++i) todo.emplace_back(&a.elements()[i], &b.elements()[i]);
      return true;
    }
    case Kind::kObject: {
      if (a.size() != b.size()) return false;
      for (const json::Member& member : a.members()) {
        const Value* other = b.find(member.key);
        if (!other) return false;
        todo.emplace_back(&member.value, other);
      }
      return true;
    }
  }
  return false;
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t h = (a ^ std::rotl(b, 31)) * kPrime;
  return h ^ (h >> 29);
}

std::uint64_t hash_text(std::string_view text) {
  std::uint64_t h = text.size();
  for (char c : text) h = mix(h, static_cast<unsigned char>(c));
  return h;
}

std::uint64_t hash_head(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return 1;
    case Kind::kBool: return value.as_bool() ? 3 : 2;
    case Kind::kNumber: return mix(4, std::bit_cast<std::uint64_t>(value.as_double() + 0.0));
    case Kind::kString: return mix(5, hash_text(value.as_string()));
    case Kind::kArray: return mix(6, value.size());
    case Kind::kObject: return mix(7, value.size());
  }
  return 0;
}

// A sum over everything inside, each part mixed with its way from the top: equal values have equal sums
// whatever the order of their members is.
std::uint64_t hash(const Value& root, Budget& budget) {
  std::uint64_t sum = 0;
  std::vector<std::pair<const Value*, std::uint64_t>> todo{{&root, kPrime}};
  while (!todo.empty()) {
    const auto [value, way] = todo.back();
    todo.pop_back();
    const bool is_text = value->is_string();
    if (!budget.charge(1 + (is_text ? value->size() / kBytesPerWork : value->size()))) return 0;
    sum += mix(way, hash_head(*value));
    std::uint64_t i = 0;
    for (const Value& element : elements_of(*value)) todo.emplace_back(&element, mix(way, ++i));
    for (const json::Member& m : members_of(*value)) {
      if (!budget.charge(m.key.size() / kBytesPerWork)) return 0;
      todo.emplace_back(&m.value, mix(way, hash_text(m.key.as_string())));
    }
  }
  return sum;
}

}  // namespace

bool equal(const Value& a, const Value& b, Budget& budget) {
  const bool nested = a.is_array() || a.is_object();
  std::vector<Pair> todo;
  if (!nested) return budget.charge(1 + a.size() / kBytesPerWork) && equal_heads(a, b, todo);
  todo.emplace_back(&a, &b);
  while (!todo.empty()) {
    const auto [left, right] = todo.back();
    todo.pop_back();
    const std::uint64_t size = std::min(left->size(), right->size());
    if (!budget.charge(1 + (left->is_string() ? size / kBytesPerWork : size))) return false;
    if (!equal_heads(*left, *right, todo)) return false;
  }
  return true;
}

std::optional<std::pair<std::size_t, std::size_t>> find_duplicate(std::span<const Value> elements,
                                                                  Budget& budget) {
  if (elements.size() <= kPairwiseMax) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (equal(elements[j], elements[i], budget)) return std::pair(j, i);
      }
    }
    return std::nullopt;
  }
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  order.reserve(elements.size());
  for (std::size_t i = 0; i < elements.size() && !budget.is_spent(); ++i)
    order.emplace_back(hash(elements[i], budget), i);
  std::sort(order.begin(), order.end());
  for (std::size_t i = 1; i < order.size(); ++i) {
    for (std::size_t j = i; j > 0 && order[j - 1].first == order[i].first && !budget.is_spent(); --j) {
      const std::size_t a = order[j - 1].second, b = order[i].second;
      if (equal(elements[a], elements[b], budget)) return std::pair(a, b);
    }
  }
  return std::nullopt;
}

}  // namespace xf::schema
