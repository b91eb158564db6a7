// What one may ask an Instance.
#include "xflow/engine/instance.h"

#include <algorithm>
#include <array>

#include "xflow/engine/machine.h"

namespace xf::engine {
namespace {

WaitingFor meaning(WaitKind kind) {
  switch (kind) {
    case WaitKind::kDelay: return WaitingFor::kTimer;
    case WaitKind::kBackoff: return WaitingFor::kRetry;
    case WaitKind::kCall: return WaitingFor::kCall;
    case WaitKind::kFetch: return WaitingFor::kFetch;
    case WaitKind::kEvents:
    case WaitKind::kUntil: return WaitingFor::kEvent;
    case WaitKind::kChild: return WaitingFor::kChild;
    case WaitKind::kTimeout:
    case WaitKind::kAttempt: return WaitingFor::kNothing;
  }
  return WaitingFor::kNothing;
}

const TryState* nearest_try(const Frame& frame) {
  for (const Frame* at = &frame; at; at = at->parent)
    if (const auto* state = std::get_if<std::unique_ptr<TryState>>(&at->own)) return state->get();
  return nullptr;
}

Fault fault_of(const json::Value& error) {
  const auto text = [&](std::string_view key) {
    const json::Value& v = error.get(key);
    return v.is_string() ? std::string(v.as_string()) : std::string();
  };
  Fault fault{.type = text("type"),
              .title = text("title"),
              .detail = text("detail"),
              .instance = text("instance"),
              .extra = {}};
  if (error.get("status").is_int64()) fault.status = error.get("status").as_int64();
  return fault;
}

Position position_of(const plan::Plan& plan, const Instance::State& s, const Frame& frame) {
  Position position{.task = reference(plan, frame),
                    .iteration = iterations(frame),
                    .since = frame.started_at,
                    .last_error = {}};
  for (const auto* waits : {&s.waits, &s.frozen}) {
    for (const Wait& wait : *waits) {
      if (wait.frame != &frame) continue;
      if (meaning(wait.kind) != WaitingFor::kNothing && waits == &s.waits)
        position.waiting_for = meaning(wait.kind);
      if (wait.due != 0 && (position.due == 0 || wait.due < position.due)) position.due = wait.due;
    }
  }
  if (const TryState* state = nearest_try(frame); state && !state->error.is_null()) {
    position.attempt = state->retries + 1;
    position.last_error = fault_of(state->error);
  }
  if (&frame == s.failed) position.last_error = s.fault;
  return position;
}

}  // namespace

std::string_view to_string(Status status) {
  constexpr std::array<std::string_view, 7> kWords = {"pending",   "running", "waiting",  "suspended",
                                                      "cancelled", "faulted", "completed"};
  return kWords[std::size_t(status)];
}

Instance::Instance() : state_(std::make_unique<State>()) {}
Instance::Instance(Instance&&) noexcept = default;
Instance& Instance::operator=(Instance&&) noexcept = default;
Instance::~Instance() = default;

const std::string& Instance::id() const { return state_->id; }
const std::string& Instance::key() const { return state_->key; }
Status Instance::status() const { return state_->status; }
std::uint64_t Instance::last_seq() const { return state_->last_seq; }
const json::Value& Instance::output() const { return state_->output.shown(); }
const std::vector<SecretVersion>& Instance::secrets() const { return state_->secrets; }
bool Instance::holds_secrets() const { return state_->holds_secrets; }
const std::optional<Fault>& Instance::fault() const { return state_->fault; }
const std::optional<ParentRef>& Instance::parent() const { return state_->parent; }
std::uint32_t Instance::revision() const { return state_->revision; }
TimeUs Instance::started_at() const { return state_->started_at; }

plan::PlanPtr Instance::function(const std::string& address) const {
  const auto found =
      std::ranges::find(state_->functions, address, [](const auto& plan) { return plan->base; });
  return found == state_->functions.end() ? nullptr : *found;
}

std::vector<Position> Instance::positions(const plan::Plan& plan) const {
  std::vector<Position> positions;
  const Frame* root = state_->frames.root();
  if (!root) return positions;
  if (root == state_->failed) positions.push_back(position_of(plan, *state_, *root));
  for (const Frame* at = root->child; at; at = next_below(*root, *at))
    if (!at->child || at == state_->failed) positions.push_back(position_of(plan, *state_, *at));
  return positions;
}

}  // namespace xf::engine
