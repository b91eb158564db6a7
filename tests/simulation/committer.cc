#include "committer.h"

#include "base/match.h"
#include "xflow/runtime/embedded/ids.h"

namespace xf::simulation {

namespace embedded = runtime::embedded;

void Committer::begin(embedded::Driver& driver, persistence::Store& store, persistence::Reader& disk) {
  open_.clear();
  driver_ = &driver;
  store_ = &store;
  disk_ = &disk;
}

void Committer::seal() {
  if (open_.size() >= open_max_ || !driver_->has_group()) return;
  Open open{.group = driver_->seal(shared_.now)};
  open.is_doomed = !open_.empty() && (open_.back().is_doomed || !open_.back().result);
  for (const auto& row : open.group.batch.journal) open.seqs[row.instance] = row.seq;
  shared_.say("group " + std::to_string(open.group.number) + " with " + std::to_string(open.seqs.size()) +
              " instances");
  if (mutant_ == Mutant::kAnswersBeforeCommit)
    while (open.answers < open.group.answers.size()) answer(open);
  if (mutant_ == Mutant::kActsBeforeCommit)
    while (open.acts < open.group.acts.size()) act(open);
  open_.push_back(std::move(open));
}

// Groups are committed one after the other; what stands on one that failed fails too.
void Committer::commit() {
  if (open_.empty() || open_.front().is_committed) return;
  Open& open = open_.front();
  open.is_committed = true;
  if (open.is_doomed && mutant_ != Mutant::kCommitsBehindFailed) {
    open.result = fail(Code::kUnavailable, "the group before it failed");
  } else if (!open.group.batch.empty()) {
    open.result = store_->commit(open.group.batch);
  }
  ++(open.result ? shared_.stats.commits : shared_.stats.failed_commits);
  shared_.say("group " + std::to_string(open.group.number) +
              (open.result ? " is durable" : ": " + open.result.error().message));
  if (!open.result)
    for (Open& later : open_) later.is_doomed = true;
  if (mutant_ == Mutant::kAcksFailedCommit) open.result = {};
}

void Committer::settle() {
  if (open_.empty() || !open_.front().is_committed || open_.front().is_settled) return;
  open_.front().is_settled = true;
  driver_->settle(open_.front().group.number, open_.front().result, shared_.now);
}

void Committer::follow() {
  if (open_.empty() || !open_.front().is_settled) return;
  Open& open = open_.front();
  shared_.auditor.follow(shared_.life << 32 | open.group.number);
  if (open.answers < open.group.answers.size()) return answer(open);
  if (open.result && open.told < open.group.told.size()) return tell(open.group.told[open.told++]);
  if (open.result && open.acts < open.group.acts.size()) return act(open);
  open_.pop_front();
}

bool Committer::finish() {
  bool had_some = false;
  while (!open_.empty() || driver_->has_group()) {
    had_some = true;
    seal();
    commit();
    settle();
    follow();
  }
  return had_some;
}

void Committer::answer(Open& open) {
  auto callback = std::move(open.group.answers[open.answers++]);
  const Error failed = open.result ? Error{} : Error{Code::kUnavailable, open.result.error().message};
  callback(open.result ? nullptr : &failed);
}

void Committer::tell(const embedded::Told& told) {
  if (told.trace.empty()) return;
  if (shared_.is_told)
    for (const auto& entry : told.trace)
      shared_.say(std::to_string(told.instance) + " input " + std::to_string(told.seq) + ": " +
                  std::string(word(entry.what)) + " " + entry.task);
  shared_.auditor.told(told.instance, told.seq, told.trace.size(), told.at, shared_.now_max);
}

// The turn that wants the act is there, or, when it is done again after a crash, its instance.
bool Committer::is_stored(const Open& open, persistence::InstanceKey instance) {
  const auto seq = open.seqs.find(instance);
  const auto rows = disk_->journal(instance, seq == open.seqs.end() ? 1 : seq->second, 1);
  return rows && !rows->empty();
}

void Committer::act(Open& open) {
  embedded::Act& one = open.group.acts[open.acts++];
  if (mutant_ == Mutant::kForgetsActs && shared_.chance.percent(20)) return;
  match(
      one, [&](const embedded::act::Call& call) { service_.take(call, is_stored(open, call.instance)); },
      [](const embedded::act::Fetch&) {},
      [&](const embedded::act::Cancel& cancel) { service_.stop(cancel.work); });
}

}  // namespace xf::simulation
