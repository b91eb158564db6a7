// Machine: one evaluation of a compiled program. One thread; nothing outlives it.
//
// Outputs are pushed: `run` hands each to a sink and says whether to go on. A node that is `single` is
// evaluated by `one`, which returns its output instead. Both are loops: what stands in tail position (the
// right of a pipe, a branch, the body of a function) is the next turn of the loop, so that iteration does not
// grow the C stack.
//
// Both exist twice. On a Value they compute values; on a Tracked they also follow the path by which each
// value was reached, as path(f) and assignments need it. Sub-expressions that only compute (keys, conditions,
// operands) are always evaluated on plain values.
//
// Every activation of a function or closure has a Frame for its variables. Frames lie on a stack of their
// own.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "xflow/expression/node.h"

namespace xf::expression {

enum class [[nodiscard]] Flow : std::uint8_t{
    kGo,    // an output was made (one), all were taken (run)
    kNone,  // one: there is no output
    kStop,  // end everything up to whoever handles the machine's `stop`
};

// A value with the way that led to it. `at` is what lies at `path`; the two part company when a value is
// computed.
struct Tracked {
  json::Value value, path, at;
  bool computed =
      false;  // what was made here is no part of the input, however equal; null, true and false are
  bool on_path() const noexcept {
    return value.same_as(at) && !(computed && value.kind() > json::Kind::kBool);
  }
};

inline json::Value& value_of(json::Value& item) noexcept { return item; }
inline json::Value& value_of(Tracked& item) noexcept { return item.value; }

// An input: borrowed, or ours to take apart.
template <typename T>
struct In {
  T* item;
  bool mine;
  const json::Value& value() const noexcept { return value_of(*item); }
  T take() const { return mine ? std::move(*item) : *item; }
  In shared() const noexcept { return {item, false}; }
  In<json::Value> plain() const noexcept { return {&value_of(*item), mine}; }
  In<json::Value> plain_shared() const noexcept { return {&value_of(*item), false}; }
};

// Where outputs go. Refers to a callable that outlives the call.
template <typename T>
class Emit {
 public:
  template <typename F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Emit>) Emit(F& callable)
  noexcept  // NOLINT: a lambda is meant to become one
      : self_(&callable),
        call_([](void* self, T&& item) { return (*static_cast<F*>(self))(std::move(item)); }) {}
  Flow operator()(T&& item) const { return call_(self_, std::move(item)); }

 private:
  void* self_;
  Flow (*call_)(void*, T&&);
};

struct Frame;
struct Closure {
  const Function* function;
  Frame* home;  // the frame in which it was written
};

// Followed in memory by its closures and its values.
struct Frame {
  Frame* parent;  // the frame around it in the source
  Frame* below;   // the frame before it on the stack
  const Function* function;
  Closure* closures() noexcept { return reinterpret_cast<Closure*>(this + 1); }
  json::Value* values() noexcept { return reinterpret_cast<json::Value*>(closures() + function->closures); }
};

class Frames {
 public:
  Frames() noexcept : next_(first_), end_(first_ + sizeof first_) {}
  ~Frames() { pop_to(nullptr); }
  Frames(const Frames&) = delete;
  Frames& operator=(const Frames&) = delete;

  Frame* push(const Function&, Frame* parent);
  void pop_to(Frame* mark) noexcept;
  Frame* top() const noexcept { return top_; }
  // Puts the topmost frame in the place of the one below it, which nobody needs any more.
  Frame* slide() noexcept;
  std::uint32_t count() const noexcept { return count_; }

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> memory;
    std::byte* resume_next;  // where to go on when the chunk is given up
    std::byte* resume_end;
  };
  static std::size_t size_of(const Function& f) noexcept {
    return sizeof(Frame) + f.closures * sizeof(Closure) + f.slots * sizeof(json::Value);
  }
  void grow(std::size_t bytes);

  alignas(16) std::byte first_[1024];
  std::byte* next_;
  std::byte* end_;
  Frame* top_ = nullptr;
  std::uint32_t count_ = 0;
  std::vector<Chunk> chunks_;
};

// Why the machine stops; means something while a kStop is on its way.
struct Ending {
  enum class Stop : std::uint8_t { kError, kBreak, kDone };
  Stop stop = Stop::kError;
  Failure failure;                 // kError
  std::uint64_t broken_label = 0;  // kBreak
  std::uint32_t error_offset = 0;
  json::Kind error_kind = json::Kind::kNull;
};

class Machine : public Ending {
 public:
  Machine(Context& context, std::span<const json::Value> globals) noexcept
      : context_(context), globals_(globals) {}

  template <typename T>
  Flow one(const Node&, Frame*, In<T>, T& out);
  template <typename T>
  Flow run(const Node&, Frame*, In<T>, Emit<T>);

  Frame* push_main(const Function& main) { return frames_.push(main, nullptr); }
  Flow over_budget(const Node&);
  Flow done() noexcept { return stop = Stop::kDone, Flow::kStop; }

 private:
  class Nesting;
  class FrameMark;

