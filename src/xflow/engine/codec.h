// The fields of what several codecs write. A change here is a new format: see kFormat in each codec.
#pragma once

#include "xflow/engine/input.h"
#include "xflow/engine/wire.h"

namespace xf::engine {

// Exactly T, const or not: one description for writing and reading.
template <typename X, typename T>
concept Is = std::same_as<std::remove_const_t<X>, T>;

template <typename A, Is<Fault> X>
void fields(A& a, X& x) {
  a(x.type, x.status, x.title, x.detail, x.instance, x.extra);
}
template <typename A, Is<ParentRef> X>
void fields(A& a, X& x) {
  a(x.instance, x.command);
}

// What is stored under the digest.
Result<json::Value> read_content(const Contents&, const std::string& digest);

namespace input {
template <typename A, Is<Started> X>
void fields(A& a, X& x) {
  a(x.instance, x.key, x.input, x.seed, x.revision, x.parent);
}
template <typename A, Is<Continued> X>
void fields(A&, X&) {}
template <typename A, Is<TimerFired> X>
void fields(A& a, X& x) {
  a(x.timer);
}
template <typename A, Is<CallCompleted> X>
void fields(A& a, X& x) {
  a(x.call, x.outcome, x.outcome_unknown);
}
// The content is stored by its digest, once for all that fetched it; see fill().
template <typename A, Is<Fetched> X>
void fields(A& a, X& x) {
  std::optional<Fault> fault;
  if constexpr (!A::kReads) {
    if (const auto* failed = std::get_if<Fault>(&x.content)) fault = *failed;
  }
  a(x.fetch, x.digest, fault);
  if constexpr (A::kReads) {
    if (fault) x.content = *std::move(fault);
  }
}
template <typename A, Is<EventReceived> X>
void fields(A& a, X& x) {
  a(x.subscription, x.filter, x.event, x.extracted);
}
template <typename A, Is<ChildCompleted> X>
void fields(A& a, X& x) {
  a(x.child, x.status, x.output, x.fault);
}
template <typename A, Is<Cancel> X>
void fields(A& a, X& x) {
  a(x.reason);
}
template <typename A, Is<Suspend> X>
void fields(A& a, X& x) {
  a(x.reason);
}
template <typename A, Is<Resume> X>
void fields(A&, X&) {}
template <typename A, Is<Retry> X>
void fields(A&, X&) {}
template <typename A, Is<Reset> X>
void fields(A& a, X& x) {
  a(x.position, x.data, x.context);
}
template <typename A, Is<Upgraded> X>
void fields(A& a, X& x) {
  a(x.revision);
}
}  // namespace input

template <typename A, Is<SecretVersion> X>
void fields(A& a, X& x) {
  a(x.name, x.version);
}
template <typename A, Is<Input> X>
void fields(A& a, X& x) {
  a(x.seq, x.at, x.body, x.secrets);
}

}  // namespace xf::engine
