// Destructuring: `as [$a, {b: $c}]` and alternatives with `?//`. See machine.h.
#include "base/check.h"
#include "xflow/expression/machine.h"

namespace xf::expression {

using json::Value;

bool Machine::is_simple(const Node& n) noexcept {
  return n.patterns->alternatives.size() == 1 && n.patterns->alternatives.front().single;
}

Flow Machine::bind_single(const Node& n, Frame* f, const Value& in) {
  const Pattern& pattern = n.patterns->alternatives.front();
  const In<Value> input{const_cast<Value*>(&in), false};
  Value value;
  if (const Flow flow = one(*n.x, f, input, value); flow != Flow::kGo) return flow;
  return match_single(n, pattern, f, std::move(value));
}

Flow Machine::match_single(const Node& n, const Pattern& pattern, Frame* f, Value value) {
  if (pattern.kind == Pattern::Kind::kVariable) {
    f->values()[pattern.slot] = std::move(value);
    return Flow::kGo;
  }
  const In<Value> whole{&value, false};
  for (std::size_t i = pattern.elements.size(); i-- > 0;) {
    Value part;
    const Value place = Value::number(static_cast<double>(i));
    if (const Flow flow = take(n, index(context_, value, place), part, &value); flow != Flow::kGo)
      return flow;
    if (const Flow flow = match_single(n, pattern.elements[i], f, std::move(part)); flow != Flow::kGo)
      return flow;
  }
  for (const auto& entry : pattern.entries) {
    Value key, part;
    if (const Flow flow = one(*entry.key, f, whole, key); flow != Flow::kGo) return flow;
    if (!key.is_string())
      return fail(n, "Cannot index " + std::string(to_string(value.kind())) + " with " + describe(key),
                  &value);
    if (const Flow flow = take(n, index(context_, value, key), part, &value); flow != Flow::kGo) return flow;
    if (entry.binds) f->values()[entry.slot] = part;
    if (!entry.nests) continue;
    if (const Flow flow = match_single(n, entry.pattern, f, std::move(part)); flow != Flow::kGo) return flow;
  }
  return Flow::kGo;
}

Flow Machine::match(const Node& n, Frame* f, const Value& value, Body body) {
  const auto& alternatives = n.patterns->alternatives;
  if (alternatives.size() == 1) return match_one(n, alternatives.front(), f, value, body);
  for (std::size_t i = 0;; ++i) {
    if (!context_.charge(kTurnWork + n.patterns->slots.size())) return over_budget(n);
    for (const std::uint32_t slot : n.patterns->slots) f->values()[slot] = Value();
    const Flow flow = match_one(n, alternatives[i], f, value, body);
    // Whatever fails, even far behind, leads to the next alternative, as in jq; only the last one's failure
    // stays.
    if (flow != Flow::kStop || i + 1 == alternatives.size() || !catchable()) return flow;
    (void)caught();
  }
}

Flow Machine::match_one(const Node& n, const Pattern& pattern, Frame* f, const Value& value, Body body) {
  Nesting nesting(*this, 1);
  if (nesting.too_deep()) return over_budget(n);
  if (!context_.charge(1)) return over_budget(n);
  switch (pattern.kind) {
    case Pattern::Kind::kVariable: f->values()[pattern.slot] = value; return body(&value);
    case Pattern::Kind::kArray: return match_elements(n, pattern, pattern.elements.size(), f, value, body);
    case Pattern::Kind::kObject: return match_entries(n, pattern, 0, f, value, body);
  }
  XF_UNREACHABLE("a pattern of no kind");
}

// From the last to the first, as in jq: it shows when keys have several outputs.
Flow Machine::match_elements(const Node& n, const Pattern& pattern, std::size_t left, Frame* f,
                             const Value& value, Body body) {
  if (left == 0) return body(&value);
  Value part;
  const Value place = Value::number(static_cast<double>(left - 1));
  if (const Flow flow = take(n, index(context_, value, place), part, &value); flow != Flow::kGo) return flow;
  auto rest = [&](const Value*&&) { return match_elements(n, pattern, left - 1, f, value, body); };
  return match_one(n, pattern.elements[left - 1], f, part, Body(rest));
}

Flow Machine::match_entries(const Node& n, const Pattern& pattern, std::size_t entry, Frame* f,
                            const Value& value, Body body) {
  if (entry == pattern.entries.size()) return body(&value);
  auto each = [&](Value&& key) { return match_member(n, pattern, entry, f, value, key, body); };
  return run(*pattern.entries[entry].key, f, In<Value>{const_cast<Value*>(&value), false}, Emit<Value>(each));
}

Flow Machine::match_member(const Node& n, const Pattern& pattern, std::size_t entry, Frame* f,
                           const Value& value, const Value& key, Body body) {
  const Pattern::Entry& member = pattern.entries[entry];
  Value part;
  if (!key.is_string())
    return fail(n, "Cannot index " + std::string(to_string(value.kind())) + " with " + describe(key), &value);
  if (const Flow flow = take(n, index(context_, value, key), part, &value); flow != Flow::kGo) return flow;
  if (member.binds) f->values()[member.slot] = part;
  auto rest = [&](const Value*&&) { return match_entries(n, pattern, entry + 1, f, value, body); };
  if (!member.nests) return match_entries(n, pattern, entry + 1, f, value, body);
  return match_one(n, member.pattern, f, part, Body(rest));
}

}  // namespace xf::expression
