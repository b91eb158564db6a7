// The tree that the parser makes: what the author wrote, with positions, before any name has a meaning.
// Nodes live in an Arena, are trivially destructible and point into the source or the arena.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace xf::expression {

// Hands out memory that is freed as a whole.
class Arena {
 public:
  Arena() noexcept : next_(first_), end_(first_ + sizeof first_) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  template <typename T, typename... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }
  template <typename T>
  std::span<T> copy(const std::vector<T>& from) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (from.empty()) return {};
    T* to = static_cast<T*>(allocate(sizeof(T) * from.size(), alignof(T)));
    std::memcpy(static_cast<void*>(to), from.data(), sizeof(T) * from.size());
    return {to, from.size()};
  }
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

 private:
  void* allocate(std::size_t bytes, std::size_t align) {
    auto at = (reinterpret_cast<std::uintptr_t>(next_) + align - 1) & ~(align - 1);
    if (at + bytes > reinterpret_cast<std::uintptr_t>(end_)) return grow(bytes, align);
    next_ = reinterpret_cast<std::byte*>(at + bytes);
    return reinterpret_cast<void*>(at);
  }
  void* grow(std::size_t bytes, std::size_t align) {
    const std::size_t size = bytes + align > kBlock ? bytes + align : kBlock;
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
    next_ = blocks_.back().get();
    end_ = next_ + size;
    return allocate(bytes, align);
  }

  static constexpr std::size_t kBlock = 16 << 10;
  alignas(16) std::byte first_[4 << 10];
  std::byte* next_;
  std::byte* end_;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

enum class AstKind : std::uint8_t {
  kIdentity,     // .
  kRecurse,      // ..
  kField,        // a.text             (optional: a.text?)
  kIndex,        // a[b]
  kSlice,        // a[b:c]             b, c may be null
  kIterate,      // a[]
  kNumber,       // text
  kString,       // parts, joined; text = format with its @, or empty
  kFormat,       // @text on its own
  kArray,        // [a]                a may be null
  kObject,       // entries
  kNegate,       // -a
  kPipe,         // a | b
  kComma,        // a , b
  kBinary,       // a op b
  kAnd,          // a and b
  kOr,           // a or b
  kAlternative,  // a // b
  kAssign,       // a = b
  kUpdate,       // a |= b
  kArithUpdate,  // a op= b
  kAltUpdate,    // a //= b
  kIf,           // if a then b else c  c may be null
  kTry,          // try a catch b       b may be null
  kReduce,       // reduce a as patterns (b; c)
  kForeach,      // foreach a as patterns (b; c; d)  d may be null
  kDef,          // def: def; a
  kBind,         // a as patterns | b
  kLabel,        // label $text | a
  kBreak,        // break $text
  kCall,         // text(list)
  kVariable,     // $text
  kLocation,     // $__loc__
};

enum class Operator : std::uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kEq,
  kNe,
  kLt,
  kLe,
  kGt,
  kGe
};

struct Ast;

struct AstEntry {  // key: value; a key that is a variable or a name stands for its own value when `value` is
                   // null
  const Ast* key;
  const Ast* value;
};

struct AstPattern {
  enum class Kind : std::uint8_t { kVariable, kArray, kObject } kind;
  std::uint32_t offset;
  std::string_view name;                        // kVariable
  std::span<const AstPattern* const> elements;  // kArray
  struct Entry {
    const Ast* key;             // null when `name` is the key
    std::string_view name;      // `$name` or `$name: pattern`: bound to the member
    const AstPattern* pattern;  // may be null
  };
  std::span<const Entry> entries;  // kObject
};

struct AstParameter {
  std::string_view name;
  bool value;   // written with $
  bool called;  // the body also calls it as a function
};

struct AstDef {
  std::string_view name;
  std::span<AstParameter> parameters;
  const Ast* body;
  bool recursive;  // the body mentions the same name and arity
};

struct Ast {
  AstKind kind;
  Operator op = Operator::kAdd;
  bool optional = false;
  std::uint16_t height = 0;  // of the tree below; bounds every recursion over it
  std::uint32_t offset = 0;
  std::uint32_t line = 1;  // kLocation only
  const Ast* a = nullptr;
  const Ast* b = nullptr;
  const Ast* c = nullptr;
  const Ast* d = nullptr;
  std::string_view text = {};
  std::span<const Ast* const> list = {};
  std::span<const AstEntry> entries = {};
  std::span<const AstPattern* const> patterns = {};
  const AstDef* def = nullptr;
};

}  // namespace xf::expression
