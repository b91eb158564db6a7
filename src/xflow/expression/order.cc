// See order.h. Not recursive on values: open pairs of containers are frames on an explicit stack.
#include "xflow/expression/order.h"

#include <cstring>

namespace xf::expression {
namespace {

using json::Kind;
using json::Value;

constexpr std::size_t kDepthMax = 10'000;

// jq tells false and true apart by kind.
int rank(const Value& v) {
  switch (v.kind()) {
    case Kind::kNull: return 0;
    case Kind::kBool: return v.as_bool() ? 2 : 1;
    case Kind::kNumber: return 3;
    case Kind::kString: return 4;
    case Kind::kArray: return 5;
    case Kind::kObject: return 6;
  }
  return 0;
}

std::uint64_t text_cost(const Value& a, const Value& b) { return 1 + (std::min(a.size(), b.size()) >> 5); }

// Two open containers of one kind. Objects: first all keys in their order, then the values.
struct Pair {
  const Value* a;
  const Value* b;
  std::vector<const json::Member*> a_sorted, b_sorted;
  std::size_t next = 0;
};

class Comparison {
 public:
  explicit Comparison(Context& c) : context_(c) {}

  std::expected<int, Failure> run(const Value& a, const Value& b) {
    int order = enter(a, b);
    while (order == 0 && !failed() && !open_.empty()) order = step();
    if (spent_) return spent();
    if (too_deep_) return fail_with("Comparison too deep");
    return order;
  }

 private:
  bool failed() const { return spent_ || too_deep_; }

  int enter(const Value& a, const Value& b) {
    if (open_.size() > kDepthMax) {
      too_deep_ = true;
      return 0;
    }
    const int kinds = rank(a) - rank(b);
    if (kinds != 0) return kinds;
    if (!a.is_array() && !a.is_object()) return scalars(a, b);
    if (a.is_object()) return enter_objects(a, b);
    open_.push_back({&a, &b, {}, {}});
    return charge(2);
  }

  int scalars(const Value& a, const Value& b) {
    if (a.is_string() && charge(text_cost(a, b)) != 0) return 0;
    return json::compare(a, b);
  }

  int enter_objects(const Value& a, const Value& b) {
    if (charge(2 + 4 * (a.size() + b.size())) != 0) return 0;
    Pair pair{&a, &b, json::sorted_members(a), json::sorted_members(b)};
    if (open_.size() + 1 > kDepthMax) too_deep_ = true;  // the keys lie one level deeper
    const std::size_t both = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < both && !failed(); ++i) {
      const int order = scalars(pair.a_sorted[i]->key, pair.b_sorted[i]->key);
      if (order != 0) return order;
    }
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    if (a.size() != 0) open_.push_back(std::move(pair));
    return 0;
  }

  int step() {
    Pair& top = open_.back();
    const std::size_t i = top.next++;
    if (charge(1) != 0) return 0;
    const bool a_done = i >= top.a->size(), b_done = i >= top.b->size();
    if (a_done || b_done) {
      open_.pop_back();
      return int(b_done) - int(a_done);
    }
    if (top.a->is_array()) return enter(top.a->elements()[i], top.b->elements()[i]);
    return enter(top.a_sorted[i]->value, top.b_sorted[i]->value);
  }

  int charge(std::uint64_t work) {
    if (!context_.charge(work)) spent_ = true;
    return spent_ ? 1 : 0;
  }
  static std::unexpected<Failure> spent() { return expression::spent(); }

  Context& context_;
  std::vector<Pair> open_;
  bool spent_ = false, too_deep_ = false;
};

enum class Answer { kNo, kYes, kTooDeep, kSpent };

std::expected<bool, Failure> result(Answer answer, std::string_view too_deep) {
  if (answer == Answer::kSpent) return spent();
  if (answer == Answer::kTooDeep) return fail_with(too_deep);
  return answer == Answer::kYes;
}

struct EqualPair {
  const Value* a;
  const Value* b;
  std::size_t next = 0;
};

class Equality {
 public:
  explicit Equality(Context& c) : context_(c) {}

  Answer run(const Value& a, const Value& b) {
    Answer answer = enter(a, b);
    while (answer == Answer::kYes && !open_.empty()) answer = step();
    return answer;
  }

 private:
  Answer enter(const Value& a, const Value& b) {
    if (open_.size() > kDepthMax) return Answer::kTooDeep;
    if (rank(a) != rank(b)) return Answer::kNo;
    if (!a.is_array() && !a.is_object()) {
      if (a.is_string() && !context_.charge(text_cost(a, b))) return Answer::kSpent;
      return json::compare(a, b) == 0 ? Answer::kYes : Answer::kNo;
    }
    if (a.size() != b.size()) return Answer::kNo;
    if (a.same_as(b) || a.size() == 0) return Answer::kYes;
    open_.push_back({&a, &b});
    return Answer::kYes;
  }

  Answer step() {
    EqualPair& top = open_.back();
    if (top.next == top.a->size()) {
      open_.pop_back();
      return Answer::kYes;
    }
    if (!context_.charge(1)) return Answer::kSpent;
    const std::size_t i = top.next++;
    if (top.a->is_array()) return enter(top.a->elements()[i], top.b->elements()[i]);
    const json::Member& m = top.a->members()[i];
    const Value* other = top.b->find(m.key.as_string());
    return other == nullptr ? Answer::kNo : enter(m.value, *other);
  }

