// Evaluation of nodes that give at most one output: no callback, no allocation beyond the values themselves.
// See machine.h.
#include <array>

#include "base/check.h"
#include "xflow/expression/machine.h"
#include "xflow/expression/order.h"

namespace xf::expression {

using json::Value;

namespace {

const Value kNull;

Value boolean(bool b) { return Value::boolean(b); }

// What `$x` refers to may well be the value at the path.
void give_stored(Value& out, In<Value>, const Value& value) { out = value; }
void give_stored(Tracked& out, In<Tracked> in, const Value& value) {
  give(out, in, value);
  out.computed = false;
}

}  // namespace

const Value* Machine::peek(const Node& n, Frame* f, const Value& in) const noexcept {
  switch (n.op) {
    case Op::kIdentity: return &in;
    case Op::kConstant: return &n.value;
    case Op::kVariable: return &variable(n, f);
    case Op::kGlobal: return &globals_[n.slot];
    case Op::kField: {
      const Value* target = peek(*n.x, f, in);
      if (!target) return nullptr;
      if (target->is_object()) return &target->get(n.value.as_string());
      return target->is_null() ? &kNull : nullptr;  // an error is made on the slow path
    }
    default: return nullptr;
  }
}

Flow Machine::test(const Node& n, Frame* f, const Value& in, bool& yes) {
  if (n.peek) {
    if (const Value* value = peek(n, f, in)) return yes = value->truthy(), Flow::kGo;
  }
  Value value;
  const Flow flow = one(n, f, In<Value>{const_cast<Value*>(&in), false}, value);
  yes = value.truthy();
  return flow;
}

template <typename T>
Flow Machine::one(const Node& start, Frame* f, In<T> in, T& out) {
  if constexpr (std::is_same_v<T, Value>) {
    if (start.peek && !(in.mine && start.op == Op::kIdentity)) {
      if (const Value* value = peek(start, f, *in.item)) {
        if (!context_.charge(1)) return over_budget(start);
        out = *value;
        return Flow::kGo;
      }
    }
  }
  Nesting nesting(*this, kNestingWeight<T>);
  if (nesting.too_deep()) return over_budget(start);
  FrameMark mark(frames_);
  const Node* n = &start;
  T held;
  for (;;) {
    if (!context_.charge(kStepWork<T>)) return over_budget(*n);
    switch (n->op) {
      case Op::kPipe: {
        T left;
        if (const Flow flow = one(*n->x, f, in, left); flow != Flow::kGo) return flow;
        held = std::move(left);
        in = {&held, true};
        n = n->y;
        break;
      }
      case Op::kIf: {
        bool yes = false;
        if (const Flow flow = test(*n->x, f, in.value(), yes); flow != Flow::kGo) return flow;
        n = yes ? n->y : n->z;
        break;
      }
      case Op::kBind:
        if (const Flow flow = bind_single(*n, f, in.value()); flow != Flow::kGo) return flow;
        n = n->y;
        break;
      case Op::kCall: {
        Flow flow = Flow::kGo;
        f = enter_call(*n, f, in.plain_shared(), mark.owns(f), flow);
        if (!f) return flow;
        n = f->function->body;
        break;
      }
      default: return one_step(*n, f, in, out);
    }
  }
}

template <typename T>
Flow Machine::one_step(const Node& n, Frame* f, In<T> in, T& out) {
  switch (n.op) {
    case Op::kIdentity: out = in.take(); return Flow::kGo;
    case Op::kConstant: give(out, in, n.value); return Flow::kGo;
    case Op::kVariable: give_stored(out, in, variable(n, f)); return Flow::kGo;
    case Op::kGlobal: give_stored(out, in, globals_[n.slot]); return Flow::kGo;
    case Op::kField:
    case Op::kIndex:
    case Op::kSlice: return one_access(n, f, in, out);
    case Op::kAlternative: return one_alternative(n, f, in, out);
    case Op::kTry: return one_try(n, f, in, out);
    case Op::kReduce: return one_reduce(n, f, in, out);
    case Op::kLabel: return one_label(n, f, in, out);
    case Op::kFirst: return one_first(n, f, in, out);
    case Op::kGetPath: return one_getpath(n, f, in, out);
    case Op::kEmpty: return Flow::kNone;
    case Op::kError: return fail(n, Failure{in.value(), false});
    case Op::kBreak:
      stop = Stop::kBreak;
      broken_label = static_cast<std::uint64_t>(variable(n, f).as_double());
      return Flow::kStop;
    default: break;
  }
  Value value;
  Flow flow = Flow::kGo;
  switch (n.op) {
    case Op::kLast: flow = one_last(n, f, in, value); break;
    case Op::kCollect: flow = one_collect(n, f, in, value); break;
    case Op::kIsEmpty: flow = one_is_empty(n, f, in, value); break;
    case Op::kNegate: {
      T operand;
      if (flow = one(*n.x, f, in.shared(), operand); flow != Flow::kGo) return flow;
      flow = take(n, negate(context_, std::move(value_of(operand))), value);
      break;
    }
    default: {
      // A tracked input keeps its path for the output, so its value is only borrowed.
      const In<Value> plain = std::is_same_v<T, Value> ? in.plain() : in.plain_shared();
      flow = one_value(n, f, plain, value);
    }
  }
  if (flow == Flow::kGo) give(out, in, std::move(value));
  return flow;
}

Flow Machine::one_value(const Node& n, Frame* f, In<Value> in, Value& out) {
  switch (n.op) {
    case Op::kObject: return one_object(n, f, in.value(), out);
    case Op::kText: return one_text(n, f, in.value(), out);
    case Op::kFormat: return take(n, format(context_, n.value.as_string(), in.value()), out, in.item);
    case Op::kArithmetic: return one_arithmetic(n, f, in, out);
    case Op::kCompare: return one_compare(n, f, in, out);
    case Op::kAnd:
    case Op::kOr: return one_logic(n, f, in.value(), out);
    case Op::kAssign:
    case Op::kUpdate:
    case Op::kArithUpdate:
    case Op::kAltUpdate: return one_assignment(n, f, in, out);
    case Op::kNative: return one_native(n, f, in.value(), out);
    case Op::kPath: return one_path(n, f, in.value(), out);
    case Op::kNot: out = boolean(!in.value().truthy()); return Flow::kGo;
    default: XF_UNREACHABLE("a node that is not single was evaluated as one");
  }
}

Flow Machine::compute(const Node& n, Value a, Value b, Value& out) {
  switch (n.arithmetic) {
    case Operator::kAdd: return take(n, add(context_, std::move(a), std::move(b)), out);
    case Operator::kSubtract: return take(n, subtract(context_, std::move(a), std::move(b)), out);
    case Operator::kMultiply: return take(n, multiply(context_, std::move(a), std::move(b)), out);
    case Operator::kDivide: return take(n, divide(context_, std::move(a), std::move(b)), out);
    default: return take(n, modulo(context_, std::move(a), std::move(b)), out);
  }
}

Flow Machine::one_arithmetic(const Node& n, Frame* f, In<Value> in, Value& out) {
  // The right side is evaluated first, as in jq; so the left one may take the input apart.
  Value b;
  const Value* right = n.y->peek ? peek(*n.y, f, in.value()) : nullptr;
  if (!right) {
    if (const Flow flow = one(*n.y, f, in.shared(), b); flow != Flow::kGo) return flow;
    right = &b;
  }
  if (n.x->peek && right->is_number()) {
    const Value* left = peek(*n.x, f, in.value());
    if (left && left->is_number()) {
      const double x = left->as_double(), y = right->as_double();
      switch (n.arithmetic) {
        case Operator::kAdd: out = Value::number(x + y); return Flow::kGo;
        case Operator::kSubtract: out = Value::number(x - y); return Flow::kGo;
        case Operator::kMultiply: out = Value::number(x * y); return Flow::kGo;
        case Operator::kDivide:
          if (y != 0) return out = Value::number(x / y), Flow::kGo;
          break;
        default: break;
      }
    }
  }
  if (right != &b) b = *right;
  Value a;
  if (const Flow flow = one(*n.x, f, in, a); flow != Flow::kGo) return flow;
  return compute(n, std::move(a), std::move(b), out);
}

Flow Machine::compare_values(const Node& n, const Value& a, const Value& b, Value& out) {
  if (n.arithmetic == Operator::kEq || n.arithmetic == Operator::kNe) {
    auto same = equal(context_, a, b);
    if (!same) return fail(n, std::move(same).error());
    out = boolean(*same == (n.arithmetic == Operator::kEq));
    return Flow::kGo;
  }
  auto order = compare(context_, a, b);
  if (!order) return fail(n, std::move(order).error());
  switch (n.arithmetic) {
    case Operator::kLt: out = boolean(*order < 0); break;
    case Operator::kLe: out = boolean(*order <= 0); break;
    case Operator::kGt: out = boolean(*order > 0); break;
    default: out = boolean(*order >= 0); break;
  }
  return Flow::kGo;
}

Flow Machine::one_compare(const Node& n, Frame* f, In<Value> in, Value& out) {
  Value a, b;
  const Value* right = n.y->peek ? peek(*n.y, f, in.value()) : nullptr;
  if (!right) {
    if (const Flow flow = one(*n.y, f, in.shared(), b); flow != Flow::kGo) return flow;
    right = &b;
  }
  const Value* left = n.x->peek ? peek(*n.x, f, in.value()) : nullptr;
  if (!left) {
    if (const Flow flow = one(*n.x, f, in.shared(), a); flow != Flow::kGo) return flow;
    left = &a;
  }
  return compare_values(n, *left, *right, out);
}

Flow Machine::one_logic(const Node& n, Frame* f, const Value& in, Value& out) {
  bool yes = false;
  if (const Flow flow = test(*n.x, f, in, yes); flow != Flow::kGo) return flow;
  if (yes == (n.op == Op::kAnd)) {
    if (const Flow flow = test(*n.y, f, in, yes); flow != Flow::kGo) return flow;
  }
  out = boolean(yes);
  return Flow::kGo;
}

Flow Machine::one_native(const Node& n, Frame* f, const Value& in, Value& out) {
  if (!context_.charge(kCallWork)) return over_budget(n);
  std::array<Value, 4> few;
  std::vector<Value> many;
  const std::size_t count = n.list.size();
  if (count > few.size()) many.resize(count);
  const std::span<Value> arguments =
      count > few.size() ? std::span<Value>(many) : std::span(few).first(count);
  for (std::size_t i = count; i-- > 0;) {
    const Flow flow = one(*n.list[i], f, In<Value>{const_cast<Value*>(&in), false}, arguments[i]);
    if (flow != Flow::kGo) return flow;
  }
  return take(n, n.native->call(context_, in, arguments), out, &in);
}

Flow Machine::one_object(const Node& n, Frame* f, const Value& in, Value& out) {
  std::vector<json::Member> members(n.list.size() / 2);
  const In<Value> input{const_cast<Value*>(&in), false};
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (const Flow flow = one(*n.list[2 * i], f, input, members[i].key); flow != Flow::kGo) return flow;
    if (const Flow flow = one(*n.list[2 * i + 1], f, input, members[i].value); flow != Flow::kGo) return flow;
    if (!members[i].key.is_string()) {
      return fail(n, "Cannot use " + describe(members[i].key) + " as object key", &members[i].key);
    }
  }
  out = Value::object(std::move(members));
  return Flow::kGo;
}

