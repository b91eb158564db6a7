// Life of the driver: beginning, groups, failures, and the work of the clock.
#include "xflow/runtime/embedded/driver.h"

#include <algorithm>

#include "base/check.h"
#include "base/random.h"
#include "xflow/runtime/embedded/ids.h"

namespace xf::runtime::embedded {

namespace {

constexpr std::uint32_t kOwedStep = 64;   // instances whose calls are sent again in one tick
constexpr std::size_t kTimersStep = 512;  // timers that fire in one tick
constexpr TimeUs kRetryAfter = kUsPerSecond / 2;
constexpr TimeUs kHousekeepingEvery = kUsPerSecond;
constexpr TimeUs kKeysKept = 24 * 3600 * kUsPerSecond;
constexpr std::uint32_t kDeleteStep = 200;
constexpr std::size_t kProbeBytes = 256u << 10;

std::uint8_t final_statuses() {
  std::uint8_t out = 0;
  for (std::uint8_t status = 0; status < persistence::kStatuses; ++status)
    if (engine::is_final(static_cast<engine::Status>(status)))
      out = static_cast<std::uint8_t>(out | 1u << status);
  return out;
}

}  // namespace

Driver::Driver(DriverOptions options, persistence::Store& store)
    : options_(std::move(options)), store_(store), chance_(options_.seed) {
  group_.number = open_.number = 1;
}

Driver::~Driver() = default;

std::uint64_t Driver::next_random_() { return next_random(chance_); }

void Driver::answer(Answer one) { group_.answers.push_back(std::move(one)); }

// ---- Beginning

void Driver::reset() {
  hot_.clear();
  used_.clear();
  parked_.clear();
  queue_.clear();
  pending_keys_.clear();
  contents_.clear();
  scheduler_.clear();
  timers_ = {};
  owed_after_ = 0;
  owed_left_ = true;
  delete_after_ = 0;
}

Result<void> Driver::recover(TimeUs now) {
  reset();
  if (!reader_) {
    XF_TRY_ASSIGN(reader_, store_.reader());
  }
  XF_TRY_ASSIGN(counters_, reader_->counters());
  XF_TRY(catalog_.load(*reader_));
  XF_TRY(count_instances());
  XF_TRY(events_.load(*reader_, counters_));
  XF_TRY_ASSIGN(const auto incidents, reader_->incidents());
  for (const auto& incident : incidents) parked_.insert(incident.instance);
  XF_TRY_ASSIGN(auto schedules, reader_->schedules());
  for (auto& schedule : schedules) {
    XF_TRY_ASSIGN(auto plan, catalog_.plan(schedule.definition, *reader_));
    scheduler_.set(std::move(schedule), std::move(plan));
  }
  scheduler_.skip_missed(now);
  XF_TRY_ASSIGN(const auto mail, reader_->mail());
  for (const auto& row : mail) {
    XF_TRY_ASSIGN(auto input, engine::decode_input(row.input));
    XF_TRY(engine::fill(input.body, contents_of(*reader_, row.tenant)));
    Work work{.instance = row.instance,
              .body = std::move(input.body),
              .tenant = row.tenant,
              .definition = row.definition,
              .mail = row.key};
    if (row.definition != 0) {
      const auto& started = std::get<engine::input::Started>(work.body);
      work.row.business_key = started.key;
      if (started.parent) {
        work.row.parent =
            parse_instance_id(started.parent->instance, catalog_.tenant(row.tenant).salt).value_or(0);
        work.row.parent_command = started.parent->command;
      }
      work.row.parent_awaits = row.parent_awaits;
      counters_.instance = std::max(counters_.instance, row.instance);
    }
    queue_.push_back(std::move(work));
  }
  broken_.reset();
  probe_due_ = false;
  for (auto& result : std::exchange(saved_results_, {})) queue_.push_back(std::move(result));
  // A new program may be able to read what the last one could not: every parked instance gets another chance.
  for (const auto key : std::exchange(parked_, {})) {
    if (hot(key, now)) group_.batch.incidents_gone.push_back(key);
    if (broken_) return std::unexpected(*broken_);
  }
  return {};
}

// The calls of instances that have calls without an answer, a few instances at a time.
void Driver::recover_owed(TimeUs now) {
  const auto rows = reader_->owed(owed_after_, kOwedStep);
  if (!rows) return give_up(rows.error());
  for (const auto& row : *rows) {
    owed_after_ = row.key;
    if (parked_.contains(row.key)) continue;
    const auto found = hot(row.key, now);
    if (broken_) return;
    if (found) resend(**found);
  }
  owed_left_ = rows->size() == kOwedStep;
}

void Driver::resend(Hot& hot) {
  const auto unsent = [&](engine::CommandId id) {
    const std::pair key(hot.row.key, id);
    if (in_flight_.contains(key) || std::ranges::find(open_.sent, key) != open_.sent.end()) return false;
    return std::ranges::none_of(unsettled_, [&](const Unsettled& group) {
      return std::ranges::find(group.sent, key) != group.sent.end();
    });
  };
  for (const auto& [id, call] : hot.open.calls)
    if (unsent(id)) send(hot, call);
  for (const auto& [id, fetch] : hot.open.fetches)
    if (unsent(id)) send(hot, fetch);
}

// ---- The clock

void Driver::tick(TimeUs now) {
  const Undo undo(*this, now);
  if (broken_) {
    probe_due_ = !probing_ && unsettled_.empty() && now >= retry_at_;
    return;
  }
  if (owed_left_) recover_owed(now);
  if (broken_) return;
  auto due = timers_.due(now, kTimersStep, *reader_);
  if (!due) return give_up(due.error());
  for (const auto& timer : *due) {
    queue_.push_back({.instance = timer.instance,
                      .body = engine::input::TimerFired{timer.timer},
                      .tenant = timer.tenant,
                      .due = timer.due});
    if (options_.timer_fired) options_.timer_fired(now - timer.due);
  }
  counts_.timers_fired += due->size();
  for (auto& schedule : scheduler_.due(now)) start_scheduled(std::move(schedule), now);
  expire_waiting(now);
  if (now < housekeeping_at_) return;
  housekeeping_at_ = now + kHousekeepingEvery;
  events_.drop_expired(now, group_.batch);
  if (options_.retain_us > 0) delete_old(now);
}

void Driver::delete_old(TimeUs now) {
  const auto keys = reader_->ended(final_statuses(), now - options_.retain_us, delete_after_, kDeleteStep);
  if (!keys) return give_up(keys.error());
  delete_after_ = keys->size() == kDeleteStep ? keys->back() : 0;
  for (const auto key : *keys) {
    if (const auto found = hot_.find(key); found != hot_.end()) {
      // Continued by a person in a group that is not settled yet.
      if (!engine::is_final(found->second->instance.status()) || found->second->group > 0) continue;
      used_.erase(found->second->used);
      hot_.erase(found);
    }
    const auto row = reader_->instance(key);
    if (row && *row) --counts_.instances[(*row)->status];
    group_.batch.deleted.push_back(key);
  }
  if (keys->size() == kDeleteStep) housekeeping_at_ = now + kHousekeepingEvery / 20;
}

TimeUs Driver::next_due() const {
  if (broken_) return probing_ || probe_due_ || !unsettled_.empty() ? INT64_MAX : retry_at_;
  if (owed_left_ || !queue_.empty()) return INT64_MIN;
  TimeUs out = std::min(timers_.next(), scheduler_.next());
  if (!waiting_until_.empty()) out = std::min(out, waiting_until_.begin()->first);
  if (options_.retain_us > 0 || !events_.kept().empty()) out = std::min(out, housekeeping_at_);
  return out;
}

bool Driver::work(TimeUs now, std::size_t turns_max) {
  const Undo undo(*this, now);
  for (std::size_t turns = 0; turns < turns_max && !queue_.empty() && !broken_; ++turns) {
    Work work = std::move(queue_.front());
    queue_.pop_front();
    apply(work, now);
  }
  return !queue_.empty() && !broken_;
}

// ---- Groups

bool Driver::has_group() const {
  if (broken_) return probe_due_;
  return !group_.batch.empty() || !group_.answers.empty() || !group_.acts.empty();
}

Group Driver::seal(TimeUs now) {
  if (broken_) {
    // What it takes to know that the disk takes writes again. The row is old, and goes with the next old
    // ones.
    probing_ = true;
    probe_due_ = false;
    group_.batch.idempotency = {
        {.tenant = 0, .operation = "probe", .key = "probe", .answer = std::string(kProbeBytes, 'x')}};
  } else {
    for (auto& work : queue_) keep_mail(work);
    if (!group_.batch.idempotency.empty() && group_.number % 64 == 0)
      group_.batch.idempotency_before = now - kKeysKept;
    for (const auto key : open_.touched) {
      Hot& hot = *hot_.at(key);
      const bool has_ended = engine::is_final(hot.instance.status());
      // What has ended is small, and with secrets it must be readable without them.
      if (has_ended ? !hot.plan->secrets.empty() : snapshot_due(hot.tail_bytes, hot.snapshot_bytes))
        snapshot(hot);
    }
  }
  const auto number = group_.number;
  unsettled_.push_back(std::exchange(open_, {}));
  Group out = std::exchange(group_, {});
  group_.number = open_.number = number + 1;
  return out;
}

void Driver::settle(std::uint64_t number, const Result<void>& done, TimeUs now) {
  const Undo undo(*this, now);
  XF_CHECK(!unsettled_.empty() && unsettled_.front().number == number, "groups are settled in their order");
  Unsettled group = std::move(unsettled_.front());
  unsettled_.pop_front();
  if (done) {
    settled_ = number;
    for (const auto& key : group.answered) in_flight_.erase(key);
    for (const auto& key : group.sent) in_flight_.insert(key);
  } else {
    for (auto& result : group.results) saved_results_.push_back(std::move(result));
  }
  if (broken_) return settle_broken(done, now);
  if (!done) return give_up(done.error());
  for (const auto& key : group.keys) pending_keys_.erase(key);
  timers_.settled(number);
  events_.settled(number);
  if (unsettled_.empty()) contents_.clear();
  forget_finished(group);
  evict();
}

void Driver::settle_broken(const Result<void>& done, TimeUs now) {
  retry_at_ = now + kRetryAfter;
  if (!std::exchange(probing_, false) || !done) return;
  if (const auto again = recover(now); !again) give_up(again.error());
}

void Driver::forget_finished(const Unsettled& group) {
  for (const auto key : group.touched) {
    const auto found = hot_.find(key);
    if (found == hot_.end() || found->second->group != group.number) continue;
    found->second->group = 0;
    if (!engine::is_final(found->second->instance.status())) continue;
    used_.erase(found->second->used);
    hot_.erase(found);
  }
}

// Nothing of the open groups has happened, or nobody can tell what the store holds: begin again from there,
// once it takes writes. A group that is being committed at this moment is settled later.
void Driver::give_up(const Error& error) {
  broken_ = Error{Code::kUnavailable, error.message};
  gave_up_ = true;
}

void Driver::begin_again(TimeUs now) {
  gave_up_ = false;
  retry_at_ = now + kRetryAfter;
  for (auto& group : unsettled_)
    for (const auto& result : group.results) saved_results_.push_back(result);
  for (auto& result : open_.results) saved_results_.push_back(std::move(result));
  for (auto& work : queue_)
    if (std::holds_alternative<engine::input::CallCompleted>(work.body) ||
        std::holds_alternative<engine::input::Fetched>(work.body))
      saved_results_.push_back(std::move(work));
  auto answers = std::move(group_.answers);
  const auto number = group_.number;
  group_ = {};
  open_ = {};
  group_.number = open_.number = number;
  reset();
  for (auto& one : answers) one(&*broken_);
  fail_waiting();
}

// Starts that were durable go on; whoever waits for another one is told.
void Driver::fail_waiting() {
  const Error perhaps{Code::kTimeout, "whether the instance was started is not known: " + broken_->message};
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    auto& callers = it->second;
    for (auto& caller : callers)
      if (caller.group > settled_) caller.callback(std::unexpected(unsettled_.empty() ? *broken_ : perhaps));
    std::erase_if(callers, [&](const WaitingCaller& caller) { return caller.group > settled_; });
    it = callers.empty() ? waiting_.erase(it) : std::next(it);
  }
}

void Driver::evict() {
  auto last = used_.end();
  while (hot_.size() > options_.hot_max && last != used_.begin()) {
    --last;
    const auto found = hot_.find(*last);
    if (found->second->group != 0) continue;
    hot_.erase(found);
    last = used_.erase(last);
  }
}

void Driver::prepare_stop() {
  if (broken_) return;
  expire_waiting(INT64_MAX);
  for (auto& [key, hot] : hot_) {
    if (hot->tail_bytes == 0 || engine::is_final(hot->instance.status())) continue;
    snapshot(*hot);
  }
}

// ---- Tenants

persistence::TenantKey Driver::tenant_for_writing(const std::string& name) {
  if (const auto key = catalog_.find_tenant(name); key != 0) return key;
  const auto tenant = catalog_.add_tenant(name, random());
  group_.batch.tenants.push_back(tenant);
  return tenant.key;
}

}  // namespace xf::runtime::embedded
