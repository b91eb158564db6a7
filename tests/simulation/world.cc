// One simulated world; see world.h.
#include "world.h"

#include "base/check.h"
#include "base/json/parse.h"
#include "base/json/print.h"
#include "mutant_store.h"
#include "xflow/definition/load.h"

namespace xf::simulation {
namespace {

using runtime::embedded::Answered;
using runtime::embedded::Driver;
using runtime::embedded::Group;
namespace act = runtime::embedded::act;

constexpr TimeUs kBegin = INT64_C(1'700'000'000) * kUsPerSecond;
// So many steps are far more than any of these worlds needs: reaching it means that something hangs.
constexpr std::uint64_t kStepsMax = 400'000;

engine::Fault communication(int status) {
  engine::Fault fault;
  fault.type = "https://open-workflow-specification.org/spec/1.0.0/errors/communication";
  fault.status = status;
  fault.title = "simulated";
  return fault;
}

class World {
 public:
  explicit World(const Options& options)
      : options_(options), chance_(options.seed), store_(disk_, options.mutant, chance_) {
    for (unsigned i = 0; i < options.programs; ++i) programs_.push_back(Program::random(chance_, i));
    boot();
  }

  Outcome run() {
    deploy();
    plan_starts();
    while (!done() && steps_ < kStepsMax) step();
    if (steps_ >= kStepsMax) auditor_.problem("not at its end after " + std::to_string(steps_) + " steps: something hangs");
    inspect();
    outcome_.problems = auditor_.judge();
    outcome_.sends = auditor_.sends();
    outcome_.resends = auditor_.resends();
    return outcome_;
  }

 private:
  struct Start {
    std::string key;
    std::size_t program = 0;
    std::int64_t n = 0;
    bool acknowledged = false;
  };
  // A call that the service has, and what it will say.
  struct InService {
    persistence::InstanceKey instance = 0;
    engine::CommandId command = 0;
    std::uint64_t life = 0;  // of the process that sent it: a dead one hears no answer
    json::Value body;
    std::string idempotency_key;
    TimeUs due = 0;
  };
  struct Committing {
    Group group;
    bool committed = false;
    Result<void> result;
  };

  // ---- The process

  void boot() {
    ++life_;
    driver_ = std::make_unique<Driver>(runtime::embedded::DriverOptions{.seed = chance_.next(), .hot_max = 1 + chance_.below(8)}, store_);
    Result<void> recovered = driver_->recover(now_);
    XF_CHECK(recovered.has_value(), "a process that starts anew reads its store");
  }

  void crash() {
    ++outcome_.crashes;
    committing_.clear();
    driver_.reset();
        boot();
  }

  void step() {
    ++steps_;
    if (chance_.percent(options_.crash_percent)) return crash();
    switch (chance_.below(9)) {
      case 0: return advance();
      case 1: return start_one();
      case 2: return serve_one();
      case 3: return send_event();
      case 4: driver_->tick(now_); return;
      case 5:
      case 6: driver_->work(now_, 1 + chance_.below(20)); return;
      case 7: return commit_one();
      default: return settle_one();
    }
  }

  // Time goes on: to what is due next, or by a little.
  void advance() {
    TimeUs next = driver_->next_due();
    for (const InService& call : service_) next = std::min(next, call.due);
    if (next != INT64_MAX && next > now_ && chance_.percent(60)) {
      now_ = next;
    } else {
      now_ += static_cast<TimeUs>(chance_.below(200)) * kUsPerMs;
    }
  }

  // ---- Commits, in their order, several under way

  void commit_one() {
    if (committing_.size() < 3 && driver_->has_group()) {
      Committing next{.group = driver_->seal(now_), .committed = false, .result = {}};
      if (options_.mutant == Mutant::kAnswersBeforeCommit) answer(next.group, nullptr);
      if (options_.mutant == Mutant::kActsBeforeCommit) obey(next.group);
      committing_.push_back(std::move(next));
    }
    for (Committing& one : committing_) {
      if (one.committed) continue;
      one.committed = true;
      bool previous_failed = &one != &committing_.front() && !committing_.front().result;
      if (previous_failed || chance_.percent(options_.commit_failure_percent)) {
        ++outcome_.failed_commits;
        one.result = fail(Code::kExhausted, "the disk is full (simulated)");
      } else {
        one.result = store_.commit(one.group.batch);
        ++outcome_.commits;
      }
      return;
    }
  }

  void settle_one() {
    if (committing_.empty() || !committing_.front().committed) return;
    Committing one = std::move(committing_.front());
    committing_.pop_front();
    if (options_.mutant == Mutant::kAcksFailedCommit) one.result = {};
    driver_->settle(one.group.number, one.result, now_);
    if (!one.result) return answer(one.group, &one.result.error());
    answer(one.group, nullptr);
    for (const runtime::embedded::Told& told : one.group.told) hear(told);
    obey(one.group);
  }

  void answer(Group& group, const Error* error) {
    for (auto& callback : std::exchange(group.answers, {})) callback(error);
  }

  void obey(Group& group) {
    for (auto& one : std::exchange(group.acts, {}))
      if (auto* call = std::get_if<act::Call>(&one)) send(*call);
  }

  void hear(const runtime::embedded::Told& told) {
    outcome_.transitions += told.entries.size();
    for (const runtime::HistoryEntry& entry : told.entries) {
      const engine::TraceEntry& e = entry.entry;
      const std::string task(e.task);
      std::string place = told.instance + task + "#" + std::to_string(e.iteration);
      if (e.what == engine::Happened::kTaskStarted) started_at_[place] = entry.at;
      if (e.what == engine::Happened::kTaskCompleted) check_wait(task, entry.at - started_at_[place]);
    }
  }

  // Sites are numbered in each program alone; the child's nap is known by its name.
  void check_wait(const std::string& task, TimeUs took) {
    if (task.ends_with("/nap")) auditor_.waited(task, 30 * kUsPerMs, took);
  }

  // ---- Clients

  void deploy() {
    auto put = [this](const std::string& yaml) {
      auto plan = definition::load(yaml);
      if (!plan) {
        auditor_.problem("a definition of the simulation is refused: " + to_string(plan.error().front()) + "\n" + yaml);
        return;
      }
      bool deployed = false;
      while (!deployed) {
        driver_->deploy("default", *plan, yaml, [&deployed](Result<runtime::Deployment> done) { deployed = done.has_value(); }, now_);
        while (driver_->has_group() || !committing_.empty()) {
          commit_one();
          settle_one();
        }
        now_ += kUsPerSecond;
        driver_->tick(now_);
      }
    };
    put(child_yaml());
    for (const Program& program : programs_) put(program.yaml());
  }

  void plan_starts() {
    for (unsigned i = 0; i < options_.instances; ++i) {
      Start start{.key = "k" + std::to_string(i), .program = chance_.below(programs_.size()), .n = static_cast<std::int64_t>(chance_.below(50))};
      auditor_.started(start.key, programs_[start.program], start.n);
      starts_.push_back(std::move(start));
    }
  }

  // A client that sends its start again, under the same key, until it hears that it is durable; some do not stop even then.
  void start_one() {
    Start& start = starts_[chance_.below(starts_.size())];
    if (start.acknowledged && !chance_.percent(5)) return;
    runtime::StartRequest request;
    request.definition = {"sim", programs_[start.program].name(), "1.0.0"};
    request.key = start.key;
    request.idempotency = {.key = start.key, .body = 7};
    request.input = json::Value::object({{"key", json::Value::string(start.key)}, {"n", json::Value::integer(start.n)}});
    driver_->start(
        std::move(request),
        [this, &start, life = life_](Result<Answered> answered) {
          if (!answered || life != life_) return;
          start.acknowledged = true;
          auditor_.acknowledged(start.key, std::to_string(answered->instance));
        },
        now_);
  }

  // Each listener's event, sent until it is accepted, and now and then again: the same id is consumed once.
  void send_event() {
    Start& start = starts_[chance_.below(starts_.size())];
    std::vector<std::string> sites = programs_[start.program].listeners();
    if (!start.acknowledged || sites.empty()) return;
    const std::string who = start.key + "/" + sites[chance_.below(sites.size())];
    if (accepted_.contains(who) && !chance_.percent(10)) return;
    json::Value event = json::Value::object({{"specversion", json::Value::string("1.0")},
                                             {"id", json::Value::string(who)},
                                             {"source", json::Value::string("/sim")},
                                             {"type", json::Value::string("sim.go")},
                                             {"xflowttl", json::Value::string("P1D")}});
    const std::size_t slash = who.find('/');
    event = std::move(event).with(
        "data", json::Value::object({{"who", json::Value::string(who)},
                                     {"amount", json::Value::integer(event_amount(who.substr(0, slash), who.substr(slash + 1)))}}));
    driver_->publish("default", {event}, {},
                     [this, who, life = life_](Result<std::vector<std::uint32_t>> matched) {
                       if (matched && life == life_) accepted_.insert(who);
                     },
                     now_);
  }

  // ---- The service

  void send(act::Call& call) {
    const auto& request = std::get<engine::command::HttpRequest>(call.call.request);
    std::string key = call.call.idempotency_key;
    if (options_.mutant == Mutant::kNewKeyOnResend) key += "/" + std::to_string(life_);
    auditor_.sent(request.body, key, now_);
    service_.push_back({.instance = call.instance,
                        .command = call.call.id,
                        .life = life_,
                        .body = request.body,
                        .idempotency_key = std::move(key),
                        .due = now_ + static_cast<TimeUs>(chance_.below(300)) * kUsPerMs});
  }

  // One of the calls that are due is answered: rightly, with 503, with silence (outcome unknown), late or twice.
  void serve_one() {
    if (service_.empty()) return;
    std::size_t at = chance_.below(service_.size());
    if (service_[at].due > now_) return;
    InService call = service_[at];
    if (!chance_.percent(10)) service_.erase(service_.begin() + static_cast<std::ptrdiff_t>(at));
    if (call.life != life_) return;
    functions::Caller::Outcome outcome;
    std::uint64_t kind = chance_.below(10);
    if (kind == 0) {
      outcome = {.value = communication(503), .outcome_unknown = false};
    } else if (kind == 1) {
      outcome = {.value = communication(500), .outcome_unknown = true};
    } else {
      outcome.value = json::Value::object({{"n", json::Value::integer(service_answer(call.body.get("n").as_int64()))}});
    }
    if (!outcome.outcome_unknown) auditor_.responded(call.body, call.idempotency_key);
    driver_->call_completed(call.instance, call.command, std::move(outcome), now_);
  }

  // ---- The end

  bool done() {
    if (steps_ % 64 != 0) return false;
    for (const Start& start : starts_)
      if (!start.acknowledged) return false;
    return open_instances().empty() && committing_.empty();
  }

  std::vector<persistence::Instance> open_instances() {
    std::vector<persistence::Instance> open;
    for (persistence::Instance& row : all_instances())
      if (!engine::is_final(static_cast<engine::Status>(row.status))) open.push_back(std::move(row));
    return open;
  }

  std::vector<persistence::Instance> all_instances() {
    auto reader = disk_.reader();
    persistence::InstanceFilter filter;
    filter.tenant = (*reader)->tenants()->front().key;
    filter.limit = 10'000;
    return *(*reader)->instances(filter);
  }

  void inspect() {
    auto reader = disk_.reader();
    for (const persistence::Instance& row : all_instances()) {
      if (row.parent != 0) continue;
      auto stored = (*reader)->load(row.key);
      if (!stored || !*stored) {
        auditor_.problem("instance " + std::to_string(row.key) + " cannot be read");
        continue;
      }
      check_journal(row, **reader);
      auditor_.ended(row.business_key, std::to_string(row.key), engine::to_string(static_cast<engine::Status>(row.status)), output_of(row, **reader));
    }
  }

  void check_journal(const persistence::Instance& row, persistence::Reader& reader) {
    std::uint64_t seq = 0;
    TimeUs at = 0;
    for (const persistence::JournalRow& entry : *reader.journal(row.key, 1, 100'000)) {
      if (entry.seq != ++seq) auditor_.problem(row.business_key + ": input " + std::to_string(entry.seq) + " stands where " + std::to_string(seq) + " should");
      if (entry.at < at) auditor_.problem(row.business_key + ": time goes back at input " + std::to_string(entry.seq));
      at = entry.at;
    }
  }

  json::Value output_of(const persistence::Instance& row, persistence::Reader& reader) {
    auto last = reader.journal_last(row.key);
    if (!last || !*last) return {};
    auto trace = engine::decode_trace((*last)->trace);
    if (!trace) return {};
    for (const engine::TraceEntry& entry : *trace)
      if (entry.what == engine::Happened::kWorkflowCompleted) return entry.data;
    return {};
  }

  const Options options_;
  Chance chance_;
  persistence::memory::Store disk_;
  MutantStore store_;
  std::unique_ptr<Driver> driver_;
  Auditor auditor_;
  Outcome outcome_;
  TimeUs now_ = kBegin;
  std::uint64_t life_ = 0, steps_ = 0;
  std::vector<Program> programs_;
  std::vector<Start> starts_;
  std::set<std::string> accepted_;
  std::vector<InService> service_;
  std::deque<Committing> committing_;
  std::map<std::string, TimeUs> started_at_;
};

}  // namespace

std::string_view to_string(Mutant mutant) {
  switch (mutant) {
    case Mutant::kNone: return "none";
    case Mutant::kAnswersBeforeCommit: return "answers before commit";
    case Mutant::kActsBeforeCommit: return "acts before commit";
    case Mutant::kAcksFailedCommit: return "acknowledges a failed commit";
    case Mutant::kTornCommit: return "torn commit";
    case Mutant::kLosesTimers: return "loses timers";
    case Mutant::kTimersEarly: return "timers early";
    case Mutant::kDoublesTimers: return "doubles timers";
    case Mutant::kLosesSubscriptions: return "loses subscriptions";
    case Mutant::kLosesMail: return "loses mail";
    case Mutant::kLosesKeys: return "loses keys";
    case Mutant::kLosesOutbox: return "loses outbox";
    case Mutant::kNewKeyOnResend: return "new key on resend";
    case Mutant::kLosesJournal: return "loses journal";
    case Mutant::kForgetsEnd: return "forgets the end";
    case Mutant::kWrongData: return "wrong data";
  }
  return "";
}

Outcome simulate(const Options& options) { return World(options).run(); }

}  // namespace xf::simulation
