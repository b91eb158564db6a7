// Keys and members: keys, to_entries, from_entries, has, contains, and paths given as values.
#include "xflow/expression/access.h"
#include "xflow/expression/dump.h"
#include "xflow/expression/each.h"
#include "xflow/expression/order.h"
#include "xflow/expression/tables.h"

namespace xf::expression {
namespace {

using json::Value;
using Args = std::span<const Value>;

bool reserve_slots(Context& c, std::size_t count) {
  return c.charge(count) && c.reserve(2 * count * sizeof(Value));
}

Value key_at(const Value& container, std::size_t i) {
  return container.is_array() ? Value::number(static_cast<double>(i)) : container.members()[i].key;
}

Outcome keys_in_order(Context& c, const Value& in, Args) {
  if (!can_iterate(in)) return type_error(in, "has no keys");
  if (!reserve_slots(c, in.size())) return spent();
  std::vector<Value> keys;
  keys.reserve(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) keys.push_back(key_at(in, i));
  return Value::array(std::move(keys));
}

Outcome sorted_keys(Context& c, const Value& in, Args args) {
  if (!in.is_object()) return keys_in_order(c, in, args);
  if (!reserve_slots(c, 8 * in.size())) return spent();
  std::vector<Value> keys;
  keys.reserve(in.size());
  for (const json::Member* m : json::sorted_members(in)) keys.push_back(m->key);
  return Value::array(std::move(keys));
}

Outcome to_entries(Context& c, const Value& in, Args) {
  if (!can_iterate(in)) return type_error(in, "has no keys");
  const Value key = Value::string("key"), value = Value::string("value");
  Value entries = Value::array();
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (!c.charge(2)) return spent();
    entries = std::move(entries).append(
        Value::object(std::vector<json::Member>{{key, key_at(in, i)}, {value, part_at(in, i)}}));
  }
  return entries;
}

const Value& first_truthy(const Value& entry) {
  for (const std::string_view name : {"key", "Key", "name"}) {
    if (entry.get(name).truthy()) return entry.get(name);
  }
  return entry.get("Name");
}

Outcome from_entries(Context& c, const Value& in, Args) {
  if (!can_iterate(in)) return iterate_error(in);
  Value object = Value::object();
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (!c.charge(2)) return spent();
    const Value& entry = part_at(in, i);
    if (!entry.is_object() && !entry.is_null()) return index(c, entry, Value::string("key"));
    const Value& key = first_truthy(entry);
    if (!key.is_string()) return fail_with("Cannot use " + describe(key) + " as object key");
    const Value* value = entry.find("value");
    object = std::move(object).with(key, value != nullptr ? *value : entry.get("Value"));
  }
  return object;
}

Outcome has_key(Context& c, const Value& in, Args args) { return has(c, in, args[0]); }

bool same_kind(const Value& a, const Value& b) {
  return a.kind() == b.kind() && (!a.is_bool() || a.as_bool() == b.as_bool());
}

Outcome is_contained(Context& c, const Value& whole, const Value& part) {
  if (!same_kind(whole, part)) return type_error(whole, part, "cannot have their containment checked");
  auto found = contains(c, whole, part);
  if (!found) return std::unexpected(std::move(found).error());
  return Value::boolean(*found);
}
Outcome contains_arg(Context& c, const Value& in, Args args) { return is_contained(c, in, args[0]); }
Outcome inside_arg(Context& c, const Value& in, Args args) { return is_contained(c, args[0], in); }
Outcome in_arg(Context& c, const Value& in, Args args) { return has(c, args[0], in); }

Outcome path_get(Context& c, const Value& in, Args args) { return get_path(c, in, args[0]); }
Outcome path_set(Context& c, const Value& in, Args args) { return set_path(c, in, args[0], args[1]); }
Outcome paths_delete(Context& c, const Value& in, Args args) { return delete_paths(c, in, args[0]); }

constexpr Native kNatives[] = {
    {"contains", 1, contains_arg}, {"delpaths", 1, paths_delete}, {"from_entries", 0, from_entries},
    {"getpath", 1, path_get},      {"has", 1, has_key},           {"in", 1, in_arg},
    {"inside", 1, inside_arg},     {"keys", 0, sorted_keys},      {"keys_unsorted", 0, keys_in_order},
    {"setpath", 2, path_set},      {"to_entries", 0, to_entries},
};

}  // namespace

std::span<const Native> entry_natives() { return kNatives; }

}  // namespace xf::expression
