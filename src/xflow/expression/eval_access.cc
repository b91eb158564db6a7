// Going into values: .a, .[k], .[a:b], .[] and `..`. On a Tracked, each step is added to the path. See
// machine.h.
#include "xflow/expression/machine.h"

namespace xf::expression {

using json::Value;

namespace {

const Value kStart = Value::string("start");
const Value kEnd = Value::string("end");

}  // namespace

Flow Machine::off_path(const Node& n, const Value& key, const Value& value) {
  return fail(n,
              "Invalid path expression near attempt to access element " + excerpt(key, 30) + " of " +
                  excerpt(value, 30),
              &value);
}

template <>
Flow Machine::step_into(const Node& n, Value& target, const Value& key, Value& out) {
  if (target.is_object() && key.is_string()) {
    out = target.get(key.as_string());
    return Flow::kGo;
  }
  auto found = index(context_, target, key);
  if (!found && n.optional && !found.error().over_budget) return Flow::kNone;
  return take(n, std::move(found), out, &target);
}

template <>
Flow Machine::step_into(const Node& n, Tracked& target, const Value& key, Tracked& out) {
  if (!target.on_path()) return off_path(n, key, target.value);
  Value found;
  if (const Flow flow = step_into(n, target.value, key, found); flow != Flow::kGo) return flow;
  Value path = std::move(target.path).append(key);
  out = {found, std::move(path), found, false};
  return Flow::kGo;
}

template <>
Flow Machine::step_slice(const Node& n, Value& target, const Value& from, const Value& to, Value& out) {
  auto found = slice(context_, target, from, to);
  if (!found && n.optional && !found.error().over_budget) return Flow::kNone;
  return take(n, std::move(found), out, &target);
}

template <>
Flow Machine::step_slice(const Node& n, Tracked& target, const Value& from, const Value& to, Tracked& out) {
  return step_into(n, target, Value::object(std::vector<json::Member>{{kStart, from}, {kEnd, to}}), out);
}

template <typename T>
Flow Machine::one_access(const Node& n, Frame* f, In<T> in, T& out) {
  // Keys come before the target, as in jq.
  Value from, to;
  if (n.y) {
    if (const Flow flow = one(*n.y, f, in.plain_shared(), from); flow != Flow::kGo) return flow;
  }
  if (n.z) {
    if (const Flow flow = one(*n.z, f, in.plain_shared(), to); flow != Flow::kGo) return flow;
  }
  if (std::is_same_v<T, Value> && n.x->op == Op::kIdentity) {
    T& self = *in.item;
    if (n.op == Op::kSlice) return step_slice(n, self, from, to, out);
    T found;  // `out` may be where the input lies
    const Flow flow = step_into(n, self, n.op == Op::kField ? n.value : from, found);
    if (flow == Flow::kGo) out = std::move(found);
    return flow;
  }
  T target;
  if (const Flow flow = one(*n.x, f, in, target); flow != Flow::kGo) return flow;
  if (n.op == Op::kSlice) return step_slice(n, target, from, to, out);
  return step_into(n, target, n.op == Op::kField ? n.value : from, out);
}

template <typename T>
Flow Machine::run_access(const Node& n, Frame* f, In<T> in, Emit<T> sink) {
  const auto with_keys = [&](const Value& from, const Value& to) {
    auto step = [&](T&& target) {
      T out;
      const Flow flow = n.op == Op::kSlice ? step_slice(n, target, from, to, out)
                                           : step_into(n, target, n.op == Op::kField ? n.value : from, out);
      if (flow == Flow::kGo) return sink(std::move(out));
      return flow == Flow::kNone ? Flow::kGo : flow;
    };
    return run(*n.x, f, in.shared(), Emit<T>(step));
  };
  const auto with_from = [&](const Value& from) {
    if (!n.z) return with_keys(from, Value());
    auto each = [&](Value&& to) { return with_keys(from, to); };
    return run(*n.z, f, in.plain_shared(), Emit<Value>(each));
  };
  if (!n.y) return with_from(Value());
  auto each = [&](Value&& from) { return with_from(from); };
  return run(*n.y, f, in.plain_shared(), Emit<Value>(each));
}

namespace {

// The child at `place` of an array or object.
void child(const Value& parent, std::size_t place, Value& out) {
  out = parent.is_array() ? parent.elements()[place] : parent.members()[place].value;
}
void child(const Tracked& parent, std::size_t place, Tracked& out) {
  child(parent.value, place, out.value);
  const bool array = parent.value.is_array();
  out.path =
      Value(parent.path)
          .append(array ? Value::number(static_cast<double>(place)) : parent.value.members()[place].key);
  out.at = out.value;
  out.computed = false;
}

bool is_container(const Value& value) { return value.is_array() || value.is_object(); }

}  // namespace

template <typename T>
Flow Machine::iterate(const Node& n, In<T> in, Emit<T> sink) {
  const T whole = in.take();
  const Value& value = value_of(const_cast<T&>(whole));
  if constexpr (std::is_same_v<T, Tracked>) {
    if (!whole.on_path()) {
      return fail(n, "Invalid path expression near attempt to iterate through " + excerpt(value, 30), &value);
    }
  }
  if (!is_container(value)) {
    if (n.optional) return Flow::kGo;
    return fail(n, "Cannot iterate over " + describe(value), &value);
  }
  for (std::size_t i = 0, size = value.size(); i < size; ++i) {
    if (!context_.charge(kStepWork<T>)) return over_budget(n);
    T item;
    child(whole, i, item);
    if (const Flow flow = sink(std::move(item)); flow != Flow::kGo) return flow;
  }
  return Flow::kGo;
}

template <typename T>
Flow Machine::run_iterate(const Node& n, Frame* f, In<T> in, Emit<T> sink) {
  if (n.x->single) {
    T whole;
    const Flow flow = one(*n.x, f, in, whole);
    if (flow != Flow::kGo) return flow == Flow::kNone ? Flow::kGo : flow;
    return iterate(n, In<T>{&whole, true}, sink);
  }
  auto each = [&](T&& whole) { return iterate(n, In<T>{&whole, true}, sink); };
  return run(*n.x, f, in, Emit<T>(each));
}

// `..`: each value before its children. Its own stack: values may be nested deeper than C calls.
template <typename T>
Flow Machine::run_recurse(const Node& n, In<T> in, Emit<T> sink) {
  struct Level {
    T item;
    std::size_t next;
  };
  std::vector<Level> levels;
  const auto visit = [&](T item) {
    const Value& value = value_of(item);
    if (!context_.charge(2 * kStepWork<T>)) return over_budget(n);
    if (std::is_same_v<T, Tracked> || is_container(value)) levels.push_back({item, 0});
    return sink(std::move(item));
  };
  if (const Flow flow = visit(in.take()); flow != Flow::kGo) return flow;
  while (!levels.empty()) {
    Level& level = levels.back();
    const Value& value = value_of(level.item);
    if constexpr (std::is_same_v<T, Tracked>) {
      if (level.next == 0 && !level.item.on_path()) {
        return fail(n, "Invalid path expression near attempt to iterate through " + excerpt(value, 30),
                    &value);
      }
    }
    if (!is_container(value) || level.next == value.size()) {
      levels.pop_back();
      continue;
    }
    T item;
    child(level.item, level.next++, item);
    if (const Flow flow = visit(std::move(item)); flow != Flow::kGo) return flow;
  }
  return Flow::kGo;
}

#define XF_INSTANTIATE(T)                                                  \
  template Flow Machine::one_access(const Node&, Frame*, In<T>, T&);       \
  template Flow Machine::run_access(const Node&, Frame*, In<T>, Emit<T>);  \
  template Flow Machine::run_iterate(const Node&, Frame*, In<T>, Emit<T>); \
  template Flow Machine::run_recurse(const Node&, In<T>, Emit<T>);
XF_INSTANTIATE(Value)
XF_INSTANTIATE(Tracked)
#undef XF_INSTANTIATE

}  // namespace xf::expression