  Context& context_;
  std::vector<EqualPair> open_;
};

// Every part of b is looked for in a: in an array any element of a may hold it.
struct Search {
  const Value* a;
  const Value* b;
  std::size_t a_next = 0, b_next = 0;
};

class Containment {
 public:
  explicit Containment(Context& c) : context_(c) {}

  Answer run(const Value& a, const Value& b) {
    Answer answer = enter(a, b, opened_);
    while (!open_.empty() && answer != Answer::kSpent && answer != Answer::kTooDeep) answer = step(answer);
    return answer;
  }

 private:
  Answer enter(const Value& a, const Value& b, bool& opened) {
    opened = false;
    if (!context_.charge(1)) return Answer::kSpent;
    if (open_.size() > kDepthMax) return Answer::kTooDeep;
    if (rank(a) != rank(b)) return Answer::kNo;
    if (a.is_string()) return strings(a.as_string(), b.as_string());
    if (!a.is_array() && !a.is_object()) return json::compare(a, b) == 0 ? Answer::kYes : Answer::kNo;
    open_.push_back({&a, &b});
    opened = true;
    return Answer::kYes;
  }

  Answer strings(std::string_view a, std::string_view b) {
    if (!context_.charge(a.size() >> 3)) return Answer::kSpent;
    if (b.empty()) return Answer::kYes;
    return memmem(a.data(), a.size(), b.data(), b.size()) != nullptr ? Answer::kYes : Answer::kNo;
  }

  // `last` answers for the pair that the top asked about, unless the top was only just opened.
  Answer step(Answer last) {
    Search& top = open_.back();
    if (!opened_) {
      const bool found = last == Answer::kYes;
      if (found) top.b_next++;
      top.a_next = found ? 0 : top.a_next + 1;
      if (!found && (top.b->is_object() || top.a_next == top.a->size())) return close(Answer::kNo);
    }
    if (top.b_next == top.b->size()) return close(Answer::kYes);
    if (top.b->is_array()) {
      if (top.a->size() == 0) return close(Answer::kNo);
      return enter(top.a->elements()[top.a_next], top.b->elements()[top.b_next], opened_);
    }
    const json::Member& m = top.b->members()[top.b_next];
    const Value* mine = top.a->find(m.key.as_string());
    return mine == nullptr ? close(Answer::kNo) : enter(*mine, m.value, opened_);
  }

  Answer close(Answer answer) {
    open_.pop_back();
    opened_ = false;
    return answer;
  }

  Context& context_;
  std::vector<Search> open_;
  bool opened_ = false;
};

// Merges two sorted runs; the left one first where keys are equal.
class Sorter {
 public:
  Sorter(Context& c, std::span<const Value> keys)
      : context_(c), keys_(keys), places_(keys.size()), spare_(keys.size()) {
    for (std::size_t i = 0; i < places_.size(); ++i) places_[i] = std::uint32_t(i);
  }

  std::expected<std::vector<std::uint32_t>, Failure> run() {
    for (std::size_t width = 1; width < places_.size(); width *= 2) {
      for (std::size_t at = 0; at < places_.size(); at += 2 * width) {
        const std::size_t middle = std::min(at + width, places_.size());
        auto merged = merge(at, middle, std::min(at + 2 * width, places_.size()));
        if (!merged) return std::unexpected(std::move(merged).error());
      }
      places_.swap(spare_);
    }
    return std::move(places_);
  }

 private:
  std::expected<void, Failure> merge(std::size_t left, std::size_t middle, std::size_t end) {
    if (!context_.charge(1 + (end - left) / 2)) return spent();
    std::size_t right = middle, out = left;
    const std::size_t left_end = middle;
    while (left < left_end && right < end) {
      auto order = compare(context_, keys_[places_[left]], keys_[places_[right]]);
      if (!order) return std::unexpected(std::move(order).error());
      spare_[out++] = *order <= 0 ? places_[left++] : places_[right++];
    }
    while (left < left_end) spare_[out++] = places_[left++];
    while (right < end) spare_[out++] = places_[right++];
    return {};
  }

  Context& context_;
  std::span<const Value> keys_;
  std::vector<std::uint32_t> places_, spare_;
};

}  // namespace

std::expected<int, Failure> compare(Context& c, const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return json::compare(a, b);
  return Comparison(c).run(a, b);
}

std::expected<bool, Failure> equal(Context& c, const Value& a, const Value& b) {
  return result(Equality(c).run(a, b), "Equality check too deep");
}

std::expected<bool, Failure> contains(Context& c, const Value& a, const Value& b) {
  return result(Containment(c).run(a, b), "Containment check too deep");
}

std::expected<std::vector<std::uint32_t>, Failure> sorted_places(Context& c, std::span<const Value> keys) {
  if (!c.reserve(keys.size() * 2 * sizeof(std::uint32_t))) return spent();
  return Sorter(c, keys).run();
}

}  // namespace xf::expression
