// Arrays and objects as wholes: their sum, their truth, flattening, reversing, transposing, streaming.
#include <cmath>

#include "xflow/expression/access.h"
#include "xflow/expression/dump.h"
#include "xflow/expression/each.h"
#include "xflow/expression/literals.h"
#include "xflow/expression/order.h"
#include "xflow/expression/tables.h"

namespace xf::expression {
namespace {

using json::Value;
using Args = std::span<const Value>;

Outcome sum(Context& c, const Value& in, Args) {
  if (!can_iterate(in)) return iterate_error(in);
  Value total;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (!c.charge(1)) return spent();
    auto next = add(c, std::move(total), part_at(in, i));
    if (!next) return next;
    total = *std::move(next);
  }
  return total;
}

template <bool wanted>
Outcome any_is(Context& c, const Value& in, Args) {
  if (!can_iterate(in)) return iterate_error(in);
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (!c.charge(1)) return spent();
    if (part_at(in, i).truthy() == wanted) return Value::boolean(wanted);
  }
  return Value::boolean(!wanted);
}

struct Open {
  const Value* container;
  double depth;  // how many more levels dissolve; negative: all
  std::size_t next = 0;
};

// `depth` is what jq subtracts 1 from for each level; a depth that is no number fails at the first nested
// array.
Outcome flatten_to(Context& c, const Value& in, const Value& depth) {
  Value flat = Value::array();
  std::vector<Open> open{{&in, depth.is_number() ? depth.as_double() : 1}};
  while (!open.empty()) {
    Open& top = open.back();
    if (top.next == top.container->size()) {
      open.pop_back();
      continue;
    }
    if (!c.charge(1)) return spent();
    const Value& part = part_at(*top.container, top.next++);
    if (!part.is_array() || top.depth == 0) {
      flat = std::move(flat).append(part);
      continue;
    }
    if (!depth.is_number()) return type_error(depth, Value::number(1), "cannot be subtracted");
    const double left = top.depth - 1;
    open.push_back({&part, left});
  }
  return flat;
}

Outcome flatten(Context& c, const Value& in, Args args) {
  const Value& depth = args[0];
  auto sign = compare(c, depth, Value::number(0));
  if (!sign) return std::unexpected(std::move(sign).error());
  if (*sign < 0) return fail_with("flatten depth must not be negative");
  if (!can_iterate(in)) return iterate_error(in);
  return flatten_to(c, in, depth);
}

Outcome flatten_all(Context& c, const Value& in, Args) {
  if (!can_iterate(in)) return iterate_error(in);
  return flatten_to(c, in, Value::number(-1));
}

Outcome reverse(Context& c, const Value& in, Args) {
  if (in.is_array()) {
    if (!c.reserve(2 * in.size() * sizeof(Value)) || !c.charge(in.size())) return spent();
    const auto elements = in.elements();
    return Value::array(std::vector<Value>(elements.rbegin(), elements.rend()));
  }
  // Whatever else has a length: nothing when that is zero, else indexing it fails.
  if (in.is_bool()) return type_error(in, "has no length");
  const double length = in.is_number()   ? std::fabs(in.as_double())
                        : in.is_string() ? static_cast<double>(utf8_count(in.as_string()))
                                         : static_cast<double>(in.size());
  if (length == 0) return Value::array();
  auto failed = index(c, in, Value::number(length - 1));
  return failed ? Outcome(Value::array()) : failed;
}

// The length of the longest row.
Outcome width(Context& c, const Value& rows) {
  Value widest;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Value& row = part_at(rows, i);
    if (row.is_bool()) return type_error(row, "has no length");
    Value length = row.is_number()   ? absolute(row)
                   : row.is_string() ? Value::number(static_cast<double>(utf8_count(row.as_string())))
                                     : Value::number(static_cast<double>(row.size()));
    auto order = compare(c, length, widest);
    if (!order) return std::unexpected(std::move(order).error());
    if (*order >= 0) widest = std::move(length);
  }
  return widest.truthy() ? widest : Value::number(0);
}

Outcome transpose(Context& c, const Value& in, Args) {
  if (!can_iterate(in)) return iterate_error(in);
  if (!c.charge(1 + in.size())) return spent();
  auto columns = width(c, in);
  if (!columns) return columns;
  Value out = Value::array();
  for (double column = 0; column < columns->as_double() || std::isnan(columns->as_double()); ++column) {
    if (!c.reserve(2 * in.size() * sizeof(Value)) || !c.charge(1 + in.size())) return spent();
    std::vector<Value> cells;
    cells.reserve(in.size());
    for (std::size_t row = 0; row < in.size(); ++row) {
      auto cell = index(c, part_at(in, row), Value::number(column));
      if (!cell) return cell;
      cells.push_back(*std::move(cell));
    }
    out = std::move(out).append(Value::array(std::move(cells)));
  }
  return out;
}

// The events of `tostream`: [path, leaf] for each leaf, [path of the last part] where a container ends.
class Streamer {
 public:
  explicit Streamer(Context& c) : context_(c) {}

  Outcome run(const Value& root) {
    bool ok = enter(root);
    while (ok && !open_.empty()) ok = step();
    if (!ok) return spent();
    return std::move(events_);
  }

 private:
  bool enter(const Value& v) {
    if (can_iterate(v) && v.size() != 0) {
      open_.push_back({&v});
      return context_.charge(1);
    }
    return emit({path(), v});
  }

  bool step() {
    Place& top = open_.back();
    if (top.next == top.container->size()) {
      Value closing = path();
      open_.pop_back();
      return emit({std::move(closing)});
    }
    return enter(part_at(*top.container, top.next++));
  }

  // Leads to the part that was entered last.
  Value path() const {
    std::vector<Value> keys;
    keys.reserve(open_.size());
    for (const Place& place : open_) {
      const std::size_t i = place.next - 1;
      keys.push_back(place.container->is_array() ? Value::number(static_cast<double>(i))
                                                 : place.container->members()[i].key);
    }
    return Value::array(std::move(keys));
  }

  bool emit(std::vector<Value> event) {
    if (!context_.charge(2 + open_.size()) || !context_.reserve(2 * open_.size() * sizeof(Value)))
      return false;
    events_ = std::move(events_).append(Value::array(std::move(event)));
    return true;
  }

  struct Place {
    const Value* container;
    std::size_t next = 0;
  };
  Context& context_;
  std::vector<Place> open_;
  Value events_ = Value::array();
};

Outcome stream(Context& c, const Value& in, Args) { return Streamer(c).run(in); }

constexpr Native kNatives[] = {
    {"_tostream", 0, stream},    {"add", 0, sum},
    {"all", 0, any_is<false>},   {"any", 0, any_is<true>},
    {"flatten", 0, flatten_all}, {"flatten", 1, flatten},
    {"reverse", 0, reverse},     {"transpose", 0, transpose},
};

}  // namespace

std::span<const Native> collection_natives() { return kNatives; }

}  // namespace xf::expression
