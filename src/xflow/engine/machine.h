// Machine: one turn at work: the plan, the state, and the commands and trace that it gives. Nodes do
// everything through it. After raise() or complete() a handler returns at once: its frame may be gone.
#pragma once

#include <utility>

#include "xflow/engine/state.h"
#include "xflow/engine/step.h"

namespace xf::engine {

class Machine {
 public:
  Machine(const plan::Plan& p, Instance::State& state, const json::Value& known, TimeUs at, Turn& turn)
      : plan(p), s(state), secrets(known), now(at), turn_(turn) {}
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  const plan::Plan& plan;
  Instance::State& s;
  const json::Value& secrets;  // {name: value} of the versions in effect
  TimeUs now;  // the Input's; a held Input keeps the time of the Resume that applied it

  const plan::Plan& plan_of(const Frame& f) const { return f.function ? *f.function : plan; }
  const plan::Node& node(const Frame& f) const { return plan_of(f).nodes[f.node]; }
  template <typename T>
  const T& body(const Frame& f) const {
    return std::get<T>(node(f).body);
  }

  // ---- Commands and what waits for their answers
  CommandId next_id() { return ++s.last_id; }
  void issue(Command command) { turn_.commands.push_back(std::move(command)); }
  void watch(Frame&, WaitKind, CommandId, TimeUs due = 0);
  CommandId start_timer(Frame&, WaitKind, TimeUs due);
  // Cancels what the frame has under way of this kind.
  void stop(Frame&, WaitKind);
  // Cancels everything that is under way, and forgets it.
  void stop_all();
  void command_stop(const Wait&);
  const Wait* find_wait(CommandId) const;
  void drop_wait(CommandId);

  // ---- Frames
  // A child that will run next.
  Frame& begin(Frame& parent, Part, plan::NodeId, std::uint32_t slot, Datum raw);
  // The task that a fetched function is.
  Frame& begin_function(Frame& call, const plan::Plan& function, Datum raw);
  void make_ready(Frame&);
  // The node's own work is done: output.as and what follows are next.
  void complete(Frame&, Datum raw_output);
  // Takes a frame that has ended out of the tree.
  void end(Frame&);
  // Everything below the frame is given up: stopped, told, and taken out.
  void abandon_children(Frame&);
  // Gives up all below the root and lets the workflow end with this output.
  void end_workflow(Frame& by, Datum output);

  // A cycle was closed: too many of them without an outside Input are a fault. False: raised.
  bool close_cycle(Frame&, std::uint32_t transitions);

  // ---- Trace
  void tell(Happened, const Frame&, json::Value data = {});
  void tell_workflow(Happened, json::Value data = {});

  // All chance in an instance, from its seed.
  std::uint64_t random();

  Turn& turn() { return turn_; }

 private:
  Turn& turn_;
};

// Lets ready frames go on until none is left or the turn has had its share.
void run(Machine&);

// A fault arises at this frame: the nearest `try` that wants it takes it; else everything stops where it
// stands.
void raise(Machine&, Frame&, Fault);

// ---- Asking what a frame is
bool is_root(const Frame&);
// "/do/2/pay", and "[3]" for each loop around it, outermost first; empty for the workflow.
std::string task_name(const Machine&, const Frame&);
const std::string& reference(const plan::Plan&, const Frame&);
std::vector<std::uint32_t> iterations(const Frame&);
// The nearest time at which a timeout of the frame or of one around it is due; 0: none.
TimeUs deadline(const Machine&, const Frame&);
plan::Flow flow_of(const plan::Plan&, const Frame&);
// The list that the frame's place belongs to; nullptr when the place is not in a list.
const plan::TaskList* list_of(const plan::Plan&, const Frame& parent, Part, std::uint8_t extension);
// The node that fills a place; kNoNode when there is no such place.
plan::NodeId node_at(const plan::Plan&, const Frame& parent, Part, std::uint32_t slot,
                     std::uint8_t extension);
// The next in a walk over all below `top`, parents first; nullptr at the end.
Frame* next_below(const Frame& top, const Frame& at);

}  // namespace xf::engine