Flow Machine::join_text(const Node& n, std::span<const Value> parts, Value& out) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (n.list[i]->op == Op::kConstant || (parts[i].is_string() && n.value.as_string() == "text")) {
      if (!context_.reserve(parts[i].size() + text.size())) return over_budget(n);
      text.append(parts[i].as_string());
      continue;
    }
    Value formatted;
    if (const Flow flow = take(n, format(context_, n.value.as_string(), parts[i]), formatted, &parts[i]);
        flow != Flow::kGo) {
      return flow;
    }
    if (!context_.reserve(formatted.size() + text.size())) return over_budget(n);
    text.append(formatted.as_string());
  }
  out = Value::string(text);
  return Flow::kGo;
}

Flow Machine::one_text(const Node& n, Frame* f, const Value& in, Value& out) {
  std::vector<Value> parts(n.list.size());
  for (std::size_t i = parts.size(); i-- > 0;) {
    const Flow flow = one(*n.list[i], f, In<Value>{const_cast<Value*>(&in), false}, parts[i]);
    if (flow != Flow::kGo) return flow;
  }
  return join_text(n, parts, out);
}

template <typename T>
Flow Machine::one_alternative(const Node& n, Frame* f, In<T> in, T& out) {
  const Flow flow = one(*n.x, f, in.shared(), out);
  if (flow == Flow::kStop || (flow == Flow::kGo && value_of(out).truthy())) return flow;
  return one(*n.y, f, in, out);
}

