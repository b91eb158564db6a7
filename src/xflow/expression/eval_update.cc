// Paths and assignments: path(f), getpath, = |= += //=. All paths are found first, on the input as it was;
// then each is written in place. jq writes each as it is found; so where finding fails, what was found before is
// written all the same: writing it may fail, and that would have come first. See machine.h.
#include "xflow/expression/machine.h"

namespace xf::expression {

using json::Value;

namespace {

Tracked at_root(const Value& in) { return {in, Value::array(), in, false}; }

std::string no_path(const Value& value) {
  return "Invalid path expression with result " + excerpt(value, 30);
}

}  // namespace

Flow Machine::one_path(const Node& n, Frame* f, const Value& in, Value& out) {
  Tracked root = at_root(in), reached;
  if (const Flow flow = one(*n.x, f, In<Tracked>{&root, true}, reached); flow != Flow::kGo) return flow;
  if (!reached.on_path()) return fail(n, no_path(reached.value), &reached.value);
  out = std::move(reached.path);
  return Flow::kGo;
}

Flow Machine::run_path(const Node& n, Frame* f, const Value& in, Emit<Value> sink) {
  Tracked root = at_root(in);
  auto each = [&](Tracked&& reached) {
    if (!reached.on_path()) return fail(n, no_path(reached.value), &reached.value);
    return sink(std::move(reached.path));
  };
  return run(*n.x, f, In<Tracked>{&root, true}, Emit<Tracked>(each));
}

Flow Machine::paths_of(const Node& n, Frame* f, const Value& in, std::vector<Value>& out) {
  if (n.x->single) {
    Value path;
    const Flow flow = one_path(n, f, in, path);
    if (flow == Flow::kGo) out.push_back(std::move(path));
    return flow == Flow::kNone ? Flow::kGo : flow;
  }
  auto each = [&](Value&& path) {
    if (!context_.charge(3)) return over_budget(n);
    out.push_back(std::move(path));
    return Flow::kGo;
  };
  return run_path(n, f, in, Emit<Value>(each));
}

// Keeps what ended the search for paths, if anything did; false when it can only be passed on.
bool Machine::put_off(Flow found, Ending& ending) const {
  if (found != Flow::kStop) return true;
  ending = *this;
  return catchable();
}

Flow Machine::resume(Flow found, Ending ending) {
  if (found == Flow::kStop) static_cast<Ending&>(*this) = std::move(ending);
  return found;
}

Flow Machine::one_assignment(const Node& n, Frame* f, In<Value> in, Value& out) {
  if (n.op == Op::kUpdate) return update(n, f, in, nullptr, out);
  Value operand;
  if (const Flow flow = one(*n.y, f, in.shared(), operand); flow != Flow::kGo) return flow;
  return n.op == Op::kAssign ? assign(n, f, in, operand, out) : update(n, f, in, &operand, out);
}

Flow Machine::assign(const Node& n, Frame* f, In<Value> in, const Value& value, Value& out) {
  std::vector<Value> paths;
  const Flow found = paths_of(n, f, in.value(), paths);
  Ending ending;
  if (!put_off(found, ending)) return found;
  Value state = in.take();
  for (const Value& path : paths) {
    Value next;
    const Flow flow = take(n, set_path(context_, std::move(state), path, value), next);
    if (flow != Flow::kGo) return flow;
    state = std::move(next);
  }
  out = std::move(state);
  return resume(found, std::move(ending));
}

// An update without output removes what stood there; all are removed at the end, so that places do not shift.
Flow Machine::update(const Node& n, Frame* f, In<Value> in, const Value* operand, Value& out) {
  std::vector<Value> paths;
  const Flow found = paths_of(n, f, in.value(), paths);
  Ending ending;
  if (!put_off(found, ending)) return found;
  Value state = in.take(), removed = Value::array();
  for (Value& path : paths) {
    bool removes = false;
    if (const Flow flow = update_at(n, f, state, path, operand, removes); flow != Flow::kGo) return flow;
    if (removes) removed = std::move(removed).append(std::move(path));
  }
  if (found == Flow::kStop) return resume(found, std::move(ending));
  if (removed.size() == 0) return out = std::move(state), Flow::kGo;
  return take(n, delete_paths(context_, std::move(state), removed), out);
}

Flow Machine::update_at(const Node& n, Frame* f, Value& state, const Value& path, const Value* operand,
                        bool& removes) {
  Value old, next;
  if (const Flow flow = take(n, get_path(context_, state, path), old, &state); flow != Flow::kGo) return flow;
  const bool nested = old.is_array() || old.is_object();
  if (nested && path.size() > 0 && !path.elements().back().is_object()) {
    // Taken out of its place first, so that the update is the only owner and can edit it in place.
    const Flow flow = take(n, set_path(context_, std::move(state), path, Value()), next);
    if (flow != Flow::kGo) return flow;
    state = std::move(next);
  } else if (nested && path.size() == 0) {
    state = Value();
  }
  Value updated;
  const Flow flow = new_value(n, f, std::move(old), operand, updated);
  if (flow == Flow::kNone) {
    removes = true;
    return Flow::kGo;
  }
  if (flow != Flow::kGo) return flow;
  if (const Flow set = take(n, set_path(context_, std::move(state), path, std::move(updated)), next);
      set != Flow::kGo) {
    return set;
  }
  state = std::move(next);
  return Flow::kGo;
}

Flow Machine::new_value(const Node& n, Frame* f, Value old, const Value* operand, Value& out) {
  switch (n.op) {
    case Op::kArithUpdate: return compute(n, std::move(old), *operand, out);
    case Op::kAltUpdate: return out = old.truthy() ? std::move(old) : *operand, Flow::kGo;
    default: break;
  }
  const In<Value> in{&old, true};
  if (n.y->single) return one(*n.y, f, in, out);
  // The first output counts.
  const std::uint64_t label = next_label_++;
  bool found = false;
  auto keep = [&](Value&& value) {
    out = std::move(value);
    found = true;
    stop = Stop::kBreak;
    broken_label = label;
    return Flow::kStop;
  };
  const Flow flow = run(*n.y, f, in, Emit<Value>(keep));
  if (flow == Flow::kStop && !(stop == Stop::kBreak && broken_label == label)) return flow;
  return found ? Flow::kGo : Flow::kNone;
}

template <>
Flow Machine::get_path_of(const Node& n, In<Value> in, const Value& path, Value& out) {
  return take(n, get_path(context_, in.value(), path), out, in.item);
}

template <>
Flow Machine::get_path_of(const Node& n, In<Tracked> in, const Value& path, Tracked& out) {
  Value found;
  if (const Flow flow = take(n, get_path(context_, in.value(), path), found, &in.value());
      flow != Flow::kGo) {
    return flow;
  }
  if (!in.item->on_path()) return fail(n, no_path(in.value()), &in.value());
  Value whole = in.item->path;
  for (const Value& key : path.elements()) whole = std::move(whole).append(key);
  out = {found, std::move(whole), found, false};
  return Flow::kGo;
}

template <typename T>
Flow Machine::one_getpath(const Node& n, Frame* f, In<T> in, T& out) {
  Value path;
  if (const Flow flow = one(*n.x, f, in.plain_shared(), path); flow != Flow::kGo) return flow;
  return get_path_of(n, in, path, out);
}

template <typename T>
Flow Machine::run_getpath(const Node& n, Frame* f, In<T> in, Emit<T> sink) {
  auto each = [&](Value&& path) {
    T out;
    const Flow flow = get_path_of(n, in, path, out);
    return flow == Flow::kGo ? sink(std::move(out)) : flow;
  };
  return run(*n.x, f, in.plain_shared(), Emit<Value>(each));
}

#define XF_INSTANTIATE(T)                                             \
  template Flow Machine::one_getpath(const Node&, Frame*, In<T>, T&); \
  template Flow Machine::run_getpath(const Node&, Frame*, In<T>, Emit<T>);
XF_INSTANTIATE(Value)
XF_INSTANTIATE(Tracked)
#undef XF_INSTANTIATE

}  // namespace xf::expression
