// Scheduler: which definitions start by themselves, and when. The driver starts what it gives and stores its
// rows. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/zone.h"
#include "persistence/store.h"
#include "xflow/definition/plan/cron.h"
#include "xflow/runtime/embedded/trigger.h"

namespace xf::runtime::embedded {

// "every", "cron", "after", "on"; of several the first; empty when there is none.
std::string schedule_kind(const plan::Schedule&);

class Scheduler {
 public:
  struct Due {
    persistence::Schedule row;
    json::Value input;
  };
  // When each part of a schedule runs next; 0: not.
  struct Times {
    TimeUs every = 0, cron = 0, after = 0;
    TimeUs next() const;
  };
  struct Entry {
    persistence::Schedule row;  // `next` and `state` follow from the members below
    plan::PlanPtr plan;
    std::shared_ptr<const plan::Cron> cron;
    std::shared_ptr<const Zone> zone;  // null: UTC
    Times times;
    Trigger trigger;

    const plan::Schedule& schedule() const { return plan->schedule; }
    TimeUs next_cron(TimeUs after) const;
    void write_row();
  };
  using Key = std::pair<persistence::TenantKey, std::pair<std::string, std::string>>;

  // kNotFound: the time zone is not known to this machine.
  static Result<void> check(const plan::Schedule&);

  void clear() { entries_.clear(); }
  // As its row says.
  void set(persistence::Schedule, plan::PlanPtr);
  // Its first runs are counted from now; what events it had gathered is forgotten.
  const persistence::Schedule& begin(persistence::Schedule, plan::PlanPtr, TimeUs now);
  void erase(persistence::TenantKey, const std::string& ns, const std::string& name);
  Entry* find(persistence::TenantKey, const std::string& ns, const std::string& name);
  bool empty() const { return entries_.empty(); }

  // Those whose time has come; each moves on to its next run. Where several times of one part have passed, it
  // runs once, unless its definition says `missed: all`.
  std::vector<Due> due(TimeUs now);
  // Runs that nobody could start are left out where the definition says `missed: skip`: at recovery.
  void skip_missed(TimeUs now);
  // No run whose time has passed is made up for: after a pause.
  static void skip_passed(Entry&, TimeUs now);
  TimeUs next() const;

  // The schedules that wait for this event.
  std::vector<Entry*> concerned(persistence::TenantKey, engine::events::Probe&);

 private:
  static Entry make(persistence::Schedule, plan::PlanPtr);

  std::map<Key, Entry> entries_;
};

}  // namespace xf::runtime::embedded
