// See program.h.
#include "xflow/expression/program.h"

#include "base/check.h"
#include "base/json/print.h"
#include "xflow/expression/compile.h"
#include "xflow/expression/machine.h"

namespace xf::expression {

using json::Value;

struct Program::Impl {
  std::string source;
  Compiled compiled;
  std::size_t variables = 0;
};

namespace {

constexpr std::size_t kMessageBytesMax = 1024;

// Whether the value is nested deeper than `levels`. Its own stack, and no part is looked at twice in a row.
bool is_deeper(Context& context, const Value& value, std::size_t levels) {
  struct Level {
    const Value* value;
    std::size_t next;
  };
  std::vector<Level> stack{{&value, 0}};
  while (!stack.empty()) {
    if (stack.size() > levels || !context.charge(1)) return true;
    Level& level = stack.back();
    const bool array = level.value->is_array();
    if ((!array && !level.value->is_object()) || level.next == level.value->size()) {
      stack.pop_back();
      continue;
    }
    const std::size_t place = level.next++;
    stack.push_back({array ? &level.value->elements()[place] : &level.value->members()[place].value, 0});
  }
  return false;
}

// Nesting takes memory: an evaluation that built little cannot have nested much, so most outputs are not
// walked.
bool is_fit(Context& context, const Value& output) {
  constexpr std::uint64_t kLevelBytesMin = 32;
  const std::uint64_t levels = context.limits().value_depth_max;
  return context.allocated_bytes() < levels * kLevelBytesMin || !is_deeper(context, output, levels);
}

EvalError error_of(Machine& machine) {
  EvalError error;
  error.offset = machine.error_offset;
  if (machine.stop == Machine::Stop::kBreak) {
    error.value = Value::string("break");
    error.message = "break";
    return error;
  }
  error.over_budget = machine.failure.over_budget;
  if (error.over_budget) {
    error.value = Value::string("the evaluation used up its budget of work, memory or depth");
    error.message = error.value.as_string();
    error.hint = "make the expression do less, or give it less data";
    return error;
  }
  error.value = std::move(machine.failure.value);
  error.kind = to_string(machine.error_kind);
  error.message =
      error.value.is_string() ? std::string(error.value.as_string()) : excerpt(error.value, kMessageBytesMax);
  return error;
}

}  // namespace

Program::Program(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Program::~Program() = default;

std::expected<std::shared_ptr<const Program>, CompileError> Program::compile(std::string_view source,
                                                                             const CompileOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->source = source;
  impl->variables = options.variables.size();
  if (auto ok = expression::compile(impl->source, options, impl->compiled); !ok) {
    return std::unexpected(std::move(ok).error());
  }
  return std::shared_ptr<const Program>(new Program(std::move(impl)));
}

std::expected<void, EvalError> Program::evaluate(const Value& input, std::span<const Value> variables,
                                                 const Environment& environment, const Sink& sink) const {
  XF_CHECK(variables.size() == impl_->variables, "one value for each variable given at compile time");
  Context context(environment.limits, environment.now);
  Machine machine(context, variables);
  Frame* main = machine.push_main(impl_->compiled.main);
  const Node& body = *impl_->compiled.main.body;
  auto each = [&](Value&& value) {
    if (!is_fit(context, value)) return machine.over_budget(body);
    return sink(std::move(value)) ? Flow::kGo : machine.done();
  };
  const Flow flow = machine.run(body, main, In<Value>{const_cast<Value*>(&input), false}, Emit<Value>(each));
  if (flow != Flow::kStop || machine.stop == Machine::Stop::kDone) return {};
  return std::unexpected(error_of(machine));
}

std::expected<Value, EvalError> Program::first(const Value& input, std::span<const Value> variables,
                                               const Environment& environment) const {
  XF_CHECK(variables.size() == impl_->variables, "one value for each variable given at compile time");
  Context context(environment.limits, environment.now);
  Machine machine(context, variables);
  Frame* main = machine.push_main(impl_->compiled.main);
  const In<Value> in{const_cast<Value*>(&input), false};
  const Node& body = *impl_->compiled.main.body;
  Value out;
  Flow flow = Flow::kGo;
  if (body.single) {
    flow = machine.one(body, main, in, out);
  } else {
    auto keep = [&](Value&& value) { return out = std::move(value), machine.done(); };
    flow = machine.run(body, main, in, Emit<Value>(keep));
  }
  if (flow != Flow::kStop || machine.stop == Machine::Stop::kDone) {
    if (is_fit(context, out)) return out;
    (void)machine.over_budget(body);
  }
  return std::unexpected(error_of(machine));
}

std::string_view Program::source() const noexcept { return impl_->source; }
bool Program::uses(std::size_t variable) const noexcept { return impl_->compiled.used[variable]; }

}  // namespace xf::expression
