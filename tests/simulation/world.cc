#include "world.h"

#include "base/check.h"
#include "clients.h"
#include "committer.h"
#include "disk.h"
#include "inspect.h"
#include "service.h"
#include "store_port.h"
#include "xflow/definition/load.h"

namespace xf::simulation {

namespace {

using runtime::embedded::Driver;

constexpr unsigned kPrograms = 4, kRuns = 40;
constexpr std::uint64_t kSteps = 6000;
// An instance whose clients have done all they can, and which nothing has happened to for so long, hangs.
constexpr TimeUs kIdleMax = 600 * kUsPerSecond;
constexpr unsigned kRoundsMax =
    6000;  // of the calm in which everything ends; far more than any right world needs
constexpr TimeUs kJumpsUntil = 12 * 3600 * kUsPerSecond;

std::string scheduled_yaml(const std::string& name, const std::string& schedule, const std::string& task) {
  return "document: {dsl: '1.0.3', namespace: sim, name: " + name + ", version: '1.0.0'}\nschedule: {" +
         schedule + "}\ndo: [{one: {" + task + "}}]\n";
}

std::vector<Program> make_programs(std::uint64_t seed) {
  Chance chance(seed * 2 + 1);
  std::vector<Program> out;
  for (unsigned i = 0; i < kPrograms; ++i) out.push_back(Program::random(chance, i));
  out.push_back(Program::timing_out(chance, kPrograms));
  return out;
}

class World {
 public:
  explicit World(const Options& options)
      : options_(options),
        programs_(make_programs(options.seed)),
        shared_(options.seed, programs_),
        is_on_sqlite_(options.seed % 3 == 0 || options.mutant == Mutant::kLyingDisk),
        has_schedules_(options.seed % 4 == 1),
        disk_(is_on_sqlite_ ? sqlite_disk(shared_.chance, options.mutant == Mutant::kLyingDisk)
                            : memory_disk(shared_.chance)),
        service_(shared_, options.mutant),
        clients_(shared_, programs_, options.mutant, kRuns),
        committer_(shared_, service_, options.mutant, 1 + shared_.chance.below(2)) {
    shared_.is_told = options.is_told;
  }

  Outcome run() {
    boot();
    deploy();
    while (shared_.stats.steps < kSteps && is_right()) step();
    if (is_right()) calm_down();
    if (is_right()) boot();  // what the next process would find
    if (is_right()) Inspector(shared_, *reader_).inspect(clients_.kicks());
    Outcome out{.problems = is_broken_ ? problems() : shared_.auditor.judge(), .stats = shared_.stats};
    count_disk(out.stats);
    return out;
  }

 private:
  bool is_right() const { return !is_broken_; }
  std::vector<std::string> problems() { return broken_; }
  void give_up(const std::string& why) {
    is_broken_ = true;
    broken_.push_back(why);
  }

  // ---- The process

  void boot() {
    ++shared_.life;
    shared_.say("a process begins");
    driver_.reset();
    reader_.reset();
    if (port_) shared_.stats.failed_reads += port_->failed_reads();
    port_.reset();
    if (const auto opened = disk_->open(); !opened)
      return give_up("the store does not open: " + opened.error().message);
    reader_ = disk_->store().reader().value();
    port_ = std::make_unique<StorePort>(disk_->store(), options_.mutant, shared_.chance);
    for (int attempt = 0;; ++attempt) {
      driver_ =
          std::make_unique<Driver>(runtime::embedded::DriverOptions{.seed = shared_.chance.next(),
                                                                    .hot_max = 1 + shared_.chance.below(12)},
                                   *port_);
      const auto recovered = driver_->recover(shared_.now);
      if (recovered) break;
      if (attempt > 3) return give_up("the process does not start: " + recovered.error().message);
    }
    committer_.begin(*driver_, *port_, *reader_);
  }

  void crash() {
    disk_->is_off() ? ++shared_.stats.power_cuts : ++shared_.stats.crashes;
    shared_.say("the process dies");
    is_full_ = false;
    disk_->set_full(false);
    boot();
  }

  // ---- One step

  void step() {
    ++shared_.stats.steps;
    Driver& driver = *driver_;
    switch (shared_.chance.below(22)) {
      case 0:
      case 1: advance(); break;
      case 2: clients_.start_one(driver, *reader_); break;
      case 3: clients_.send_event(driver); break;
      case 4: clients_.give_order(driver, *reader_); break;
      case 5:
        if (has_schedules_) clients_.kick(driver);
        break;
      case 6:
      case 7: driver.tick(shared_.now); break;
      case 8:
      case 9:
      case 10: (void)driver.work(shared_.now, 1 + shared_.chance.below(20)); break;
      case 11:
      case 12: committer_.seal(); break;
      case 13:
      case 14:
      case 15: committer_.commit(); break;
      case 16: committer_.settle(); break;
      case 17:
      case 18: committer_.follow(); break;
      case 19:
      case 20: (void)service_.answer_one(driver); break;
      default:
        if (shared_.chance.percent(35)) disturb();
    }
    if (disk_->is_off()) crash();
  }

  void disturb() {
    const auto roll = shared_.chance.below(100);
    if (roll < 25) return crash();
    if (roll < 50) return disk_->cut_power_within(1 + shared_.chance.below(100));
    if (roll < 60) return jump_forward();
    if (roll < 70) return jump_back();
    if (roll < 82) {
      is_full_ = !is_full_;
      shared_.stats.full_disks += is_full_ ? 1 : 0;
      shared_.say(is_full_ ? "the disk is full" : "the disk has space again");
      return disk_->set_full(is_full_);
    }
    if (roll < 90) return port_->set_read_failures(shared_.chance.percent(50) ? 20 : 0);
    disk_->checkpoint();
  }

