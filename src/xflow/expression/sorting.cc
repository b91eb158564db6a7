// What needs the order of values: sort, group, unique, min, max, by keys that were computed before; bsearch.
#include "xflow/expression/dump.h"
#include "xflow/expression/order.h"
#include "xflow/expression/tables.h"

namespace xf::expression {
namespace {

using json::Value;
using Args = std::span<const Value>;
using Places = std::vector<std::uint32_t>;

constexpr std::string_view kNotArray = "cannot be sorted, as it is not an array";
constexpr std::string_view kNotBothArrays = "cannot be sorted, as they are not both arrays";

bool are_paired(const Value& values, const Value& keys) {
  return values.is_array() && keys.is_array() && values.size() == keys.size();
}

bool reserve_slots(Context& c, std::size_t count) {
  return c.charge(count) && c.reserve(2 * count * sizeof(Value));
}

Outcome sort(Context& c, const Value& values, const Value& keys) {
  auto places = sorted_places(c, keys.elements());
  if (!places) return std::unexpected(std::move(places).error());
  if (!reserve_slots(c, places->size())) return spent();
  std::vector<Value> sorted;
  sorted.reserve(places->size());
  for (const std::uint32_t i : *places) sorted.push_back(values.elements()[i]);
  return Value::array(std::move(sorted));
}

// Hands each run of equal keys to `take`, in order.
Outcome by_runs(Context& c, const Value& keys, const auto& take) {
  auto places = sorted_places(c, keys.elements());
  if (!places) return std::unexpected(std::move(places).error());
  Value out = Value::array();
  for (std::size_t i = 0; i < places->size();) {
    std::size_t end = i + 1;
    for (; end < places->size(); ++end) {
      auto same = equal(c, keys.elements()[(*places)[i]], keys.elements()[(*places)[end]]);
      if (!same) return std::unexpected(std::move(same).error());
      if (!*same) break;
    }
    if (!reserve_slots(c, end - i)) return spent();
    out = std::move(out).append(take(std::span(*places).subspan(i, end - i)));
    i = end;
  }
  return out;
}

Outcome group(Context& c, const Value& values, const Value& keys) {
  return by_runs(c, keys, [&](std::span<const std::uint32_t> run) {
    std::vector<Value> members;
    members.reserve(run.size());
    for (const std::uint32_t i : run) members.push_back(values.elements()[i]);
    return Value::array(std::move(members));
  });
}

Outcome unique(Context& c, const Value& values, const Value& keys) {
  return by_runs(c, keys, [&](std::span<const std::uint32_t> run) { return values.elements()[run[0]]; });
}

template <Outcome (*function)(Context&, const Value&, const Value&)>
Outcome by_itself(Context& c, const Value& in, Args) {
  if (!in.is_array()) return type_error(in, kNotArray);
  return function(c, in, in);
}

template <Outcome (*function)(Context&, const Value&, const Value&)>
Outcome by_keys(Context& c, const Value& in, Args args) {
  if (!are_paired(in, args[0])) return type_error(in, args[0], kNotBothArrays);
  return function(c, in, args[0]);
}

// The first least, or the last greatest.
template <bool least>
Outcome extreme(Context& c, const Value& values, const Value& keys) {
  if (!values.is_array() || !keys.is_array()) return type_error(values, keys, "cannot be iterated over");
  if (values.size() != keys.size()) return type_error(values, keys, "have wrong length");
  if (values.size() == 0) return Value::null();
  std::size_t best = 0;
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (!c.charge(1)) return spent();
    auto order = compare(c, keys.elements()[i], keys.elements()[best]);
    if (!order) return std::unexpected(std::move(order).error());
    if ((*order < 0) == least) best = i;
  }
  return values.elements()[best];
}

template <bool least>
Outcome extreme_of(Context& c, const Value& in, Args) {
  return extreme<least>(c, in, in);
}
template <bool least>
Outcome extreme_by(Context& c, const Value& in, Args args) {
  return extreme<least>(c, in, args[0]);
}

// Where the value is in a sorted array; else -1 less where it would go.
Outcome binary_search(Context& c, const Value& in, Args args) {
  if (!in.is_array()) return type_error(in, "cannot be searched from");
  std::size_t begin = 0, end = in.size();
  while (begin < end) {
    const std::size_t middle = begin + (end - begin) / 2;
    auto order = compare(c, args[0], in.elements()[middle]);
    if (!order) return std::unexpected(std::move(order).error());
    if (*order == 0) return Value::number(static_cast<double>(middle));
    if (*order < 0) {
      end = middle;
    } else {
      begin = middle + 1;
    }
  }
  return Value::number(-1 - static_cast<double>(begin));
}

constexpr Native kNatives[] = {
    {"_group_by", 1, by_keys<group>}, {"_max_by", 1, extreme_by<false>},  {"_min_by", 1, extreme_by<true>},
    {"_sort_by", 1, by_keys<sort>},   {"_unique_by", 1, by_keys<unique>}, {"bsearch", 1, binary_search},
    {"max", 0, extreme_of<false>},    {"min", 0, extreme_of<true>},       {"sort", 0, by_itself<sort>},
    {"unique", 0, by_itself<unique>},
};

}  // namespace

std::span<const Native> order_natives() { return kNatives; }

}  // namespace xf::expression
