// Evaluation of nodes that give any number of outputs, each handed to a sink. See machine.h.
#include <array>

#include "base/check.h"
#include "xflow/expression/machine.h"

namespace xf::expression {

using json::Value;

namespace {

In<Value> borrowed(const Value& value) { return {const_cast<Value*>(&value), false}; }

Flow resumed(Flow flow) { return flow == Flow::kNone ? Flow::kGo : flow; }

}  // namespace

template <typename T>
Flow Machine::run(const Node& start, Frame* f, In<T> in, Emit<T> sink) {
  Nesting nesting(*this, kNestingWeight<T>);
  if (nesting.too_deep()) return over_budget(start);
  FrameMark mark(frames_);
  const Node* n = &start;
  T held;
  for (;;) {
    if (n->single) {
      T out;
      const Flow flow = one(*n, f, in, out);
      return flow == Flow::kGo ? sink(std::move(out)) : resumed(flow);
    }
    if (!context_.charge(kStepWork<T>)) return over_budget(*n);
    switch (n->op) {
      case Op::kPipe: {
        if (!n->x->single) {
          auto rest = [this, n, f, sink](T&& item) { return run(*n->y, f, In<T>{&item, true}, sink); };
          return run(*n->x, f, in, Emit<T>(rest));
        }
        T left;
        if (const Flow flow = one(*n->x, f, in, left); flow != Flow::kGo) return resumed(flow);
        held = std::move(left);
        in = {&held, true};
        n = n->y;
        break;
      }
      case Op::kComma:
        if (const Flow flow = run(*n->x, f, in.shared(), sink); flow != Flow::kGo) return flow;
        n = n->y;
        break;
      case Op::kIf: {
        if (!n->x->single) return run_if(*n, f, in, sink);
        bool yes = false;
        if (const Flow flow = test(*n->x, f, in.value(), yes); flow != Flow::kGo) return resumed(flow);
        n = yes ? n->y : n->z;
        break;
      }
      case Op::kBind:
        if (!n->x->single || !is_simple(*n)) return run_bind(*n, f, in, sink);
        if (const Flow flow = bind_single(*n, f, in.value()); flow != Flow::kGo) return resumed(flow);
        n = n->y;
        break;
      case Op::kAlternative: {
        bool found = false;
        auto truthy = [&](T&& item) {
          if (!value_of(item).truthy()) return Flow::kGo;
          found = true;
          return sink(std::move(item));
        };
        const Flow flow = run(*n->x, f, in.shared(), Emit<T>(truthy));
        if (flow != Flow::kGo || found) return flow;
        n = n->y;
        break;
      }
      case Op::kTry: {
        T error;
        if (const Flow flow = run_try(*n, f, in, sink, error); flow != Flow::kNone) return flow;
        held = std::move(error);
        in = {&held, true};
        n = n->y;
        break;
      }
      case Op::kCall: {
        Flow flow = Flow::kGo;
        f = enter_call(*n, f, in.plain_shared(), mark.owns(f), flow);
        if (!f) return resumed(flow);
        n = f->function->body;
        break;
      }
      case Op::kParameter: {
        const Node& at = *n;
        f = enter_closure(closure_of(at, f), mark.owns(f));
        if (!f) return over_budget(at);
        n = f->function->body;
        break;
      }
      default: return run_step(*n, f, in, sink);
    }
  }
}

template <typename T>
Flow Machine::run_step(const Node& n, Frame* f, In<T> in, Emit<T> sink) {
  switch (n.op) {
    case Op::kField:
    case Op::kIndex:
    case Op::kSlice: return run_access(n, f, in, sink);
    case Op::kIterate: return run_iterate(n, f, in, sink);
    case Op::kRecurse: return run_recurse(n, in, sink);
    case Op::kLabel: return run_label(n, f, in, sink);
    case Op::kReduce: return run_reduce(n, f, in, sink);
    case Op::kForeach: return run_foreach(n, f, in, sink);
    case Op::kGetPath: return run_getpath(n, f, in, sink);
    case Op::kNegate: {
      auto each = [&](T&& item) {
        Value value;
        const Flow flow = take(n, negate(context_, std::move(value_of(item))), value);
        if (flow != Flow::kGo) return flow;
        T out;
        give(out, In<T>{&item, false}, std::move(value));
        return sink(std::move(out));
      };
      return run(*n.x, f, in, Emit<T>(each));
    }
    default: break;
  }
  auto each = [&](Value&& value) {
    T out;
    give(out, in.shared(), std::move(value));
    return sink(std::move(out));
  };
  return run_values(n, f, in.value(), Emit<Value>(each));
}

template <typename T>
Flow Machine::run_if(const Node& n, Frame* f, In<T> in, Emit<T> sink) {
  auto branch = [&](Value&& condition) {
    return run(condition.truthy() ? *n.y : *n.z, f, in.shared(), sink);
  };
  return run(*n.x, f, in.plain_shared(), Emit<Value>(branch));
}

template <typename T>
Flow Machine::run_bind(const Node& n, Frame* f, In<T> in, Emit<T> sink) {
  auto body = [&](const Value*&&) { return run(*n.y, f, in.shared(), sink); };
  auto each = [&](Value&& value) { return match(n, f, value, Body(body)); };
  return run(*n.x, f, in.plain_shared(), Emit<Value>(each));
}

template <typename T>
Flow Machine::run_label(const Node& n, Frame* f, In<T> in, Emit<T> sink) {
  const std::uint64_t label = next_label_++;
  f->values()[n.slot] = Value::number(static_cast<double>(label));
  const Flow flow = run(*n.x, f, in, sink);
  return flow == Flow::kStop && stop == Stop::kBreak && broken_label == label ? Flow::kGo : flow;
}

// kNone: the body failed, and `error` is what the handler gets. What fails further down the sink is not ours.
template <typename T>
Flow Machine::run_try(const Node& n, Frame* f, In<T> in, Emit<T> sink, T& error) {
  bool beyond = false;
  auto pass = [&](T&& item) {
    const Flow flow = sink(std::move(item));
    beyond = flow == Flow::kStop;
    return flow;
  };
  const Flow flow = run(*n.x, f, in.shared(), Emit<T>(pass));
  if (flow != Flow::kStop || beyond || !catchable()) return flow;
  if (!n.y) return Flow::kGo;
  give(error, in, caught());
  return Flow::kNone;
}

Flow Machine::run_values(const Node& n, Frame* f, const Value& in, Emit<Value> sink) {
  switch (n.op) {
    case Op::kArithmetic:
    case Op::kCompare: return run_operands(n, f, in, sink);
    case Op::kAnd:
    case Op::kOr: return run_logic(n, f, in, sink);
    case Op::kRange: return run_range(n, f, in, sink);
    case Op::kObject: return run_object(n, f, in, 0, Value::object(), sink);
    case Op::kPath: return run_path(n, f, in, sink);
    case Op::kText:
    case Op::kNative: {
      auto each = [&](std::span<Value>&& items) {
        Value out;
        const Flow flow = n.op == Op::kText ? join_text(n, items, out)
                                            : take(n, n.native->call(context_, in, items), out, &in);
        return flow == Flow::kGo ? sink(std::move(out)) : flow;
      };
      std::vector<Value> items(n.list.size());
      return run_list(n, f, in, items.size(), items, Each(each));
    }
    case Op::kAssign:
    case Op::kArithUpdate:
    case Op::kAltUpdate: {
      auto each = [&](Value&& operand) {
        Value out;
        const Flow flow = n.op == Op::kAssign ? assign(n, f, borrowed(in), operand, out)
                                              : update(n, f, borrowed(in), &operand, out);
        return flow == Flow::kGo ? sink(std::move(out)) : flow;
      };
      return run(*n.y, f, borrowed(in), Emit<Value>(each));
    }
    default: XF_UNREACHABLE("a node that is always single was not evaluated as one");
  }
}

// The right operand is the outer loop, as in jq.
Flow Machine::run_operands(const Node& n, Frame* f, const Value& in, Emit<Value> sink) {
  auto right = [&](Value&& b) {
    auto left = [&](Value&& a) {
      Value out;
      const Flow flow =
          n.op == Op::kCompare ? compare_values(n, a, b, out) : compute(n, std::move(a), b, out);
      return flow == Flow::kGo ? sink(std::move(out)) : flow;
    };
    return run(*n.x, f, borrowed(in), Emit<Value>(left));
  };
  return run(*n.y, f, borrowed(in), Emit<Value>(right));
}

Flow Machine::run_logic(const Node& n, Frame* f, const Value& in, Emit<Value> sink) {
  auto right = [&](Value&& b) { return sink(Value::boolean(b.truthy())); };
  auto left = [&](Value&& a) {
    if (a.truthy() != (n.op == Op::kAnd)) return sink(Value::boolean(a.truthy()));
    return run(*n.y, f, borrowed(in), Emit<Value>(right));
  };
  return run(*n.x, f, borrowed(in), Emit<Value>(left));
}

// Arguments and parts: the last is the outermost loop. They are filled in from the back.
Flow Machine::run_list(const Node& n, Frame* f, const Value& in, std::size_t left, std::span<Value> items,
                       Each sink) {
  if (left == 0) return sink(std::span<Value>(items));
  auto each = [&](Value&& value) {
    items[left - 1] = std::move(value);
    return run_list(n, f, in, left - 1, items, sink);
  };
  return run(*n.list[left - 1], f, borrowed(in), Emit<Value>(each));
}

// Members: the first is the outermost loop, its key before its value.
Flow Machine::run_object(const Node& n, Frame* f, const Value& in, std::size_t entry, Value built,
                         Emit<Value> sink) {
  if (entry == n.list.size()) return sink(std::move(built));
  auto with_key = [&](Value&& key) {
    auto with_value = [&](Value&& value) {
      if (!key.is_string()) return fail(n, "Cannot use " + describe(key) + " as object key", &key);
      return run_object(n, f, in, entry + 2, Value(built).with(key, std::move(value)), sink);
    };
    return run(*n.list[entry + 1], f, borrowed(in), Emit<Value>(with_value));
  };
  return run(*n.list[entry], f, borrowed(in), Emit<Value>(with_key));
}

Flow Machine::run_range(const Node& n, Frame* f, const Value& in, Emit<Value> sink) {
  auto with_from = [&](Value&& from) {
    auto with_to = [&](Value&& to) {
      if (!from.is_number() || !to.is_number()) {
        return fail(n, "Range bounds must be numeric", from.is_number() ? &to : &from);
      }
      const double end = to.as_double();
      for (double at = from.as_double(); at < end; at += 1) {
        if (!context_.charge(1)) return over_budget(n);
        if (const Flow flow = sink(Value::number(at)); flow != Flow::kGo) return flow;
      }
      return Flow::kGo;
    };
    return run(*n.y, f, borrowed(in), Emit<Value>(with_to));
  };
  return run(*n.x, f, borrowed(in), Emit<Value>(with_from));
}

template Flow Machine::run(const Node&, Frame*, In<Value>, Emit<Value>);
template Flow Machine::run(const Node&, Frame*, In<Tracked>, Emit<Tracked>);

}  // namespace xf::expression
