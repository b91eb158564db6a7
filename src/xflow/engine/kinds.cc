#include "xflow/engine/kinds.h"

#include <array>

#include "xflow/engine/lists.h"

namespace xf::engine {
namespace {

// In the order of plan::Body.
constexpr std::array<const Kind*, std::variant_size_v<plan::Body>> kKinds = {
    &nodes::kSet,          &nodes::kDo,          &nodes::kFor,        &nodes::kFork,
    &nodes::kSwitch,       &nodes::kTry,         &nodes::kRaise,      &nodes::kWait,
    &nodes::kEmit,         &nodes::kListen,      &nodes::kCallHttp,   &nodes::kCallOpenApi,
    &nodes::kCallFunction, &nodes::kRunWorkflow, &nodes::kUnavailable};

}  // namespace

const Kind& kind_of(const plan::Node& node) { return *kKinds[node.body.index()]; }

void enter_body(Machine& m, Frame& frame) {
  if (!is_root(frame)) return kind_of(m.node(frame)).enter(m, frame);
  if (!begin_list(m, frame, Part::kBody, m.plan.main, frame.input)) m.complete(frame, frame.input);
}

void child_done(Machine& m, Frame& frame, ChildDone done) {
  kind_of(m.node(frame)).done(m, frame, std::move(done));
}

}  // namespace xf::engine
