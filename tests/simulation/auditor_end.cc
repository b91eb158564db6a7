// The judgement at the end of a world.
#include "auditor.h"
#include "base/json/print.h"

namespace xf::simulation {

Expected Auditor::expected(const std::string& key, const Run& run) const {
  return programs_[run.program].run(key, run.gen, run.n, run.from);
}

void Auditor::found(const Found& found) {
  judge_waits(found);
  for (const auto& [seq, entries] : told_[found.instance])
    if (seq > found.entries.size() || found.entries[seq - 1] != entries)
      problem("instance " + std::to_string(found.instance) + ": input " + std::to_string(seq) +
              " was told, and is another one or gone");
  if (found.parent != 0) return children_[found.parent].push_back(found);
  if (found.key.empty()) return;  // started by a schedule
  const auto run = runs_.find(found.key);
  if (run == runs_.end()) return problem("an instance that nobody started has the key " + found.key);
  if (++run->second.found > 1) return problem(found.key + " exists twice");
  if (run->second.instance != 0 && run->second.instance != found.instance)
    return problem(found.key + " was acknowledged as " + std::to_string(run->second.instance) + " and is " +
                   std::to_string(found.instance));
  judge_end(found, run->second);
}

void Auditor::judge_end(const Found& found, Run& run) {
  const Expected right = expected(found.key, run);
  const std::string who =
      found.key + " (" + found.definition + ", instance " + std::to_string(found.instance) + ")";
  if (run.is_cancelled) {
    if (found.status != "cancelled") problem(who + " was cancelled and is " + found.status);
    return;
  }
  if (right.times_out) {
    if (found.status != "faulted" || !found.fault_type.ends_with("/timeout"))
      problem(who + " is " + found.status + " where its timeout should have ended it");
    else if (found.ended_at - found.started_at < programs_[run.program].timeout_ms() * kUsPerMs)
      problem(who + " timed out early");
    return;
  }
  if (found.status != "completed")
    return problem(who + " is " + found.status + " at the end of time: " + found.fault_type);
  const json::Value& out = found.output;
  if (out.get("n") != json::Value::integer(right.n) || out.get("key") != json::Value::string(found.key) ||
      out.get("gen") != json::Value::integer(run.gen))
    problem(who + " gave " + json::print(out) + ", right is n = " + std::to_string(right.n) +
            " of generation " + std::to_string(run.gen));
}

void Auditor::judge_waits(const Found& found) {
  std::map<std::pair<std::string, std::int32_t>, TimeUs> started;
  for (const Entry& entry : found.history) {
    const std::pair place(entry.task, entry.iteration);
    if (entry.what == "started") started[place] = entry.at;
    if (entry.what != "completed" && entry.what != "faulted") continue;
    std::optional<std::int64_t> wanted;
    if (found.definition == "child" && entry.task.ends_with("/nap")) wanted = kNapMs;
    for (const Program& program : programs_)
      if (program.name() == found.definition) wanted = program.waits_ms(entry.task);
    if (!wanted || !started.contains(place)) continue;
    if (const TimeUs took = entry.at - started[place]; took < *wanted * kUsPerMs)
      problem("instance " + std::to_string(found.instance) + ": " + entry.task + " took " +
              std::to_string(took) + " us of " + std::to_string(*wanted) + " ms: a timer was early");
  }
}

// Each call of the last generation has happened once; no other has happened twice.
void Auditor::judge_calls(const std::string& key, const Run& run) {
  for (const auto& [gen, begin] : run.gens) {
    const auto calls = programs_[run.program].run(key, gen, begin.second, begin.first).calls;
    for (const std::string& call : calls) {
      const auto times = performed_.contains(call) ? performed_.at(call).size() : 0;
      if (times > 1) problem("the call " + call + " happened " + std::to_string(times) + " times");
      if (times == 0 && gen == run.gen && !run.is_cancelled) problem("the call " + call + " never happened");
      performed_.erase(call);
    }
  }
}

void Auditor::judge_child(const Found& child, const Run& run) {
  const std::string who = "the child " + child.definition + " " + std::to_string(child.instance) + " for " +
                          logical_of(child.input);
  if (child.definition == "sleeper") {
    if (child.status != "cancelled") problem(who + " is " + child.status + " though nobody waits for it");
    return;
  }
  if (child.status == "cancelled" && (run.is_disturbed || run.is_cancelled)) return;
  if (child.status != "completed") return problem(who + " is " + child.status);
  if (child.output.get("n") != json::Value::integer(child.input.get("n").as_int64() + kChildAdds))
    problem(who + " gave " + json::print(child.output));
}

void Auditor::judge_children(const std::string& key, const Run& run) {
  std::map<std::string, unsigned> completed;
  for (const Found& child : children_[run.instance]) {
    judge_child(child, run);
    if (child.definition == "child" && child.status == "completed") ++completed[logical_of(child.input)];
  }
  std::set<std::string> known;
  for (const auto& [gen, begin] : run.gens) {
    const auto children = programs_[run.program].run(key, gen, begin.second, begin.first).children;
    known.insert(children.begin(), children.end());
  }
  for (const auto& [child, times] : completed) {
    if (!known.contains(child)) problem("nobody has run the child " + child);
    // One that was under way when its parent faulted is run again by the retry.
    if (times > 1 && !run.is_disturbed)
      problem("the child " + child + " ran " + std::to_string(times) + " times");
  }
  if (run.is_cancelled) return;
  for (const std::string& child : expected(key, run).children)
    if (!completed.contains(child)) problem("the child " + child + " never ran to its end");
}

std::vector<std::string> Auditor::judge() {
  for (const auto& [key, run] : runs_) {
    if (run.instance != 0 && run.found == 0)
      problem(key + " was acknowledged as " + std::to_string(run.instance) + " and is gone");
    judge_calls(key, run);
    judge_children(key, run);
  }
  for (const auto& [call, keys] : performed_) problem("nobody has made the call " + call);
  return problems_;
}

}  // namespace xf::simulation
