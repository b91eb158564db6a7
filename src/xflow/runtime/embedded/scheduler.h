// Scheduler: which definitions start by themselves, and when. The driver starts what it gives and stores its
// rows. One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json/value.h"
#include "persistence/store.h"
#include "xflow/definition/plan/plan.h"

namespace xf::runtime::embedded {

// When a schedule by time runs next: after `after`; 0: never (again), or not by time.
TimeUs next_run(const plan::Schedule&, TimeUs after);
// "every", "cron", "after", "on"; empty when there is none.
std::string schedule_kind(const plan::Schedule&);

class Scheduler {
 public:
  struct Due {
    persistence::Schedule row;
    json::Value input;
  };
  struct Entry {
    persistence::Schedule row;
    plan::PlanPtr plan;
  };

  void clear() { entries_.clear(); }
  void set(persistence::Schedule, plan::PlanPtr);
  void erase(persistence::TenantKey, const std::string& ns, const std::string& name);
  Entry* find(persistence::TenantKey, const std::string& ns, const std::string& name);
  const std::map<std::pair<persistence::TenantKey, std::pair<std::string, std::string>>, Entry>& entries()
      const {
    return entries_;
  }

  // Those whose time has come; each moves on to its next run. What was missed runs once.
  std::vector<Due> due(TimeUs now);
  TimeUs next() const;
  // The schedules that this event completes; `changed` are rows whose state it changed without completing
  // them.
  std::vector<Due> event(persistence::TenantKey, const json::Value& event, TimeUs now,
                         std::vector<persistence::Schedule>& changed);

 private:
  std::map<std::pair<persistence::TenantKey, std::pair<std::string, std::string>>, Entry> entries_;
};

}  // namespace xf::runtime::embedded