template <typename T>
Flow Machine::one_try(const Node& n, Frame* f, In<T> in, T& out) {
  const Flow flow = one(*n.x, f, in.shared(), out);
  if (flow != Flow::kStop || !catchable()) return flow;
  if (!n.y) return Flow::kNone;
  T error;
  give(error, in, caught());
  return one(*n.y, f, In<T>{&error, true}, out);
}

template <typename T>
Flow Machine::one_label(const Node& n, Frame* f, In<T> in, T& out) {
  const std::uint64_t label = next_label_++;
  f->values()[n.slot] = Value::number(static_cast<double>(label));
  const Flow flow = one(*n.x, f, in, out);
  return flow == Flow::kStop && stop == Stop::kBreak && broken_label == label ? Flow::kNone : flow;
}

template <typename T>
Flow Machine::one_first(const Node& n, Frame* f, In<T> in, T& out) {
  const std::uint64_t label = next_label_++;
  bool found = false;
  auto keep = [&](T&& item) {
    out = std::move(item);
    found = true;
    stop = Stop::kBreak;
    broken_label = label;
    return Flow::kStop;
  };
  const Flow flow = run(*n.x, f, in.shared(), Emit<T>(keep));
  if (flow == Flow::kStop && !(stop == Stop::kBreak && broken_label == label)) return flow;
  return found ? Flow::kGo : Flow::kNone;
}

