// Lists of tasks, where they go on, and the kinds of task that steer: switch, try, listen.
#include <algorithm>
#include <utility>

#include "xflow/definition/dsl1/common.h"
#include "xflow/definition/dsl1/events.h"
#include "xflow/definition/dsl1/expressions.h"
#include "xflow/definition/dsl1/faults.h"
#include "xflow/definition/dsl1/suggest.h"
#include "xflow/definition/dsl1/tasks.h"

namespace xf::dsl1 {
namespace {

// The items of a list of single-member mappings: a place for the item and one for its member. A deque, for
// places point at each other.
struct Item {
  explicit Item(const Place& list, std::size_t index) : item(list, index) {}
  Place item;
  std::optional<Place> member;
};

std::deque<Item> named_items(Context& cx, const Place& list, std::string_view what) {
  std::deque<Item> out;
  if (!expect_list(cx, list, std::string(what) + "s")) return out;
  std::map<std::string_view, yaml::Position> seen;
  for (std::size_t i = 0; i < list.node().items.size(); ++i) {
    Item& item = out.emplace_back(list, i);
    if (!expect_mapping(cx, item.item, "a " + std::string(what) + " under its name")) continue;
    const auto& entries = item.item.node().entries;
    if (entries.size() > 1 && entries[0].node.value.is_null()) {
      // - name:            what it does stands beside its name
      //   set: …
      cx.report.key(Place(item.item, entries[1]),
                    "'" + entries[1].key + "' stands beside the name '" + entries[0].key + "', not below it",
                    "indent it by two more spaces");
      out.pop_back();
      continue;
    }
    if (entries.size() > 1 && what == "task" && is_kind_of_task(entries[0].key)) {
      cx.report.key(item.item, "the task has no name", "write '- NAME:' and indent '" + entries[0].key + "' below it");
      out.pop_back();
      continue;
    }
    if (entries.size() > 1) {
      cx.report.key(Place(item.item, entries[1]),
                    "'" + entries[1].key + "' is a second " + std::string(what) + " in one item",
                    "begin it with '- '");
    }
    if (entries.empty())
      cx.report.value(item.item, "the item is empty", "give it a name and a " + std::string(what));
    for (const yaml::Entry& entry : entries) {
      const auto [first, is_new] = seen.emplace(entry.key, entry.position);
      if (is_new) continue;
      cx.report.key(Place(item.item, entry),
                    "the name '" + entry.key + "' is taken by the " + std::string(what) + " in line " +
                        std::to_string(first->second.line),
                    "rename one of them");
    }
    if (!entries.empty()) item.member.emplace(item.item, entries[0]);
  }
  return out;
}

plan::NodeId new_node(Context& cx) {
  cx.plan.nodes.emplace_back();
  return static_cast<plan::NodeId>(cx.plan.nodes.size() - 1);
}

std::vector<plan::NodeId> tasks(Context& cx, const Place& place, bool are_siblings) {
  const std::deque<Item> items = named_items(cx, place, "task");
  Siblings all;
  for (const Item& item : items) {
    if (!item.member) continue;
    all.names.push_back(item.member->name());
    all.ids.push_back(new_node(cx));
  }
  const Siblings none;
  std::size_t i = 0;
  for (const Item& item : items) {
    if (item.member) task(cx, *item.member, are_siblings ? all : none, all.ids[i++]);
  }
  return all.ids;
}

}  // namespace

plan::TaskList task_list(Context& cx, const Place& place) { return {tasks(cx, place, true)}; }

std::vector<plan::NodeId> branches(Context& cx, const Place& place) { return tasks(cx, place, false); }

plan::Flow flow(Context& cx, const Place& place, const Siblings& siblings) {
  const auto name = name_text(cx, place);
  if (!name || *name == "continue") return {};
  if (*name == "exit") return {plan::Directive::kExit, plan::kNoNode};
  if (*name == "end") return {plan::Directive::kEnd, plan::kNoNode};
  const auto found = std::ranges::find(siblings.names, *name);
  if (found != siblings.names.end()) {
    return {plan::Directive::kGoTo, siblings.ids[static_cast<std::size_t>(found - siblings.names.begin())]};
  }
  std::vector<std::string_view> known = siblings.names;
  known.insert(known.end(), {"continue", "exit", "end"});
  cx.report.value(place, "no task '" + *name + "' in the same list", suggestion(*name, known));
  return {};
}

plan::Body switch_body(Context& cx, const Place& what, const Siblings& siblings) {
  plan::Switch out;
  const std::deque<Item> items = named_items(cx, what, "case");
  if (what.value().is_array() && items.empty())
    cx.report.key(what, "the switch has no case", "give it at least one");
  bool has_default = false;
  for (const Item& item : items) {
    if (!item.member) continue;
    plan::Switch::Case& one = out.cases.emplace_back();
    one.name = std::string(item.member->name());
    const Fields f(cx, *item.member, "a case", {"when", "then"});
    if (!f) continue;
    if (const auto when = f.get("when")) {
      one.when = expression(cx, *when);
    } else if (std::exchange(has_default, true)) {
      cx.report.key(*item.member, "the switch has a second default: this case has no 'when'",
                    "give it a 'when', or remove it");
    }
    if (const auto then = f.require("then")) one.then = flow(cx, *then, siblings);
  }
  return out;
}

plan::Body try_body(Context& cx, const Fields& whole, const Place& what, const Siblings& siblings) {
  plan::Try out;
  out.list = task_list(cx, what);
  const auto caught = whole.require("catch");
  if (!caught) return out;
  const Fields f(cx, *caught, "a catch", {"errors", "as", "when", "exceptWhen", "retry", "do", "then"});
  if (!f) return out;
  if (const auto errors = f.get("errors")) out.errors = error_filter(cx, *errors);
  variable(cx, f, "as", out.as);
  const ScopedNames names(cx, {out.as});
  if (const auto when = f.get("when")) out.when = expression(cx, *when);
  if (const auto except = f.get("exceptWhen")) out.except_when = expression(cx, *except);
  if (const auto again = f.get("retry")) out.retry = retry(cx, *again);
  if (const auto handler = f.get("do")) out.handler = task_list(cx, *handler);
  if (const auto then = f.get("then")) {
    strict_since(cx, *then, Version::kMain, "'then' of a catch");
    out.then = flow(cx, *then, siblings);
  }
  return out;
}

plan::Listen::Foreach iterator(Context& cx, const Place& place) {
  plan::Listen::Foreach out;
  const Fields f(cx, place, "a foreach", {"item", "at", "do", "output", "export"});
  if (!f) return out;
  variable(cx, f, "item", out.item);
  variable(cx, f, "at", out.at);
  const ScopedNames names(cx, {out.item, out.at});
  if (const auto list = f.get("do")) out.list = task_list(cx, *list);
  if (const auto output = f.get("output")) out.output = filter(cx, *output, FilterKind::kOutput);
  if (const auto exported = f.get("export")) out.export_ = filter(cx, *exported, FilterKind::kExport);
  return out;
}

plan::Body listen_body(Context& cx, const Fields& whole, const Place& what) {
  plan::Listen out;
  const Fields f(cx, what, "a listen", {"to", "read"});
  if (f) {
    if (const auto to = f.require("to")) out.to = event_strategy(cx, *to);
    if (const auto read = f.get("read")) out.read = event_read(cx, *read);
  }
  if (const auto each = whole.get("foreach")) out.foreach = iterator(cx, *each);
  return out;
}

}  // namespace xf::dsl1