  // Time goes on: to what is due next, or by a little.
  void advance() {
    const TimeUs next = std::min(driver_->next_due(), service_.next_due());
    const bool is_near = next > shared_.now && next < shared_.now + 120 * kUsPerSecond;
    shared_.set_clock(is_near && shared_.chance.percent(60)
                          ? next
                          : shared_.now + shared_.chance.between(0, 200) * kUsPerMs);
  }
  void jump_forward() {
    if (shared_.now > shared_.begin + kJumpsUntil) return;
    ++shared_.stats.jumps_forward;
    shared_.set_clock(shared_.now + shared_.chance.between(1, 600) * kUsPerSecond);
    shared_.say("the clock jumps forward");
  }
  void jump_back() {
    ++shared_.stats.jumps_back;
    shared_.set_clock(std::max(shared_.begin, shared_.now - shared_.chance.between(1, 20'000) * kUsPerMs));
    shared_.say("the clock jumps back");
  }

  // ---- Beginning and end

  void deploy() {
    std::vector<std::string> yamls = {child_yaml(), sleeper_yaml()};
    for (const Program& program : programs_) yamls.push_back(program.yaml());
    if (has_schedules_) {
      yamls.push_back(scheduled_yaml("tick", "every: {milliseconds: " + std::to_string(kTickMs) + "}",
                                     "set: {ok: true}"));
      yamls.push_back(scheduled_yaml("pause", "after: {milliseconds: " + std::to_string(kPauseMs) + "}",
                                     "wait: {milliseconds: 300}"));
      yamls.push_back(scheduled_yaml("kicked", "on: {one: {with: {type: sim.kick}}}", "set: '${ . }'"));
    }
    for (const std::string& yaml : yamls) {
      auto plan = definition::load(yaml);
      if (!plan)
        return give_up("a definition of the simulation is refused: " + to_string(plan.error().front()) +
                       "\n" + yaml);
      driver_->deploy("default", *plan, yaml, [](const auto&) {}, shared_.now);
      (void)committer_.finish();
      if (options_.is_told) std::cout << yaml << '\n';
    }
    shared_.salt = reader_->tenants().value().at(0).salt;
  }

  void stop_schedules() {
    for (const char* name : {"tick", "pause", "kicked"})
      driver_->schedule(
          "default", {"sim", name, "1.0.0"}, runtime::Runtime::ScheduleAction::kPause, {}, [](const auto&) {},
          shared_.now);
  }

  // Nothing goes wrong any more, and everybody does what is still to be done.
  void calm_down() {
    shared_.is_calm = true;
    shared_.say("calm");
    disk_->cut_power_within(0);
    disk_->set_full(false);
    port_->set_read_failures(0);
    shared_.set_clock(shared_.now_max);
    bool is_stopped = !has_schedules_;
    TimeUs busy_at = shared_.now;
    for (unsigned round = 0;; ++round) {
      bool is_busy = false;
      if (round > kRoundsMax) return tell_who_hangs();
      if (driver_->next_due() <= shared_.now) driver_->tick(shared_.now);
      if (!is_stopped && driver_->broken() == nullptr) {
        stop_schedules();
        is_stopped = true;
      }
      is_busy |= driver_->work(shared_.now, 64);
      is_busy |= committer_.finish();
      while (service_.answer_one(*driver_)) is_busy = true;
      const bool clients_busy = driver_->broken() != nullptr || clients_.finish_all(*driver_, *reader_);
      is_busy |= committer_.finish();
      if (!clients_busy && !is_busy && is_over()) return;
      if (is_busy) {
        busy_at = std::max(busy_at, shared_.now);
        continue;
      }
      if (shared_.now > busy_at + kIdleMax) return tell_who_hangs();
      const TimeUs next = std::min(driver_->next_due(), service_.next_due());
      shared_.set_clock(std::clamp(next, shared_.now + kUsPerMs, shared_.now + 60 * kUsPerSecond));
    }
  }

  std::vector<persistence::Instance> open_instances() {
    auto rows = reader_->instances({.tenant = 1, .statuses = 0b1111, .limit = 1'000'000});
    return rows ? *rows : std::vector<persistence::Instance>{};
  }
  bool is_over() { return open_instances().empty() && reader_->mail().value().empty(); }

  // The Auditor finds them among the instances; here they are only told.
  void tell_who_hangs() {
    shared_.auditor.problem("nothing happens any more, and not everything is at its end");
    for (const auto& row : open_instances())
      shared_.say("open: " + std::to_string(row.key) + " " + row.business_key + " status " +
                  std::to_string(row.status));
  }

  void count_disk(Stats& stats) const {
    const auto counts = disk_->counts();
    stats.writes_lost += counts.lost;
    stats.writes_torn += counts.torn;
    stats.writes_kept += counts.kept;
    stats.checkpoints += counts.checkpoints;
    stats.resends = shared_.auditor.resends();
  }

  const Options options_;
  const std::vector<Program> programs_;
  Shared shared_;
  const bool is_on_sqlite_, has_schedules_;
  std::unique_ptr<Disk> disk_;
  Service service_;
  Clients clients_;
  Committer committer_;
  std::unique_ptr<StorePort> port_;
  std::unique_ptr<persistence::Reader> reader_;
  std::unique_ptr<Driver> driver_;
  bool is_full_ = false, is_broken_ = false;
  std::vector<std::string> broken_;
};

}  // namespace

Outcome simulate(const Options& options) { return World(options).run(); }

}  // namespace xf::simulation
