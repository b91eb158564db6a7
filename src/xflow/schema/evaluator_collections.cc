// The keywords that look into objects and arrays.
#include <algorithm>

#include "xflow/schema/evaluator.h"
#include "xflow/schema/message.h"
#include "xflow/schema/parts.h"
#include "xflow/schema/registry.h"

namespace xf::schema {

bool Evaluator::apply(const keyword::Properties& properties, const Subject& s) {
  bool ok = true;
  for (std::size_t i = 0; i < members_of(s.value).size(); ++i) {
    if (property(properties, s, i)) continue;
    ok = false;
    if (!goes_on()) break;
  }
  return ok;
}

bool Evaluator::property(const keyword::Properties& properties, const Subject& s, std::size_t place) {
  const json::Member& member = members_of(s.value)[place];
  if (!budget_.charge(1)) return false;
  const At at{&s.at, &member.key, 0};
  bool known = false, ok = true;
  if (const std::uint32_t number = properties.names.find(member.key); number != NameTable::kAbsent) {
    known = true;
    ok = node(properties.nodes[number], member.value, at, nullptr);
  }
  for (const auto& [pattern, id] : properties.patterns) {
    if (!finds(pattern, member.key.as_string())) continue;
    known = true;
    ok = node(id, member.value, at, nullptr) && ok;
  }
  if (!known && properties.additional) {
    known = true;
    if (model_.nodes[*properties.additional].refuses_all)
      return violated(s, at, "/additionalProperties", [&] { return message::unknown_property(properties); });
    ok = node(*properties.additional, member.value, at, nullptr);
  }
  if (known && s.seen) s.seen->add(place);
  return ok;
}

bool Evaluator::apply(const keyword::Required& required, const Subject& s) {
  if (!s.value.is_object()) return true;
  bool ok = true;
  for (const Value& name : required.names) {
    if (!budget_.charge(1)) return false;
    if (s.value.find(name)) continue;
    ok = violated(s, "/required", [&] { return "must have the property " + message::excerpt(name); });
    if (!goes_on()) break;
  }
  return ok;
}

bool Evaluator::apply(const keyword::PropertyNames& names, const Subject& s) {
  bool ok = true;
  for (const json::Member& member : members_of(s.value)) {
    const At at{&s.at, &member.key, 0};
    if (quietly(names.node, member.key, at, nullptr)) continue;
    const NodeId only[] = {names.node};
    ok = violated(s, at, "/propertyNames", [&] {
      return "has a name that is not allowed" + nearest(only, {s.node, member.key, at, nullptr});
    });
    if (!goes_on()) break;
  }
  return ok;
}

bool Evaluator::apply(const keyword::DependentRequired& dependent, const Subject& s) {
  if (!s.value.is_object()) return true;
  bool ok = true;
  for (const auto& [name, needed] : dependent.names) {
    if (!budget_.charge(1 + needed.size())) return false;
    if (!s.value.find(name)) continue;
    for (const Value& other : needed) {
      if (s.value.find(other)) continue;
      const std::string_view keyword = dependent.is_dependencies ? "/dependencies/" : "/dependentRequired/";
      ok = violated(s, std::string(keyword) + escape_pointer(name.as_string()), [&] {
        return "must have the property " + message::excerpt(other) + " because it has " +
               message::excerpt(name);
      });
      if (!goes_on()) return false;
    }
  }
  return ok;
}

bool Evaluator::apply(const keyword::DependentSchemas& dependent, const Subject& s) {
  if (!s.value.is_object()) return true;
  bool ok = true;
  for (const auto& [name, id] : dependent.schemas) {
    if (!budget_.charge(1)) return false;
    if (!s.value.find(name) || node(id, s.value, s.at, s.seen)) continue;
    ok = false;
    if (!goes_on()) break;
  }
  return ok;
}

bool Evaluator::apply(const keyword::Items& items, const Subject& s) {
  if (!s.value.is_array()) return true;
  const auto elements = elements_of(s.value);
  const std::size_t end = items.rest ? elements.size() : std::min(elements.size(), items.prefix.size());
  bool ok = true;
  for (std::size_t i = 0; i < end; ++i) {
    const NodeId id = i < items.prefix.size() ? items.prefix[i] : *items.rest;
    if (node(id, elements[i], At{&s.at, nullptr, i}, nullptr)) continue;
    ok = false;
    if (!goes_on()) break;
  }
  if (s.seen) s.seen->add_first(end);
  return ok;
}

bool Evaluator::apply(const keyword::Contains& contains, const Subject& s) {
  if (!s.value.is_array()) return true;
  const auto elements = elements_of(s.value);
  const bool counts_all = contains.most.has_value() || (contains.marks && s.seen);
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < elements.size() && !has_stopped(); ++i) {
    if (!counts_all && count >= contains.least) break;
    if (!quietly(contains.node, elements[i], At{&s.at, nullptr, i}, nullptr)) continue;
    ++count;
    if (contains.marks && s.seen) s.seen->add(i);
  }
  if (count < contains.least) {
    return violated(s, contains.least == 1 ? "/contains" : "/minContains",
                    [&] { return message::wrong_contains("at least", contains.least, count); });
  }
  return !contains.most || count <= *contains.most || violated(s, "/maxContains", [&] {
    return message::wrong_contains("at most", *contains.most, count);
  });
}

bool Evaluator::apply(const keyword::UniqueItems&, const Subject& s) {
  const auto equals = find_duplicate(elements_of(s.value), budget_);
  return !equals || violated(s, "/uniqueItems", [&] {
    return "must not have equal elements, but those at " + std::to_string(equals->first) + " and " +
           std::to_string(equals->second) + " are equal";
  });
}

bool Evaluator::apply(const keyword::UnevaluatedProperties& rest, const Subject& s) {
  bool ok = true;
  for (std::size_t i = 0; i < members_of(s.value).size(); ++i) {
    if (!budget_.charge(1)) return false;
    if (s.seen->has(i)) continue;
    const json::Member& member = members_of(s.value)[i];
    const At at{&s.at, &member.key, 0};
    const bool fits =
        model_.nodes[rest.node].refuses_all
            ? violated(s, at, "/unevaluatedProperties", [] { return "is not a known property here"; })
            : node(rest.node, member.value, at, nullptr);
    s.seen->add(i);
    if (fits) continue;
    ok = false;
    if (!goes_on()) break;
  }
  return ok;
}

bool Evaluator::apply(const keyword::UnevaluatedItems& rest, const Subject& s) {
  if (!s.value.is_array()) return true;
  const auto elements = elements_of(s.value);
  bool ok = true;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!budget_.charge(1)) return false;
    if (s.seen->has(i) || node(rest.node, elements[i], At{&s.at, nullptr, i}, nullptr)) continue;
    ok = false;
    if (!goes_on()) break;
  }
  s.seen->add_first(elements.size());
  return ok;
}

}  // namespace xf::schema
