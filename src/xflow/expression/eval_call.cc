// Calls, frames and failures. See machine.h.
#include <new>

#include "xflow/expression/machine.h"

namespace xf::expression {

using json::Value;

Frame* Frames::push(const Function& function, Frame* parent) {
  const std::size_t bytes = size_of(function);
  if (bytes > static_cast<std::size_t>(end_ - next_)) grow(bytes);
  auto* frame = new (next_) Frame{parent, top_, &function};
  next_ += bytes;
  for (std::uint32_t i = 0; i < function.slots; ++i) new (frame->values() + i) Value();
  top_ = frame;
  ++count_;
  return frame;
}

void Frames::grow(std::size_t bytes) {
  const std::size_t size = std::max<std::size_t>(bytes, 16 << 10);
  chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), next_, end_});
  next_ = chunks_.back().memory.get();
  end_ = next_ + size;
}

void Frames::pop_to(Frame* mark) noexcept {
  while (top_ != mark) {
    Frame* frame = top_;
    top_ = frame->below;
    --count_;
    Value* values = frame->values();
    for (std::uint32_t i = 0; i < frame->function->slots; ++i) values[i].~Value();
    auto* start = reinterpret_cast<std::byte*>(frame);
    next_ = start;
    if (!chunks_.empty() && start == chunks_.back().memory.get()) {
      next_ = chunks_.back().resume_next;
      end_ = chunks_.back().resume_end;
      chunks_.pop_back();
    }
  }
}

Frame* Frames::slide() noexcept {
  Frame* upper = top_;
  Frame* lower = upper->below;
  const std::size_t bytes = size_of(*upper->function);
  auto* upper_start = reinterpret_cast<std::byte*>(upper);
  auto* lower_start = reinterpret_cast<std::byte*>(lower);
  // Only neighbours can slide: a chunk of memory may begin between them.
  if (lower_start + size_of(*lower->function) != upper_start) return upper;
  for (std::uint32_t i = 0; i < lower->function->slots; ++i) lower->values()[i].~Value();
  const Frame header{upper->parent, lower->below, upper->function};
  Closure* closures = upper->closures();
  Value* values = upper->values();
  auto* moved = new (lower_start) Frame(header);
  for (std::uint32_t i = 0; i < header.function->closures; ++i) moved->closures()[i] = closures[i];
  for (std::uint32_t i = 0; i < header.function->slots; ++i) {
    // Moved towards lower addresses one by one, so nothing is overwritten before it has been moved.
    Value value = std::move(values[i]);
    values[i].~Value();
    new (moved->values() + i) Value(std::move(value));
  }
  top_ = moved;
  next_ = lower_start + bytes;
  --count_;
  return moved;
}

Frame* Machine::enter_call(const Node& n, Frame* f, In<Value> in, bool owned, Flow& flow) {
  const Function& function = *n.function;
  Frame* parent = frame_at(f, n.hops);
  if (frames_.count() >= context_.limits().depth_max || !context_.charge(kCallWork))
    return flow = over_budget(n), nullptr;
  Frame* frame = frames_.push(function, parent);
  bool captured = parent == f;
  std::uint32_t closure = 0, value = 0;
  for (const Node* argument : n.list) {
    if (argument->op == Op::kClosure) {
      frame->closures()[closure++] = {argument->function, f};
      captured = true;
    } else if (argument->op == Op::kParameter) {
      frame->closures()[closure++] = closure_of(*argument, f);
    } else {
      if (flow = one(*argument, f, in, frame->values()[value++]); flow != Flow::kGo) return nullptr;
    }
  }
  return owned && !captured ? frames_.slide() : frame;
}

Frame* Machine::enter_closure(const Closure& given, bool owned) {
  const Closure closure = given;
  if (frames_.count() >= context_.limits().depth_max || !context_.charge(kCallWork)) return nullptr;
  Frame* frame = frames_.push(*closure.function, closure.home);
  return owned ? frames_.slide() : frame;
}

Flow Machine::fail(const Node& n, Failure reason, const Value* culprit) {
  stop = Stop::kError;
  failure = std::move(reason);
  failure.over_budget |= context_.spent();
  error_offset = n.offset;
  error_kind = culprit ? culprit->kind() : failure.value.kind();
  return Flow::kStop;
}

Flow Machine::over_budget(const Node& n) {
  (void)context_.refuse();
  return fail(n, Failure{Value(), true});
}

Flow Machine::take(const Node& n, Outcome outcome, Value& out, const Value* culprit) {
  if (!outcome) return fail(n, std::move(outcome).error(), culprit);
  out = *std::move(outcome);
  return Flow::kGo;
}

Value Machine::caught() {
  if (stop == Stop::kError) return std::move(failure.value);
  // A break that meets a `catch` looks like this in jq.
  return Value::object({{"__jq", Value::number(static_cast<double>(broken_label))}});
}

}  // namespace xf::expression
