// Node: one step of a compiled program. The graph is immutable once compiled, and shared between threads.
//
// A node is `single` when it gives at most one output whatever its input: such nodes are evaluated without a
// callback.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/json/value.h"
#include "xflow/expression/ast.h"
#include "xflow/expression/native.h"

namespace xf::expression {

enum class Op : std::uint8_t {
  kIdentity,
  kConstant,     // value
  kVariable,     // slot, hops
  kGlobal,       // slot: one of the evaluation's own variables
  kField,        // x . value
  kIndex,        // x [y]
  kSlice,        // x [y:z]
  kIterate,      // x []
  kRecurse,      // ..
  kCollect,      // [x]
  kObject,       // list: key, value, key, value …
  kText,         // list: joined; each but a constant is printed by `format`
  kFormat,       // value: the format's name
  kNegate,       // x
  kPipe,         // x | y
  kComma,        // x , y
  kArithmetic,   // x op y
  kCompare,      // x op y
  kAnd,          // x and y
  kOr,           // x or y
  kAlternative,  // x // y
  kAssign,       // x = y
  kUpdate,       // x |= y
  kArithUpdate,  // x op= y
  kAltUpdate,    // x //= y
  kIf,           // if x then y else z
  kTry,          // try x catch y     y may be null
  kReduce,       // reduce x as patterns (y; z)
  kForeach,      // foreach x as patterns (y; z; w)
  kBind,         // x as patterns | y
  kLabel,        // label slot | x
  kBreak,        // break slot, hops
  kFirst,        // first(x)
  kCall,         // function(list)
  kParameter,    // slot, hops: the closure given to a function
  kClosure,      // function: an argument, to be evaluated later in a frame below the present one
  kNative,       // native(list)
  kRange,        // range(x; y)
  kPath,         // path(x)
  kGetPath,      // getpath(x)
  kError,        // error
  kEmpty,        // empty
  kNot,          // not
  kIsEmpty,      // isempty(x)
  kLast,         // last(x)
};

struct Node;
struct Function;

// A pattern of `as`. What it binds are slots of the frame at hand.
struct Pattern {
  enum class Kind : std::uint8_t { kVariable, kArray, kObject } kind = Kind::kVariable;
  bool single = true;  // no key gives more than one output
  std::uint32_t slot = 0;
  std::vector<Pattern> elements;
  struct Entry;
  std::vector<Entry> entries;
};
struct Pattern::Entry {
  const Node* key = nullptr;
  bool binds = false;  // `$name`: the member itself goes to `slot`
  bool nests = false;  // `: pattern` follows
  std::uint32_t slot = 0;
  Pattern pattern;
};
struct Patterns {
  std::vector<Pattern> alternatives;  // tried in turn
  std::vector<std::uint32_t> slots;   // of all of them; null before each is tried
};

struct Node {
  Op op = Op::kIdentity;
  Operator arithmetic = Operator::kAdd;
  bool single = false;
  bool optional = false;   // an access with `?`
  bool peek = false;       // its output can be pointed at without making a value
  std::uint16_t hops = 0;  // frames up
  std::uint32_t slot = 0;
  std::uint32_t offset = 0;  // into the source
  const Node* x = nullptr;
  const Node* y = nullptr;
  const Node* z = nullptr;
  const Node* w = nullptr;
  std::span<const Node* const> list;
  json::Value value;
  union {
    const Native* native = nullptr;
    const Function* function;
    const Patterns* patterns;
  };
};

// A function that calls itself. All others are compiled into the place that calls them.
struct Function {
  const Node* body = nullptr;
  std::uint32_t slots = 0;     // of its frame; those of its `$` parameters come first
  std::uint32_t closures = 0;  // parameters that are closures
  std::uint32_t values = 0;    // parameters that are values
  bool single = false;
};

// Owns a program's parts. Addresses are stable.
class Graph {
 public:
  Node* node(Op op, std::uint32_t offset) {
    if (nodes_.empty() || nodes_.back().size() == nodes_.back().capacity()) {
      const std::size_t doublings = std::min<std::size_t>(nodes_.size(), 5);
      nodes_.emplace_back().reserve(std::size_t{8} << doublings);
    }
    Node& made = nodes_.back().emplace_back();
    made.op = op, made.offset = offset;
    ++count_;
    return &made;
  }
  Function* function() { return functions_.emplace_back(std::make_unique<Function>()).get(); }
  Patterns* patterns() { return patterns_.emplace_back(std::make_unique<Patterns>()).get(); }
  std::span<const Node* const> list(std::vector<const Node*> nodes) {
    return *lists_.emplace_back(std::make_unique<std::vector<const Node*>>(std::move(nodes)));
  }
  std::size_t count() const noexcept { return count_; }

 private:
  std::vector<std::vector<Node>> nodes_;
  std::vector<std::unique_ptr<Function>> functions_;
  std::vector<std::unique_ptr<Patterns>> patterns_;
  std::vector<std::unique_ptr<std::vector<const Node*>>> lists_;
  std::size_t count_ = 0;
};

}  // namespace xf::expression
