// Paths on values: reading, writing and deleting what an array of keys leads to. See native.h.
#include <cmath>

#include "xflow/expression/access.h"
#include "xflow/expression/order.h"

namespace xf::expression {
namespace {

using json::Value;

constexpr std::size_t kPathMax = 10'000;

std::expected<void, Failure> check_path(const Value& path) {
  if (!path.is_array()) return fail_with("Path must be specified as an array");
  if (path.size() > kPathMax) return fail_with("Path too deep");
  return {};
}

// What lies under `key`, and `target` without its hold on it, so that the part can be edited in place.
Outcome take_part(Context& c, Value& target, const Value& key) {
  if (target.is_object() && key.is_string() && target.find(key.as_string()) != nullptr)
    return target.take(key.as_string());
  if (target.is_array() && key.is_number()) {
    const double i = std::trunc(key.as_double());
    if (i >= 0 && i < static_cast<double>(target.size())) return target.take(static_cast<std::size_t>(i));
  }
  auto part = index(c, target, key);
  if (!part || key.is_object()) return part;
  // Finds out now whether the key can be set at all.
  auto marked = set(c, std::move(target), key, Value::null());
  if (!marked) return marked;
  target = *std::move(marked);
  return part;
}

// Deletes keys (sorted) from one container.
class Deletion {
 public:
  Deletion(Context& c, Value target) : context_(c), target_(std::move(target)) {}

  Outcome run(const std::vector<Value>& keys) {
    if (target_.is_null() || keys.empty()) return std::move(target_);
    if (target_.is_array()) return from_array(keys);
    if (target_.is_object()) return from_object(keys);
    return fail_with("Cannot delete fields from " + std::string(json::to_string(target_.kind())));
  }

 private:
  Outcome from_object(const std::vector<Value>& keys) {
    for (const Value& key : keys) {
      if (!key.is_string())
        return fail_with("Cannot delete " + std::string(json::to_string(key.kind())) + " field of object");
      // Taking one member out may move those behind it.
      if (!context_.charge(1 + (target_.size() >> 3))) return spent();
      target_ = std::move(target_).without(key.as_string());
    }
    return std::move(target_);
  }

  Outcome from_array(const std::vector<Value>& keys) {
    const std::size_t size = target_.size();
    if (!context_.reserve(2 * size * sizeof(Value)) || !context_.charge(size + keys.size())) return spent();
    gone_.assign(size, false);
    for (const Value& key : keys) {
      auto marked = mark(key);
      if (!marked) return std::unexpected(std::move(marked).error());
    }
    std::vector<Value> kept;
    for (std::size_t i = 0; i < size; ++i) {
      if (!gone_[i]) kept.push_back(target_.elements()[i]);
    }
    return Value::array(std::move(kept));
  }

  std::expected<void, Failure> mark(const Value& key) {
    if (key.is_number()) {
      double i = std::trunc(key.as_double());
      if (key.as_double() < 0) i += static_cast<double>(gone_.size());
      if (i >= 0 && i < static_cast<double>(gone_.size())) gone_[static_cast<std::size_t>(i)] = true;
      return {};
    }
    if (!key.is_object())
      return fail_with("Cannot delete " + std::string(json::to_string(key.kind())) + " element of array");
    auto range = slice_range(gone_.size(), key);
    if (!range) return std::unexpected(std::move(range).error());
    if (!context_.charge((range->end - range->begin) >> 3)) return spent();
    for (std::size_t i = range->begin; i < range->end; ++i) gone_[i] = true;
    return {};
  }

  Context& context_;
  Value target_;
  std::vector<bool> gone_;
};

// The sorted paths first…last all lead through one container, `target`; they agree before position `depth`.
struct Level {
  Value target;
  std::size_t next, last;
  std::vector<Value> keys{};  // to delete from it once its parts are done
  Value part_key{};           // where the level above it will be put back
};

class PathDeletion {
 public:
  PathDeletion(Context& c, std::span<const Value> paths, std::span<const std::uint32_t> places)
      : context_(c), paths_(paths), places_(places) {}

  Outcome run(Value root) {
    levels_.push_back({std::move(root), 0, places_.size()});
    for (;;) {
      if (!context_.charge(1)) return spent();
      if (levels_.back().next < levels_.back().last) {
        auto stepped = step();
        if (!stepped) return std::unexpected(std::move(stepped).error());
        continue;
      }
      auto done = Deletion(context_, std::move(levels_.back().target)).run(levels_.back().keys);
      levels_.pop_back();
      if (!done || levels_.empty()) return done;
      Level& above = levels_.back();
      auto put = set(context_, std::move(above.target), above.part_key, *std::move(done));
      if (!put) return put;
      above.target = *std::move(put);
    }
  }

 private:
  const Value& path(std::size_t i) const { return paths_[places_[i]]; }

  // Takes the next group of paths that share their key at this level.
  std::expected<void, Failure> step() {
    const std::size_t depth = levels_.size() - 1;
    Level& top = levels_.back();
    const std::size_t first = top.next;
    const Value key = path(first).elements()[depth];
    for (top.next = first + 1; top.next < top.last; ++top.next) {
      auto same = equal(context_, key, path(top.next).elements()[depth]);
      if (!same) return std::unexpected(std::move(same).error());
      if (!*same) break;
    }
    if (path(first).size() == depth + 1) {
      top.keys.push_back(key);  // longer paths through it no longer matter
      return {};
    }
    auto part = index(context_, top.target, key);
    if (!part) return std::unexpected(std::move(part).error());
    if (part->is_null()) return {};
    top.part_key = key;
    levels_.push_back({*std::move(part), first, top.next});
    return {};
  }

  Context& context_;
  std::span<const Value> paths_;
  std::span<const std::uint32_t> places_;
  std::vector<Level> levels_;
};

}  // namespace

Outcome get_path(Context& c, const Value& target, const Value& path) {
  auto checked = check_path(path);
  if (!checked) return std::unexpected(std::move(checked).error());
  if (!c.charge(path.size())) return spent();
  Value at = target;
  for (const Value& key : path.elements()) {
    auto part = index(c, at, key);
    if (!part) return part;
    at = *std::move(part);
  }
  return at;
}

Outcome set_path(Context& c, Value target, const Value& path, Value value) {
  auto checked = check_path(path);
  if (!checked) return std::unexpected(std::move(checked).error());
  if (!c.charge(2 * path.size())) return spent();
  const auto keys = path.elements();
  std::vector<Value> above;
  above.reserve(keys.size());
  for (const Value& key : keys) {
    auto part = take_part(c, target, key);
    if (!part) return part;
    above.push_back(std::move(target));
    target = *std::move(part);
  }
  for (std::size_t i = keys.size(); i > 0; --i) {
    auto put = set(c, std::move(above[i - 1]), keys[i - 1], std::move(value));
    if (!put) return put;
    value = *std::move(put);
  }
  return value;
}

Outcome delete_paths(Context& c, Value target, const Value& paths) {
  if (!paths.is_array()) return fail_with("Paths must be specified as an array");
  auto places = sorted_places(c, paths.elements());
  if (!places) return std::unexpected(std::move(places).error());
  for (const std::uint32_t i : *places) {
    const Value& path = paths.elements()[i];
    if (!path.is_array())
      return fail_with("Path must be specified as array, not " + std::string(json::to_string(path.kind())));
    if (path.size() > kPathMax) return fail_with("Path too deep");
  }
  if (places->empty()) return target;
  if (paths.elements()[places->front()].size() == 0) return Value::null();
  return PathDeletion(c, paths.elements(), *places).run(std::move(target));
}

}  // namespace xf::expression
