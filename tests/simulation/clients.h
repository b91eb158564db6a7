// Clients: people and programs that start workflows, send them events and order them about. Each asks again
// under the same idempotency key until it has an answer, and some ask again even then.
#pragma once

#include <optional>
#include <set>

#include "mutant.h"
#include "service.h"
#include "shared.h"
#include "xflow/runtime/embedded/driver.h"

namespace xf::simulation {

class Clients {
 public:
  Clients(Shared&, const std::vector<Program>&, Mutant, unsigned runs);

  // One thing that one of them does now. `reader` sees what is on the disk.
  void start_one(runtime::embedded::Driver&, persistence::Reader&);
  void send_event(runtime::embedded::Driver&);
  void give_order(runtime::embedded::Driver&, persistence::Reader&);
  void kick(runtime::embedded::Driver&);  // an event that starts a workflow by its schedule

  // Towards the end each does what it still has to do, once. False: nobody has anything to do.
  bool finish_all(runtime::embedded::Driver&, persistence::Reader&);
  const std::set<unsigned>& kicks() const { return kicks_; }  // that were accepted

 private:
  struct Pending {
    Order order = Order::kCancel;
    std::string key = {};         // idempotency
    std::uint64_t life = 0;       // in which it was sent last; 0: not yet, or refused for the time being
    std::int64_t gen = 0, n = 0;  // reset
    std::size_t from = 0;
  };
  struct Run {
    std::string key;
    std::size_t program = 0;
    std::int64_t n = 0, gen = 0;
    bool is_acknowledged = false, is_suspended = false, is_over = false;
    bool wants_cancel = false, wants_reset = false;
    std::uint64_t started_in = 0;  // life in which the start was sent last
    persistence::InstanceKey instance = 0;
    std::optional<Pending> pending = {};
    unsigned orders = 0;
    std::vector<Event> events = {};
  };
  void start(Run&, runtime::embedded::Driver&, persistence::Reader&);
  void publish(const std::vector<Event>&, runtime::embedded::Driver&);
  void order(Run&, runtime::embedded::Driver&);
  void choose_order(Run&, persistence::Reader&);
  void prepare(Run&, Order);
  void ordered(Run&, const Pending&);
  json::Value input_of(const Run&) const;
  void hear(std::size_t run, const Pending&, Result<runtime::embedded::Answered>);

  Shared& shared_;
  const std::vector<Program>& programs_;
  const Mutant mutant_;
  std::vector<Run> runs_;
  std::set<std::string> accepted_;  // ids of events
  std::set<unsigned> kicks_;        // accepted
  unsigned kick_ = 0;
  std::uint64_t kicked_in_ = 0;
};

}  // namespace xf::simulation
