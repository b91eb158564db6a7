// jq's order, by a machine with its own stack: how deep a value is nested does not matter.
#include <cmath>

#include "base/json/block.h"
#include "base/json/number.h"

namespace xf::json {
namespace {

template <typename T>
int order(const T& a, const T& b) {
  return a < b ? -1 : int(a != b);
}

int compare_texts(std::string_view a, std::string_view b) {
  const int c = a.compare(b);
  return c < 0 ? -1 : int(c > 0);
}

// The digits of a literal: those it keeps, or those that its double prints.
std::string_view digits_of(const Value& v, char* buffer) {
  const auto kept = v.literal_text();
  return kept.empty() ? std::string_view(buffer, write_double(buffer, v.as_double())) : kept;
}

int compare_numbers(const Value& a, const Value& b) {
  const double x = a.as_double(), y = b.as_double();
  if (x < y) return -1;  // the nearest doubles of two decimal numbers are never in the opposite order
  if (x > y) return 1;
  if (std::isnan(x)) return -1;
  if (std::isnan(y)) return 1;
  if (!a.is_literal() || !b.is_literal()) return 0;
  if (a.literal_text().empty() && b.literal_text().empty()) return 0;
  char a_buffer[kDoubleTextMax], b_buffer[kDoubleTextMax];
  Decimal p, q;
  if (!Decimal::parse(digits_of(a, a_buffer), p) || !Decimal::parse(digits_of(b, b_buffer), q)) return 0;
  return compare(p, q);
}

// Everything but two arrays or two objects.
int compare_flat(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return order(a.kind(), b.kind());
  switch (a.kind()) {
    case Kind::kBool: return order(a.as_bool(), b.as_bool());
    case Kind::kNumber: return compare_numbers(a, b);
    case Kind::kString: return compare_texts(a.as_string(), b.as_string());
    default: return 0;
  }
}

bool is_container(const Value& v) { return v.kind() >= Kind::kArray; }

// Two containers of one kind that are being compared, and how far that went.
struct Pair {
  const Value* a;
  const Value* b;
  std::size_t next = 0;
  std::vector<const Member*> a_sorted, b_sorted;  // objects: equal keys at equal places
};

class Comparison {
 public:
  int run(const Value& a, const Value& b) {
    int result = begin(a, b);
    while (result == 0 && !stack_.empty()) result = step(stack_.back());
    return result;
  }

 private:
  int begin(const Value& a, const Value& b) {
    if (a.kind() != b.kind() || !is_container(a)) return compare_flat(a, b);
    if (a.same_as(b)) return 0;
    Pair pair{&a, &b, 0, {}, {}};
    if (a.is_object()) {
      pair.a_sorted = sorted_members(a);
      pair.b_sorted = sorted_members(b);
      if (const int keys = compare_keys(pair); keys != 0) return keys;
    }
    stack_.push_back(std::move(pair));
    return 0;
  }

  // As two arrays of sorted keys.
  static int compare_keys(const Pair& p) {
    const std::size_t common = std::min(p.a_sorted.size(), p.b_sorted.size());
    for (std::size_t i = 0; i < common; ++i) {
      const int c = compare_texts(p.a_sorted[i]->key.as_string(), p.b_sorted[i]->key.as_string());
      if (c != 0) return c;
    }
    return order(p.a_sorted.size(), p.b_sorted.size());
  }

  int step(Pair& top) {
    const std::size_t i = top.next++;
    if (top.a->is_object()) {
      if (i < top.a_sorted.size()) return begin(top.a_sorted[i]->value, top.b_sorted[i]->value);
    } else {
      const auto a = top.a->elements(), b = top.b->elements();
      if (i < a.size() && i < b.size()) return begin(a[i], b[i]);
      if (a.size() != b.size()) return order(a.size(), b.size());
    }
    stack_.pop_back();
    return 0;
  }

  std::vector<Pair> stack_;
};

class Equality {
 public:
  bool run(const Value& a, const Value& b) {
    bool equal = begin(a, b);
    while (equal && !stack_.empty()) equal = step();
    return equal;
  }

 private:
  struct Level {
    const Value* a;
    const Value* b;
    std::size_t next;
  };

  bool begin(const Value& a, const Value& b) {
    if (a.kind() != b.kind()) return false;
    if (!is_container(a)) return compare_flat(a, b) == 0;
    if (a.same_as(b)) return true;
    if (a.size() != b.size()) return false;
    stack_.push_back({&a, &b, 0});
    return true;
  }

  bool step() {
    Level& top = stack_.back();
    const std::size_t i = top.next++;
    if (i == top.a->size()) {
      stack_.pop_back();
      return true;
    }
    if (top.a->is_array()) return begin(top.a->elements()[i], top.b->elements()[i]);
    const Member& member = top.a->members()[i];
    const Member& same_place = top.b->members()[i];  // where the two were built alike
    if (same_place.key.same_as(member.key)) return begin(member.value, same_place.value);
    const Value* other = top.b->find(member.key);
    return other != nullptr && begin(member.value, *other);
  }

  std::vector<Level> stack_;
};

}  // namespace

int compare(const Value& a, const Value& b) noexcept {
  if (a.kind() != b.kind() || !is_container(a)) return compare_flat(a, b);
  return Comparison().run(a, b);
}

bool operator==(const Value& a, const Value& b) noexcept {
  if (a.kind() != b.kind()) return false;
  if (!is_container(a)) return compare_flat(a, b) == 0;
  return Equality().run(a, b);
}

}  // namespace xf::json