  // eval_one.cc: nodes that give at most one output
  const json::Value* peek(const Node&, Frame*, const json::Value& in) const noexcept;
  Flow test(const Node&, Frame*, const json::Value& in, bool& yes);
  template <typename T>
  Flow one_step(const Node&, Frame*, In<T>, T& out);
  Flow one_value(const Node&, Frame*, In<json::Value>, json::Value& out);
  Flow one_object(const Node&, Frame*, const json::Value& in, json::Value& out);
  Flow one_text(const Node&, Frame*, const json::Value& in, json::Value& out);
  Flow one_arithmetic(const Node&, Frame*, In<json::Value>, json::Value& out);
  Flow one_compare(const Node&, Frame*, In<json::Value>, json::Value& out);
  Flow one_native(const Node&, Frame*, const json::Value& in, json::Value& out);
  Flow one_logic(const Node&, Frame*, const json::Value& in, json::Value& out);
  Flow compute(const Node&, json::Value a, json::Value b, json::Value& out);
  Flow compare_values(const Node&, const json::Value& a, const json::Value& b, json::Value& out);
  template <typename T>
  Flow one_alternative(const Node&, Frame*, In<T>, T& out);
  template <typename T>
  Flow one_try(const Node&, Frame*, In<T>, T& out);
  template <typename T>
  Flow one_label(const Node&, Frame*, In<T>, T& out);
  template <typename T>
  Flow one_first(const Node&, Frame*, In<T>, T& out);
  template <typename T>
  Flow one_last(const Node&, Frame*, In<T>, json::Value& out);
  template <typename T>
  Flow one_collect(const Node&, Frame*, In<T>, json::Value& out);
  template <typename T>
  Flow one_is_empty(const Node&, Frame*, In<T>, json::Value& out);
  template <typename T>
  Flow one_reduce(const Node&, Frame*, In<T>, T& out);

  // eval_access.cc: .a, .[k], .[a:b], .[], ..
  template <typename T>
  Flow step_into(const Node&, T& target, const json::Value& key, T& out);
  template <typename T>
  Flow step_slice(const Node&, T& target, const json::Value& from, const json::Value& to, T& out);
  template <typename T>
  Flow one_access(const Node&, Frame*, In<T>, T& out);
  template <typename T>
  Flow run_access(const Node&, Frame*, In<T>, Emit<T>);
  template <typename T>
  Flow run_iterate(const Node&, Frame*, In<T>, Emit<T>);
  template <typename T>
  Flow iterate(const Node&, In<T>, Emit<T>);
  template <typename T>
  Flow run_recurse(const Node&, In<T>, Emit<T>);

  // eval_run.cc: nodes that give any number of outputs
  template <typename T>
  Flow run_step(const Node&, Frame*, In<T>, Emit<T>);
  template <typename T>
  Flow run_if(const Node&, Frame*, In<T>, Emit<T>);
  template <typename T>
  Flow run_bind(const Node&, Frame*, In<T>, Emit<T>);
  template <typename T>
  Flow run_label(const Node&, Frame*, In<T>, Emit<T>);
  template <typename T>
  Flow run_try(const Node&, Frame*, In<T>, Emit<T>, T& caught);
  Flow run_values(const Node&, Frame*, const json::Value& in, Emit<json::Value>);
  Flow run_operands(const Node&, Frame*, const json::Value& in, Emit<json::Value>);
  Flow run_logic(const Node&, Frame*, const json::Value& in, Emit<json::Value>);
  Flow run_range(const Node&, Frame*, const json::Value& in, Emit<json::Value>);
  Flow run_object(const Node&, Frame*, const json::Value& in, std::size_t entry, json::Value built,
                  Emit<json::Value>);
  using Each = Emit<std::span<json::Value>>;
  Flow run_list(const Node&, Frame*, const json::Value& in, std::size_t left, std::span<json::Value>, Each);
  Flow join_text(const Node&, std::span<const json::Value> parts, json::Value& out);

  // eval_fold.cc
  template <typename T>
  Flow run_reduce(const Node&, Frame*, In<T>, Emit<T>);
  template <typename T>
  Flow run_foreach(const Node&, Frame*, In<T>, Emit<T>);
  template <typename T>
  Flow reduce_from(const Node&, Frame*, In<T>, T& state);
  template <typename T>
  Flow foreach_from(const Node&, Frame*, In<T>, T state, Emit<T>);

  // eval_pattern.cc: `body` is called once for each way in which the value matches, with the variables set
  using Body = Emit<const json::Value*>;
  Flow match(const Node&, Frame*, const json::Value&, Body body);
  Flow match_one(const Node&, const Pattern&, Frame*, const json::Value&, Body body);
  Flow match_entries(const Node&, const Pattern&, std::size_t entry, Frame*, const json::Value&, Body body);
  Flow match_elements(const Node&, const Pattern&, std::size_t left, Frame*, const json::Value&, Body body);
  Flow match_member(const Node&, const Pattern&, std::size_t entry, Frame*, const json::Value&,
                    const json::Value& key, Body body);
  Flow match_single(const Node&, const Pattern&, Frame*, json::Value);
  static bool is_simple(const Node& n) noexcept;  // one pattern that matches in one way
  Flow bind_single(const Node&, Frame*, const json::Value& in);

