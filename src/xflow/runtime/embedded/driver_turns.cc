// Turns: an input is applied to its instance, and what the instance commands is put into the group.
#include <algorithm>

#include "base/json/print.h"
#include "base/match.h"
#include "xflow/engine/fault.h"
#include "xflow/engine/revision.h"
#include "xflow/engine/step.h"
#include "xflow/runtime/embedded/driver.h"
#include "xflow/runtime/embedded/event_match.h"
#include "xflow/runtime/embedded/ids.h"

namespace xf::runtime::embedded {

namespace in = engine::input;
namespace cmd = engine::command;

std::string Driver::text_id(persistence::TenantKey tenant, persistence::InstanceKey key) const {
  return instance_id(key, catalog_.tenant(tenant).salt);
}

// ---- Instances in memory

Result<Driver::Hot*> Driver::hot(persistence::InstanceKey key, TimeUs now) {
  if (const auto found = hot_.find(key); found != hot_.end()) {
    used_.splice(used_.begin(), used_, found->second->used);
    return found->second.get();
  }
  if (parked_.contains(key))
    return fail(Code::kCorrupt, "this instance cannot be continued: see its incident");
  auto stored = reader_->load(key);
  if (!stored) {
    give_up(stored.error());
    return std::unexpected(*broken_);
  }
  if (!*stored) return fail(Code::kNotFound, "there is no such instance");
  const auto row = (*stored)->row;
  auto plan = catalog_.plan(row.definition, *reader_);
  if (!plan && plan.error().code == Code::kUnavailable) {
    give_up(plan.error());
    return std::unexpected(*broken_);
  }
  auto loaded = plan ? restore(*std::move(*stored), **plan, sources_of(row.tenant))
                     : Result<Loaded>(std::unexpected(plan.error()));
  if (broken_) return std::unexpected(*broken_);
  if (!loaded) {
    park(row, loaded.error(), now);
    return std::unexpected(loaded.error());
  }
  auto made = std::make_unique<Hot>();
  made->row = std::move(loaded->row);
  made->plan = *std::move(plan);
  made->instance = std::move(loaded->instance);
  made->open = std::move(loaded->open);
  made->seq = loaded->seq;
  made->at = loaded->at;
  made->tail_bytes = loaded->tail_bytes;
  made->snapshot_bytes = loaded->snapshot_bytes;
  made->is_counted = true;
  made->used = used_.insert(used_.begin(), key);
  return hot_.emplace(key, std::move(made)).first->second.get();
}

void Driver::park(const persistence::Instance& row, const Error& error, TimeUs now) {
  parked_.insert(row.key);
  group_.batch.incidents.push_back({row.key, row.tenant, now, error.message});
}

// ---- One input

void Driver::apply(Work& work, TimeUs now) {
  if (std::holds_alternative<in::CallCompleted>(work.body) || std::holds_alternative<in::Fetched>(work.body))
    open_.results.push_back(work);
  if (std::holds_alternative<in::Started>(work.body)) {
    if (work.mail != 0) group_.batch.mail_gone.push_back(work.mail);
    begin(work, now);
    return;
  }
  const auto found = hot(work.instance, now);
  if (broken_) return;
  if (!found && found.error().code != Code::kNotFound) {
    // Parked: the input waits with it, durably.
    keep_mail(work);
    if (work.due != 0)
      group_.batch.timers_gone.push_back(
          {work.due, work.instance, std::get<in::TimerFired>(work.body).timer, work.tenant});
    return;
  }
  if (work.mail != 0) group_.batch.mail_gone.push_back(work.mail);
  const bool wanted = found && !engine::is_final((*found)->instance.status()) &&
                      (*found)->open.wants(work.body) &&
                      (!std::holds_alternative<in::Cancel>(work.body) ||
                       engine::admissible(*(*found)->plan, (*found)->instance, work.body));
  if (!wanted) {
    if (work.due != 0)
      group_.batch.timers_gone.push_back(
          {work.due, work.instance, std::get<in::TimerFired>(work.body).timer, work.tenant});
    return;
  }
  take(**found, std::move(work.body), now);
}

Driver::Hot& Driver::begin(Work& work, TimeUs now) {
  auto made = std::make_unique<Hot>();
  Hot& hot = *made;
  hot.row = std::move(work.row);
  hot.row.key = work.instance;
  hot.row.tenant = work.tenant;
  hot.row.definition = work.definition;
  hot.row_is_new = true;
  ++counts_.started;
  hot.used = used_.insert(used_.begin(), work.instance);
  hot_.emplace(work.instance, std::move(made));
  auto plan = catalog_.plan(work.definition, *reader_);
  if (!plan) {
    // Found a moment ago, so only the disk can be in the way.
    give_up(plan.error());
    return hot;
  }
  hot.plan = *std::move(plan);
  take(hot, std::move(work.body), now);
  return hot;
}

void Driver::touch(Hot& hot) {
  if (hot.group == group_.number) return;
  hot.row_is_new = hot.seq == 0;
  hot.group = group_.number;
  open_.touched.push_back(hot.row.key);
  auto& rows = hot.row_is_new ? group_.batch.started : group_.batch.changed;
  hot.row_slot = rows.size();
  rows.emplace_back();
}

void Driver::take(Hot& hot, engine::InputBody body, TimeUs now) {
  touch(hot);
  TimeUs due = 0;
  if (const auto* fired = std::get_if<in::TimerFired>(&body)) {
    due = hot.open.timers[fired->timer];
    remove_timer(hot, fired->timer, due);
  }
  if (const auto* done = std::get_if<in::CallCompleted>(&body))
    open_.answered.emplace_back(hot.row.key, done->call);
  if (const auto* done = std::get_if<in::Fetched>(&body)) {
    open_.answered.emplace_back(hot.row.key, done->fetch);
    if (const auto* content = std::get_if<json::Value>(&done->content)) {
      contents_[done->digest] = *content;
      keep_content(hot.row.tenant, *done);
    }
  }

  // Its time never goes back, whatever the clock does, and a timer has fired when it was due, not before.
  hot.at = std::max({hot.at, now, due});
  engine::Input input{.seq = ++hot.seq, .at = hot.at, .body = std::move(body)};
  json::Value secrets;
  if (options_.vault && !hot.plan->secrets.empty()) {
    input.secrets = options_.vault->changes(*hot.plan, hot.instance.secrets());
    secrets = options_.vault->given(*hot.plan);
  }
  auto turn = engine::step(*hot.plan, hot.instance, input, secrets);
  group_.batch.journal.push_back({.instance = hot.row.key,
                                  .tenant = hot.row.tenant,
                                  .seq = input.seq,
                                  .at = input.at,
                                  .input = engine::encode(input),
                                  .trace = engine::encode(turn.trace),
                                  .digest = hot.instance.digest()});
  const std::size_t bytes = bytes_of(group_.batch.journal.back());
  hot.tail_bytes += bytes;
  ++counts_.turns;
  counts_.transitions += turn.transitions;
  counts_.journal_bytes += bytes;
  hot.open.take(input.body);
  for (auto& command : turn.commands) obey(hot, std::move(command), now);
  if (engine::is_final(hot.instance.status())) finish(hot);
  write_row(hot);
  tell(hot, input, std::move(turn.trace));
  if (!waiting_.empty() && engine::is_final(hot.instance.status())) answer_waiting(hot);
}

void Driver::write_row(Hot& hot) {
  count_status(hot);
  hot.row.status = static_cast<std::uint8_t>(hot.instance.status());
  hot.row.updated_at = hot.at;
  hot.row.ended_at = engine::is_final(hot.instance.status()) ? hot.at : 0;
  hot.row.owed = hot.open.owed();
  auto& rows = hot.row_is_new ? group_.batch.started : group_.batch.changed;
  rows[hot.row_slot] = hot.row;
}

// ---- Commands

void Driver::obey(Hot& hot, engine::Command command, TimeUs now) {
  match(
      command, [&](const cmd::StartCall& c) { send(hot, c); },
      [&](const cmd::CancelCall& c) { stop_sending(hot, c.id); }, [&](const cmd::Fetch& c) { send(hot, c); },
      [&](const cmd::StartTimer& c) {
        const persistence::Timer timer{c.due, hot.row.key, c.id, hot.row.tenant};
        group_.batch.timers.push_back(timer);
        timers_.add(timer, group_.number);
      },
      [&](const cmd::CancelTimer& c) {
        if (const auto found = hot.open.timers.find(c.id); found != hot.open.timers.end())
          remove_timer(hot, c.id, found->second);
      },
      [&](const cmd::Subscribe& c) {
        if (const auto old = hot.open.subscriptions.find(c.id); old != hot.open.subscriptions.end())
          remove_subscription(hot, old->second.command);
        const auto rows = events_.rows(hot.row, *hot.plan, c, group_.batch);
        group_.batch.subscriptions.insert(group_.batch.subscriptions.end(), rows.begin(), rows.end());
        events_.add(rows, group_.number);
      },
      [&](const cmd::Unsubscribe& c) {
        if (const auto old = hot.open.subscriptions.find(c.id); old != hot.open.subscriptions.end())
          remove_subscription(hot, old->second.command);
      },
      [&](const cmd::Publish& c) { (void)deliver(hot.row.tenant, c.event, now); },
      [](const cmd::StartChild&) {},
      [&](const cmd::CancelChild& c) {
        if (const auto found = hot.open.children.find(c.id); found != hot.open.children.end())
          cancel_child(hot, c.id, found->second);
      },
      [&](const cmd::Yield&) {
        queue_.push_back({.instance = hot.row.key, .body = in::Continued{}, .tenant = hot.row.tenant});
      },
      [](const cmd::Complete&) {}, [](const cmd::Fail&) {}, [](const cmd::Cancelled&) {});
  hot.open.ask(command);
  if (const auto* subscribe = std::get_if<cmd::Subscribe>(&command)) deliver_kept(hot, *subscribe, now);
  if (auto* child = std::get_if<cmd::StartChild>(&command)) start_child(hot, std::move(*child), now);
}

void Driver::remove_timer(const Hot& hot, engine::CommandId id, TimeUs due) {
  const persistence::Timer timer{due, hot.row.key, id, hot.row.tenant};
  timers_.remove(timer);
  auto& added = group_.batch.timers;
  if (const auto found = std::find(added.rbegin(), added.rend(), timer); found != added.rend()) {
    added.erase(std::next(found).base());
  } else {
    group_.batch.timers_gone.push_back(timer);
  }
}

void Driver::remove_subscription(Hot& hot, const cmd::Subscribe& subscribe) {
  for (const auto& row : events_.rows(hot.row, *hot.plan, subscribe, group_.batch)) {
    if (std::erase(group_.batch.subscriptions, row) == 0) group_.batch.subscriptions_gone.push_back(row);
  }
}

functions::WorkId Driver::work_id(const Hot& hot, engine::CommandId id) const {
  return {hot.instance.id(), id};
}

void Driver::send(Hot& hot, const cmd::StartCall& call) {
  json::Value document;
  if (const auto* api = std::get_if<cmd::OpenApiRequest>(&call.request)) {
    if (const auto fresh = contents_.find(api->document_digest); fresh != contents_.end()) {
      document = fresh->second;
    } else if (const auto stored = reader_->content(hot.row.tenant, api->document_digest); !stored) {
      return give_up(stored.error());
    } else if (*stored) {
      document = parse_content(**stored);
    }
  }
  group_.acts.push_back(act::Call{hot.row.key, work_id(hot, call.id), call.function ? call.function : hot.plan,
                                  call, std::move(document)});
  open_.sent.emplace_back(hot.row.key, call.id);
}

void Driver::send(Hot& hot, const cmd::Fetch& fetch) {
  group_.acts.push_back(act::Fetch{hot.row.key, work_id(hot, fetch.id),
                                   fetch.function ? fetch.function : hot.plan, fetch});
  open_.sent.emplace_back(hot.row.key, fetch.id);
}

void Driver::stop_sending(const Hot& hot, engine::CommandId id) {
  // Not sent yet: it never will be.
  if (const std::pair key(hot.row.key, id); std::erase(open_.sent, key) > 0) {
    std::erase_if(group_.acts, [&](const Act& one) {
      const auto* call = std::get_if<act::Call>(&one);
      const auto* fetch = std::get_if<act::Fetch>(&one);
      return (call && call->instance == hot.row.key && call->work.command == id) ||
             (fetch && fetch->instance == hot.row.key && fetch->work.command == id);
    });
    return;
  }
  group_.acts.push_back(act::Cancel{work_id(hot, id)});
  open_.answered.emplace_back(hot.row.key, id);
}

// ---- The end

// No work outlives its instance.
void Driver::finish(Hot& hot) {
  for (const auto& [id, due] : hot.open.timers) remove_timer(hot, id, due);
  for (const auto& [id, subscription] : hot.open.subscriptions)
    remove_subscription(hot, subscription.command);
  for (const auto& [id, call] : hot.open.calls) stop_sending(hot, id);
  for (const auto& [id, fetch] : hot.open.fetches) stop_sending(hot, id);
  for (const auto& [id, child] : hot.open.children) cancel_child(hot, id, child);
  hot.open = {};
  if (hot.row.parent != 0 && hot.row.parent_awaits) {
    in::ChildCompleted told{
        .child = hot.row.parent_command, .status = in::ChildStatus::kCancelled, .output = {}, .fault = {}};
    if (hot.instance.status() == engine::Status::kCompleted) {
      told.status = in::ChildStatus::kCompleted;
      told.output = hot.instance.output();
    } else if (hot.instance.status() == engine::Status::kFaulted) {
      told.status = in::ChildStatus::kFaulted;
      told.fault = hot.instance.fault().value_or(engine::Fault{});
    }
    queue_.push_back({.instance = hot.row.parent, .body = std::move(told), .tenant = hot.row.tenant});
  }
  instance_ended(hot.row, hot.at);
}

// ---- Children

void Driver::start_child(Hot& parent, cmd::StartChild child, TimeUs now) {
  auto prepared = prepare_start(parent.row.tenant, child.target, std::move(child.input), {}, now);
  if (!prepared) {
    if (!child.await) return;
    engine::Fault fault =
        engine::faults::make(engine::Standard::kConfiguration, "run: workflow: " + prepared.error().message);
    queue_.push_back({.instance = parent.row.key,
                      .body = in::ChildCompleted{.child = child.id,
                                                 .status = in::ChildStatus::kFaulted,
                                                 .output = {},
                                                 .fault = std::move(fault)},
                      .tenant = parent.row.tenant});
    return;
  }
  std::get<in::Started>(prepared->body).parent = engine::ParentRef{parent.instance.id(), child.id};
  prepared->row.parent = parent.row.key;
  prepared->row.parent_command = child.id;
  prepared->row.parent_awaits = child.await;
  if (child.await) parent.open.children[child.id] = {.await = true, .key = prepared->instance};
  queue_.push_back(*std::move(prepared));
}

void Driver::cancel_child(Hot& parent, engine::CommandId id, const OpenWork::Child& child) {
  auto key = child.key;
  if (key == 0) {
    const auto found = reader_->child(parent.row.key, id);
    if (!found) return give_up(found.error());
    key = *found;
  }
  const auto is_it = [&](const persistence::Instance& row) {
    return row.parent == parent.row.key && row.parent_command == id;
  };
  if (key == 0) {  // not begun yet
    const auto waiting = std::ranges::find_if(queue_, [&](const Work& work) {
      return std::holds_alternative<in::Started>(work.body) && is_it(work.row);
    });
    if (waiting != queue_.end()) key = waiting->instance;
  }
  if (key == 0) {  // begun in a group that is not durable yet
    const auto begun = std::ranges::find_if(hot_, [&](const auto& entry) { return is_it(entry.second->row); });
    if (begun != hot_.end()) key = begun->first;
  }
  if (key != 0)
    queue_.push_back({.instance = key,
                      .body = in::Cancel{"its parent no longer waits for it"},
                      .tenant = parent.row.tenant});
}

}  // namespace xf::runtime::embedded
