// reduce and foreach. On a Tracked, the path follows the source: `foreach f as $x (…; …; $x)` gives the paths
// of f, and the state itself has none, exactly as in jq. Also as in jq, the source of a reduce is
// evaluated on the input for the first start value only: for those that follow, on null. See machine.h.
#include "xflow/expression/machine.h"

namespace xf::expression {

using json::Value;

namespace {

// The item that a source is evaluated on: the input's value, at the path that the start value left.
Value source_input(In<Value> in, const Value&) { return in.take(); }
Tracked source_input(In<Tracked> in, const Tracked& start) {
  return {in.value(), start.path, start.at, in.item->computed};
}

// The state, at the path of the item that the source gave.
Value state_at(Value& state, Value&) { return std::move(state); }
Tracked state_at(Tracked& state, Tracked& item) {
  return {std::move(state.value), item.path, item.at, state.computed};
}

void keep_value(Value& state, Value&& update) { state = std::move(update); }
void keep_value(Tracked& state, Tracked&& update) {
  state.value = std::move(update.value);
  state.computed = update.computed;
}

}  // namespace

template <typename T>
Flow Machine::reduce_from(const Node& n, Frame* f, In<T> in, T& state) {
  auto each = [&](T&& item) {
    if (!context_.charge(kTurnWork)) return over_budget(n);
    auto update = [&](const Value*&&) {
      T before = state_at(state, item);
      value_of(state) = Value();  // an update without output leaves null
      if (n.z->single) {
        T after;
        const Flow flow = one(*n.z, f, In<T>{&before, true}, after);
        if (flow == Flow::kGo) keep_value(state, std::move(after));
        return flow == Flow::kNone ? Flow::kGo : flow;
      }
      auto keep = [&](T&& after) { return keep_value(state, std::move(after)), Flow::kGo; };
      return run(*n.z, f, In<T>{&before, true}, Emit<T>(keep));
    };
    if (is_simple(n)) {
      const Flow flow = match_single(n, n.patterns->alternatives.front(), f, value_of(item));
      const Value* ignored = nullptr;
      return flow == Flow::kGo ? update(std::move(ignored)) : flow == Flow::kNone ? Flow::kGo : flow;
    }
    return match(n, f, value_of(item), Body(update));
  };
  T source = source_input(in, state);
  return run(*n.x, f, In<T>{&source, true}, Emit<T>(each));
}

template <typename T>
Flow Machine::run_reduce(const Node& n, Frame* f, In<T> in, Emit<T> sink) {
  T input = *in.item;
  auto each = [&](T&& start) {
    const Flow flow = reduce_from(n, f, In<T>{&input, false}, start);
    value_of(input) = Value();
    return flow == Flow::kGo ? sink(std::move(start)) : flow;
  };
  return run(*n.y, f, in.shared(), Emit<T>(each));
}

template <typename T>
Flow Machine::foreach_from(const Node& n, Frame* f, In<T> in, T state, Emit<T> sink) {
  auto each = [&](T&& item) {
    if (!context_.charge(kTurnWork)) return over_budget(n);
    auto updated = [&](T&& after) {
      keep_value(state, T(after));
      if (!n.w) return sink(std::move(after));
      return run(*n.w, f, In<T>{&after, true}, sink);
    };
    auto update = [&](const Value*&&) {
      T before = state_at(state, item);
      value_of(state) = Value();
      return run(*n.z, f, In<T>{&before, true}, Emit<T>(updated));
    };
    return match(n, f, value_of(item), Body(update));
  };
  T source = source_input(in, state);
  return run(*n.x, f, In<T>{&source, true}, Emit<T>(each));
}

template <typename T>
Flow Machine::run_foreach(const Node& n, Frame* f, In<T> in, Emit<T> sink) {
  auto each = [&](T&& start) { return foreach_from(n, f, in.shared(), std::move(start), sink); };
  return run(*n.y, f, in.shared(), Emit<T>(each));
}

#define XF_INSTANTIATE(T)                                                 \
  template Flow Machine::reduce_from(const Node&, Frame*, In<T>, T&);     \
  template Flow Machine::run_reduce(const Node&, Frame*, In<T>, Emit<T>); \
  template Flow Machine::run_foreach(const Node&, Frame*, In<T>, Emit<T>);
XF_INSTANTIATE(Value)
XF_INSTANTIATE(Tracked)
#undef XF_INSTANTIATE

}  // namespace xf::expression
