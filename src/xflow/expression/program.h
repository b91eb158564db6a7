// Program: one compiled jq expression. Immutable and safe to share between threads.
//
// The language is jq 1.8 without I/O. Evaluation is total and deterministic: no clock (the caller gives
// `now`), no random, no environment; it is bounded by a Budget that counts work and bytes, never time, so
// that every replay agrees.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/value.h"
#include "base/time.h"

namespace xf::expression {

struct CompileError {
  std::uint32_t offset = 0;            // bytes into the source
  std::uint32_t line = 1, column = 1;  // 1-based
  std::string message;                 // what is wrong
  std::string hint;                    // what to write instead; may be empty
};

// A limit that is passed ends the evaluation with an error that no `try`, `?` or `//` can catch.
struct Limits {
  std::uint64_t work_max = 1'000'000;      // steps, weighted by the bytes that each touches
  std::uint64_t bytes_max = 16u << 20;     // live bytes built by the evaluation
  std::uint32_t depth_max = 10'000;        // nested calls
  std::uint32_t value_depth_max = 10'000;  // nesting of any output
};

struct EvalError {
  json::Value value;         // what `catch` sees: jq 1.8's text, or what `error(v)` was given
  std::string message;       // value as one line of text for people
  std::uint32_t offset = 0;  // where in the source it arose
  std::string kind;          // the kind of the offending value, when there is one: "string"
  std::string hint;          // what to write instead; may be empty
  bool over_budget = false;
};

// What an evaluation may look at beside its input. All of it is an argument.
struct Environment {
  TimeUs now = 0;  // for `now`, `localtime` and the like; the time zone is UTC
  Limits limits;
};

// Receives each output in turn; returns false to stop (not an error).
using Sink = std::function<bool(json::Value)>;

struct CompileOptions {
  // Names of the variables, without `$`, in the order in which evaluate() takes their values. Of equal names the last
  // counts.
  std::vector<std::string> variables;
  std::uint32_t source_bytes_max = 256u << 10;
};

class Program {
 public:
  static std::expected<std::shared_ptr<const Program>, CompileError> compile(std::string_view source,
                                                                             const CompileOptions& = {});

  // `variables` has one value for each name given at compile time. Needs kStackBytes of C stack.
  std::expected<void, EvalError> evaluate(const json::Value& input, std::span<const json::Value> variables,
                                          const Environment&, const Sink&) const;
  // The first output; null when there is none. The fast path: no closure is made.
  std::expected<json::Value, EvalError> first(const json::Value& input,
                                              std::span<const json::Value> variables,
                                              const Environment&) const;

  std::string_view source() const noexcept;
  // True when the text mentions the variable at all: lets a caller skip building what nobody reads.
  bool uses(std::size_t variable) const noexcept;

  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

 private:
  struct Impl;
  explicit Program(std::unique_ptr<Impl>);
  std::unique_ptr<Impl> impl_;
};

// C stack that an evaluation at the default depth may need; threads that evaluate are made with at least this
// much.
inline constexpr std::size_t kStackBytes = 64u << 20;

}  // namespace xf::expression