  // eval_update.cc
  Flow one_path(const Node&, Frame*, const json::Value& in, json::Value& out);
  Flow run_path(const Node&, Frame*, const json::Value& in, Emit<json::Value>);
  Flow paths_of(const Node&, Frame*, const json::Value& in, std::vector<json::Value>& out);
  Flow one_assignment(const Node&, Frame*, In<json::Value>, json::Value& out);
  Flow assign(const Node&, Frame*, In<json::Value>, const json::Value& value, json::Value& out);
  Flow update(const Node&, Frame*, In<json::Value>, const json::Value* operand, json::Value& out);
  bool put_off(Flow found, Ending&) const;
  Flow resume(Flow found, Ending);
  Flow update_at(const Node&, Frame*, json::Value& state, const json::Value& path, const json::Value* operand,
                 bool& removes);
  Flow new_value(const Node&, Frame*, json::Value old, const json::Value* operand, json::Value& out);
  template <typename T>
  Flow run_getpath(const Node&, Frame*, In<T>, Emit<T>);
  template <typename T>
  Flow one_getpath(const Node&, Frame*, In<T>, T& out);
  template <typename T>
  Flow get_path_of(const Node&, In<T>, const json::Value& path, T& out);

  // calls (eval_call.cc)
  Frame* enter_call(const Node&, Frame* f, In<json::Value>, bool owned, Flow& flow);
  Frame* enter_closure(const Closure&, bool owned);  // null: too many calls
  const Closure& closure_of(const Node& n, Frame* f) const noexcept {
    return frame_at(f, n.hops)->closures()[n.slot];
  }
  static Frame* frame_at(Frame* f, std::uint16_t hops) noexcept {
    while (hops-- > 0) f = f->parent;
    return f;
  }
  static json::Value& variable(const Node& n, Frame* f) noexcept {
    return frame_at(f, n.hops)->values()[n.slot];
  }

  // Failing.
  Flow fail(const Node&, Failure, const json::Value* culprit = nullptr);
  Flow fail(const Node& n, std::string_view text, const json::Value* culprit = nullptr) {
    return fail(n, Failure{json::Value::string(text), false}, culprit);
  }
  Flow take(const Node&, Outcome, json::Value& out, const json::Value* culprit = nullptr);
  bool catchable() const noexcept {
    return stop == Stop::kBreak || (stop == Stop::kError && !failure.over_budget);
  }
  json::Value caught();
  Flow off_path(const Node&, const json::Value& key, const json::Value& value);

  Context& context_;
  std::span<const json::Value> globals_;
  Frames frames_;
  std::uint64_t next_label_ = 0;
  std::uint32_t nesting_ = 0;
};

// Each level of nesting takes a bounded piece of C stack (limits_test.cc), twice as large where paths are
// followed. So this bounds the stack: at the default depth no known program takes more than 3/4 of
// kStackBytes under asan, or 1/5 in a release build.
inline constexpr std::uint32_t kNestingPerCall = 2;
template <typename T>
inline constexpr std::uint32_t kNestingWeight = std::is_same_v<T, Tracked> ? 2 : 1;

// What one step costs, in units of work (native.h): where paths are followed three values are moved, not one.
template <typename T>
inline constexpr std::uint64_t kStepWork = std::is_same_v<T, Tracked> ? 3 : 1;
inline constexpr std::uint64_t kCallWork = 1;  // more than the step itself: a frame is made
inline constexpr std::uint64_t kTurnWork = 2;  // of reduce and foreach: a step, and the variables are set

class Machine::Nesting {
 public:
  Nesting(Machine& m, std::uint32_t weight) noexcept : machine_(m), weight_(weight) { m.nesting_ += weight; }
  ~Nesting() { machine_.nesting_ -= weight_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  bool too_deep() const noexcept {
    return machine_.nesting_ > machine_.context_.limits().depth_max * kNestingPerCall;
  }

 private:
  Machine& machine_;
  const std::uint32_t weight_;
};

// Gives up the frames that a loop has made.
class Machine::FrameMark {
 public:
  explicit FrameMark(Frames& frames) noexcept : frames_(frames), mark_(frames.top()) {}
  ~FrameMark() {
    if (frames_.top() != mark_) frames_.pop_to(mark_);
  }
  FrameMark(const FrameMark&) = delete;
  FrameMark& operator=(const FrameMark&) = delete;
  // The loop made this frame itself and it is the topmost: nobody else looks at it.
  bool owns(Frame* f) const noexcept { return f == frames_.top() && f != mark_; }

 private:
  Frames& frames_;
  Frame* mark_;
};

// Output of a computation on plain values: in a Tracked, the path stays where it was.
inline void give(json::Value& out, In<json::Value>, json::Value value) { out = std::move(value); }
inline void give(Tracked& out, In<Tracked> in, json::Value value) {
  if (&out != in.item) out.path = in.item->path, out.at = in.item->at;
  out.value = std::move(value);
  out.computed = true;
}

}  // namespace xf::expression
