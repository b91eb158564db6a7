// try: its list; what goes wrong there may be caught, done again, or handled.
//   enter                       → attempt: the list (its limit begins), or complete(input) when it is empty
//   list is done                → complete(its output)
//   fault below, not caught     → passes (raise.cc goes on with the parent)
//   fault below, caught         → all below is given up; then
//       retry, policy allows    → backoff timer, or at once → attempt
//       else, catch.do          → the handler's list, with `catch.as`
//       else, no policy         → complete(input)
//       else                    → passes: the limit of a retry without a handler is no answer
//   backoff timer               → attempt
//   attempt timer               → a timeout fault below
//   handler's list is done      → complete(its output), catch.then counts
#include "xflow/engine/attempt.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/kinds.h"
#include "xflow/engine/lists.h"
#include "xflow/engine/retry.h"
#include "xflow/engine/scope.h"

namespace xf::engine {
namespace {

using json::Value;

TryState& state_of(Frame& frame) { return *std::get<std::unique_ptr<TryState>>(frame.own); }

void attempt(Machine& m, Frame& frame) {
  const auto& body = m.body<plan::Try>(frame);
  if (body.retry && body.retry->attempt_duration) {
    const Datum error = state_of(frame).error;
    const Place place{
        .arguments = arguments::kBody, .field = "retry.limit.attempt.duration", .own = {&error, 1}};
    const auto due = due_time(m, frame, *body.retry->attempt_duration, frame.input, place);
    if (!due) return raise(m, frame, due.error());
    m.start_timer(frame, WaitKind::kAttempt, *due);
  }
  if (!begin_list(m, frame, Part::kBody, body.list, frame.input)) m.complete(frame, frame.input);
}

void enter(Machine& m, Frame& frame) {
  frame.own = std::make_unique<TryState>(
      TryState{.first_at = m.now, .error = {}, .last_attempt = {}, .this_attempt = {}});
  attempt(m, frame);
}

void retry(Machine& m, Frame& frame) {
  TryState& state = state_of(frame);
  m.tell(Happened::kTaskRetried, frame, Value::object({{"attempt", Value::integer(state.retries + 1)}}));
  attempt(m, frame);
}

void done(Machine& m, Frame& frame, ChildDone child) {
  m.stop(frame, WaitKind::kAttempt);
  if (child.part == Part::kHandler && m.body<plan::Try>(frame).then) frame.chosen = 1;
  m.complete(frame, std::move(child.output));
}

void on(Machine& m, Frame& frame, WaitKind kind, const InputBody&) {
  if (kind == WaitKind::kBackoff) return retry(m, frame);
  raise(m, *frame.child, faults::timeout("the attempt took longer than retry.limit.attempt.duration"));
}

// One member of catch.errors.with against the same of the fault. Unset: anything.
std::expected<bool, Fault> fits(Machine& m, const Frame& frame, const std::optional<plan::Template>& wanted,
                                std::string_view field, const auto& is_same) {
  if (!wanted) return true;
  auto value = evaluate(m, frame, *wanted, frame.input, {.arguments = arguments::kBody, .field = field});
  if (!value) return std::unexpected(std::move(value).error());
  return is_same(value->value());
}

std::expected<bool, Fault> matches(Machine& m, const Frame& frame, const plan::ErrorFilter& filter,
                                   const Fault& fault) {
  const auto is_text = [](const std::string& text) {
    return [&text](const Value& wanted) { return wanted.is_string() && wanted.as_string() == text; };
  };
  const auto is_type = [&](const Value& wanted) {
    return wanted.is_string() && faults::same_type(wanted.as_string(), fault.type);
  };
  const auto is_status = [&](const Value& wanted) {
    return wanted.is_number() && wanted.as_double() == double(fault.status);
  };
  auto result = fits(m, frame, filter.type, "catch.errors.with.type", is_type);
  if (result && *result) result = fits(m, frame, filter.status, "catch.errors.with.status", is_status);
  if (result && *result)
    result = fits(m, frame, filter.instance, "catch.errors.with.instance", is_text(fault.instance));
  if (result && *result)
    result = fits(m, frame, filter.title, "catch.errors.with.title", is_text(fault.title));
  if (result && *result)
    result = fits(m, frame, filter.detail, "catch.errors.with.detail", is_text(fault.detail));
  return result;
}

// errors, then `when`, then `exceptWhen`.
std::expected<bool, Fault> catches(Machine& m, const Frame& frame, const Fault& fault, const Datum& error) {
  const auto& body = m.body<plan::Try>(frame);
  if (body.errors) {
    const auto is_meant = matches(m, frame, *body.errors, fault);
    if (!is_meant || !*is_meant) return is_meant;
  }
  const auto holds = [&](const plan::Template& condition,
                         std::string_view field) -> std::expected<bool, Fault> {
    auto value = evaluate(m, frame, condition, frame.input,
                          {.arguments = arguments::kBody, .field = field, .own = {&error, 1}});
    if (!value) return std::unexpected(std::move(value).error());
    return value->value().truthy();
  };
  if (body.when) {
    const auto is_wanted = holds(*body.when, "catch.when");
    if (!is_wanted || !*is_wanted) return is_wanted;
  }
  if (!body.except_when) return true;
  const auto is_excepted = holds(*body.except_when, "catch.exceptWhen");
  if (!is_excepted) return is_excepted;
  return !*is_excepted;
}

}  // namespace

Verdict judge(Machine& m, Frame& frame, const Fault& fault) {
  using enum Verdict::Action;
  const auto& body = m.body<plan::Try>(frame);
  Verdict verdict{.error = to_json(fault), .fault = {}};
  auto fail = [&](Fault f) {
    verdict.action = kFail;
    verdict.fault = std::move(f);
    return std::move(verdict);
  };
  const auto is_caught = catches(m, frame, fault, verdict.error);
  if (!is_caught) return fail(is_caught.error());
  if (!*is_caught) return verdict;
  if (body.retry) {
    const auto next = next_attempt(m, frame, *body.retry, verdict.error);
    if (!next) return fail(next.error());
    if (*next) {
      verdict.action = kRetry;
      verdict.at = **next;
      return verdict;
    }
  }
  if (body.handler || !body.retry) verdict.action = kHandle;
  return verdict;
}

void take(Machine& m, Frame& frame, Verdict verdict) {
  const auto& body = m.body<plan::Try>(frame);
  TryState& state = state_of(frame);
  state.error = std::move(verdict.error);
  note_unsettled(m, frame);
  m.abandon_children(frame);
  m.stop(frame, WaitKind::kAttempt);
  if (verdict.action == Verdict::Action::kRetry) {
    ++state.retries;
    state.last_attempt.insert(state.last_attempt.end(), state.this_attempt.begin(), state.this_attempt.end());
    state.this_attempt.clear();
    if (verdict.at > m.now) {
      m.start_timer(frame, WaitKind::kBackoff, verdict.at);
    } else if (m.close_cycle(frame, 2)) {
      retry(m, frame);
    }
    return;
  }
  state.is_handling = true;
  const bool has_begun = body.handler && begin_list(m, frame, Part::kHandler, *body.handler, frame.input);
  if (has_begun) return;
  if (body.then) frame.chosen = 1;
  m.complete(frame, frame.input);
}

namespace nodes {
constinit const Kind kTry = {.enter = enter, .done = done, .on = on};
}  // namespace nodes

}  // namespace xf::engine
