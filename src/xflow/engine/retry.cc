#include "xflow/engine/retry.h"

#include <algorithm>

#include "xflow/engine/scope.h"

namespace xf::engine {
namespace {

using json::Value;

constexpr TimeUs kDelayMax = TimeUs{1} << 55;  // more than a thousand years

TimeUs scaled(TimeUs delay, plan::Backoff backoff, std::uint32_t retry) {
  double factor = 1;
  if (backoff == plan::Backoff::kLinear) factor = retry;
  if (backoff == plan::Backoff::kExponential) factor = double(std::uint64_t{1} << std::min(retry - 1, 62u));
  return double(delay) * factor >= double(kDelayMax) ? kDelayMax : TimeUs(double(delay) * factor);
}

// Whole milliseconds, evenly from [from, to].
TimeUs drawn(Machine& m, TimeUs from, TimeUs to) {
  if (to <= from) return from;
  const auto choices = std::uint64_t((to - from) / kUsPerMs) + 1;
  return from + TimeUs(m.random() % choices) * kUsPerMs;
}

// An expression that `when` and `exceptWhen` hold.
std::expected<bool, Fault> holds(Machine& m, const Frame& frame,
                                 const std::optional<plan::Template>& condition, bool absent,
                                 const Place& place) {
  if (!condition) return absent;
  auto value = evaluate(m, frame, *condition, frame.input, place);
  if (!value) return std::unexpected(std::move(value).error());
  return value->value().truthy();
}

}  // namespace

std::expected<std::optional<TimeUs>, Fault> next_attempt(Machine& m, const Frame& frame,
                                                         const plan::RetryPolicy& policy,
                                                         const Value& caught) {
  const TryState& state = *std::get<std::unique_ptr<TryState>>(frame.own);
  const Datum error = caught;
  const auto place = [&](std::string_view field) {
    return Place{.arguments = arguments::kBody, .field = field, .own = {&error, 1}};
  };
  const auto is_wanted = holds(m, frame, policy.when, true, place("retry.when"));
  if (!is_wanted) return std::unexpected(is_wanted.error());
  const auto is_excepted = holds(m, frame, policy.except_when, false, place("retry.exceptWhen"));
  if (!is_excepted) return std::unexpected(is_excepted.error());
  if (!*is_wanted || *is_excepted) return std::nullopt;
  if (policy.attempts_max && state.retries >= *policy.attempts_max) return std::nullopt;

  // Durations as lengths of time from now.
  const auto length = [&](const plan::Duration& d, std::string_view field) -> std::expected<TimeUs, Fault> {
    const auto due = due_time(m, frame, d, frame.input, place(field));
    if (!due) return std::unexpected(due.error());
    return std::max<TimeUs>(0, *due - m.now);
  };
  const auto delay = length(policy.delay, "retry.delay");
  if (!delay) return std::unexpected(delay.error());
  TimeUs pause = scaled(*delay, policy.backoff, state.retries + 1);
  if (policy.jitter) {
    const auto from = length(policy.jitter->first, "retry.jitter.from");
    if (!from) return std::unexpected(from.error());
    const auto to = length(policy.jitter->second, "retry.jitter.to");
    if (!to) return std::unexpected(to.error());
    pause += drawn(m, *from, *to);
  }
  if (policy.total_duration) {
    const auto total = length(*policy.total_duration, "retry.limit.duration");
    if (!total) return std::unexpected(total.error());
    if (m.now + pause > state.first_at + *total) return std::nullopt;
  }
  return m.now + pause;
}

}  // namespace xf::engine
