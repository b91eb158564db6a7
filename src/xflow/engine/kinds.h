// Kinds: what each kind of node does, as a table. step() and the data flow route through it and decide
// nothing.
#pragma once

#include "xflow/engine/machine.h"

namespace xf::engine {

// A child has ended well: a list that came to its end, a branch, a function.
struct ChildDone {
  Part part = Part::kBody;
  std::uint32_t slot = 0;  // of a branch
  Datum output;
  bool is_exit = false;  // by `exit`
};

struct Kind {
  // The frame's input is ready: begin. Called again at the same place after a Fetch that it asked for, and
  // when a stopped instance goes on (then `own` is as it was).
  void (*enter)(Machine&, Frame&);
  void (*done)(Machine&, Frame&, ChildDone) = nullptr;
  // Something that the frame waits for has happened. The wait is gone, except those for events.
  void (*on)(Machine&, Frame&, WaitKind, const InputBody&) = nullptr;
};

const Kind& kind_of(const plan::Node&);

void enter_body(Machine&, Frame&);
void child_done(Machine&, Frame&, ChildDone);

namespace nodes {
extern const Kind kSet, kDo, kFor, kFork, kSwitch, kTry, kRaise, kWait, kEmit, kListen, kCallHttp,
    kCallOpenApi, kCallFunction, kRunWorkflow, kUnavailable;
}  // namespace nodes

}  // namespace xf::engine
