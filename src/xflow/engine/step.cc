// step(): takes the Input to the frame that it is meant for. It routes and decides nothing.
#include "xflow/engine/step.h"

#include <algorithm>

#include "base/match.h"
#include "xflow/engine/control.h"
#include "xflow/engine/data_flow.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/inbox.h"
#include "xflow/engine/kinds.h"
#include "xflow/engine/resources.h"

namespace xf::engine {
namespace {

void start(Machine& m, const input::Started& started) {
  Instance::State& s = m.s;
  s.id = started.instance;
  s.key = started.key;
  s.parent = started.parent;
  s.seed = started.seed;
  s.revision = started.revision;
  s.started_at = m.now;
  s.input = started.input.is_null() ? json::Value::object() : started.input;
  s.status = Status::kRunning;
  m.tell_workflow(Happened::kWorkflowStarted);
  Frame& root = *s.frames.add(nullptr);
  root.raw = s.input;
  root.started_at = m.now;
  m.make_ready(root);
}

void fire(Machine& m, Frame& frame, WaitKind kind, const InputBody& body) {
  if (kind != WaitKind::kTimeout) return kind_of(m.node(frame)).on(m, frame, kind, body);
  raise(m, frame,
        faults::timeout(is_root(frame) ? "the workflow took longer than its timeout"
                                       : "the task took longer than its timeout"));
}

// What happened to what an id stands for. An id that nobody waits for any more changes nothing.
template <typename Fits>
void deliver(Machine& m, CommandId id, const Fits& fits, const InputBody& body) {
  const Wait* found = m.find_wait(id);
  if (!found || !fits(found->kind)) return;
  const Wait wait = *found;
  if (wait.kind != WaitKind::kEvents && wait.kind != WaitKind::kUntil) m.drop_wait(id);
  if (wait.kind == WaitKind::kFetch) return resource_arrived(m, *wait.frame, std::get<input::Fetched>(body));
  fire(m, *wait.frame, wait.kind, body);
}

constexpr auto exactly(WaitKind wanted) {
  return [wanted](WaitKind kind) { return kind == wanted; };
}

void apply(Machine& m, const InputBody& body) {
  match(
      body, [&](const input::Started& i) { start(m, i); },
      [&](const input::Continued&) { m.s.is_yielded = false; },
      [&](const input::TimerFired& i) { deliver(m, i.timer, is_timer, body); },
      [&](const input::CallCompleted& i) { deliver(m, i.call, exactly(WaitKind::kCall), body); },
      [&](const input::Fetched& i) { deliver(m, i.fetch, exactly(WaitKind::kFetch), body); },
      [&](const input::EventReceived& i) { deliver(m, i.subscription, is_events, body); },
      [&](const input::ChildCompleted& i) { deliver(m, i.child, exactly(WaitKind::kChild), body); },
      [&](const input::Cancel& i) { cancel(m, i); }, [&](const input::Suspend& i) { suspend(m, i); },
      [&](const input::Resume&) { resume(m); }, [&](const input::Retry&) { retry(m); },
      [&](const input::Reset& i) { reset(m, i); },
      [&](const input::Upgraded& i) { m.s.revision = std::max(m.s.revision, i.revision); });
}

bool is_by_person(const InputBody& body) {
  return std::holds_alternative<input::Cancel>(body) || std::holds_alternative<input::Suspend>(body) ||
         std::holds_alternative<input::Resume>(body) || std::holds_alternative<input::Retry>(body) ||
         std::holds_alternative<input::Reset>(body);
}

// While suspended, and until what was held has been applied, what happens waits its turn.
bool must_wait(const Instance::State& s, const InputBody& body) {
  const bool passes = is_by_person(body) || std::holds_alternative<input::Continued>(body) ||
                      std::holds_alternative<input::Upgraded>(body);
  return !passes && (s.is_suspended || !s.held.empty());
}

bool is_wanted(const plan::Plan& plan, const Instance& instance, const InputBody& body) {
  const Status status = instance.state().status;
  if (status == Status::kPending) return std::holds_alternative<input::Started>(body);
  if (std::holds_alternative<input::Started>(body)) return false;
  if (is_by_person(body)) return admissible(plan, instance, body).has_value();
  return !is_final(status);
}

Status resting_status(const Instance::State& s) {
  if (is_final(s.status)) return s.status;
  if (s.is_suspended) return Status::kSuspended;
  if (!s.ready.empty() || s.waits.empty()) return Status::kRunning;
  // The specification's word: halted until an event or a moment comes.
  bool is_halted = false;
  for (const Wait& wait : s.waits) {
    if (wait.kind == WaitKind::kCall || wait.kind == WaitKind::kChild || wait.kind == WaitKind::kFetch)
      return Status::kRunning;
    is_halted |= wait.kind != WaitKind::kTimeout && wait.kind != WaitKind::kAttempt;
  }
  return is_halted ? Status::kWaiting : Status::kRunning;
}

}  // namespace

void run(Machine& m) {
  Instance::State& s = m.s;
  while (!is_final(s.status) && !s.is_suspended) {
    if (s.ready.empty()) {
      if (s.held.empty()) return;
      const Input next = std::move(s.held.front());
      s.held.pop_front();
      release(s, next);
      apply(m, next.body);
      continue;
    }
    if (m.turn().transitions == kTransitionsPerTurn) {
      if (!std::exchange(s.is_yielded, true)) m.issue(command::Yield{});
      return;
    }
    ++m.turn().transitions;
    Frame& frame = *s.ready.back();
    s.ready.pop_back();
    frame.is_queued = false;
    advance(m, frame);
  }
}

std::vector<SecretVersion> secrets_after(const Instance& instance, const Input& input) {
  std::vector<SecretVersion> out = instance.secrets();
  for (const SecretVersion& found : input.secrets) {
    const auto known = std::ranges::find(out, found.name, &SecretVersion::name);
    known == out.end() ? out.push_back(found) : void(known->version = found.version);
  }
  return out;
}

Turn step(const plan::Plan& plan, Instance& instance, const Input& input, const json::Value& secrets) {
  Turn turn;
  Instance::State& s = instance.state();
  if (input.seq <= s.last_seq) return turn;
  s.last_seq = input.seq;
  if (!input.secrets.empty()) s.secrets = secrets_after(instance, input);
  if (!is_wanted(plan, instance, input.body)) return turn;
  turn.trace.reserve(16);
  Machine m(plan, s, secrets, input.at, turn);
  if (!std::holds_alternative<input::Continued>(input.body)) s.cycled = 0;
  if (must_wait(s, input.body)) {
    hold(s, input);
  } else {
    apply(m, input.body);
  }
  run(m);
  s.status = resting_status(s);
  return turn;
}

Result<void> admissible(const plan::Plan& plan, const Instance& instance, const InputBody& body) {
  const Instance::State& s = instance.state();
  const auto refuse = [&](std::string why) {
    return fail(Code::kConflict,
                "the instance is " + std::string(to_string(s.status)) + ": " + std::move(why));
  };
  const bool is_open = s.status != Status::kPending && !is_final(s.status);
  return match(
      body,
      [&](const input::Cancel&) -> Result<void> {
        if (is_open || s.status == Status::kFaulted) return {};
        return refuse("there is nothing to cancel");
      },
      [&](const input::Suspend&) -> Result<void> {
        if (is_open && !s.is_suspended) return {};
        return refuse("only a running or waiting one can be suspended");
      },
      [&](const input::Resume&) -> Result<void> {
        if (is_open && s.is_suspended) return {};
        return refuse("only a suspended one can be resumed");
      },
      [&](const input::Retry&) -> Result<void> {
        if (s.status != Status::kFaulted) return refuse("only a faulted one can be retried");
        if (s.parent) return refuse("the workflow that ran it has taken its fault; retry that one");
        return {};
      },
      [&](const input::Reset& reset) -> Result<void> {
        if (!is_open && s.status != Status::kFaulted) return refuse("it has ended for good");
        if (s.status == Status::kFaulted && s.parent)
          return refuse("the workflow that ran it has taken its fault; retry that one");
        const auto path = path_to(plan, reset.position);
        if (!path) return std::unexpected(path.error());
        return {};
      },
      [](const auto&) -> Result<void> { return {}; });
}

}  // namespace xf::engine