template <typename T>
Flow Machine::one_is_empty(const Node& n, Frame* f, In<T> in, Value& out) {
  T ignored;
  const Flow flow = n.x->single ? one(*n.x, f, in.shared(), ignored) : one_first(n, f, in, ignored);
  if (flow == Flow::kStop) return flow;
  out = boolean(flow == Flow::kNone);
  return Flow::kGo;
}

// The value alone: unlike first(f), last(f) does not keep the path.
template <typename T>
Flow Machine::one_last(const Node& n, Frame* f, In<T> in, Value& out) {
  bool found = false;
  auto keep = [&](T&& item) {
    out = std::move(value_of(item));
    found = true;
    return Flow::kGo;
  };
  const Flow flow = run(*n.x, f, in.shared(), Emit<T>(keep));
  return flow == Flow::kGo && !found ? Flow::kNone : flow;
}

template <typename T>
Flow Machine::one_collect(const Node& n, Frame* f, In<T> in, Value& out) {
  if (n.x->single) {
    T item;
    const Flow flow = one(*n.x, f, std::is_same_v<T, Value> ? in : in.shared(), item);
    if (flow == Flow::kStop) return flow;
    out = Value::array();
    if (flow == Flow::kGo) out = std::move(out).append(std::move(value_of(item)));
    return Flow::kGo;
  }
  Value built = Value::array();
  auto append = [&built](T&& item) {
    built = std::move(built).append(std::move(value_of(item)));
    return Flow::kGo;
  };
  const Flow flow = run(*n.x, f, std::is_same_v<T, Value> ? in : in.shared(), Emit<T>(append));
  out = std::move(built);
  return flow;
}

template <typename T>
Flow Machine::one_reduce(const Node& n, Frame* f, In<T> in, T& out) {
  if (const Flow flow = one(*n.y, f, in.shared(), out); flow != Flow::kGo) return flow;
  return reduce_from(n, f, in, out);
}

template Flow Machine::one(const Node&, Frame*, In<Value>, Value&);
template Flow Machine::one(const Node&, Frame*, In<Tracked>, Tracked&);

}  // namespace xf::expression
