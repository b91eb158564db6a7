// Reading tasks: a list of them, and each kind.
#pragma once

#include "xflow/definition/dsl1/context.h"
#include "xflow/definition/dsl1/fields.h"

namespace xf::dsl1 {

// The tasks of one list by name: what `then` may name.
struct Siblings {
  std::vector<std::string_view> names;
  std::vector<plan::NodeId> ids;
};

// "set", "call" …
bool is_kind_of_task(std::string_view word);
plan::TaskList task_list(Context&, const Place&);
// Tasks that stand beside each other without order: none may go to another.
std::vector<plan::NodeId> branches(Context&, const Place&);
// One task that stands alone, as a function does. Its node is there already.
void task(Context&, const Place&, const Siblings&, plan::NodeId);

plan::Flow flow(Context&, const Place&, const Siblings&);

// Reads the name of a variable into `out`, which holds the default.
void variable(Context&, const Fields&, std::string_view name, std::string& out);

// Each kind. `task` is the whole task's mapping, `what` the value under the kind's own key.
plan::Body call_body(Context&, const Fields& task, const Place& what);
plan::Body run_body(Context&, const Place& what);
plan::Body switch_body(Context&, const Place& what, const Siblings&);
plan::Body try_body(Context&, const Fields& task, const Place& what, const Siblings&);
plan::Body listen_body(Context&, const Fields& task, const Place& what);

// The tasks and filters of a `foreach` over events or messages.
plan::Listen::Foreach iterator(Context&, const Place&);

// Calls of this build's other kinds: checked in full, though they cannot run yet.
void check_grpc(Context&, const Place& with);
void check_asyncapi(Context&, const Place& with);
void check_a2a(Context&, const Place& with);
void check_mcp(Context&, const Place& with);

}  // namespace xf::dsl1
