// Committer: the part of the process that makes groups durable and then does what follows, one small step at
// a time, so that a crash may come between any two of them.
#pragma once

#include <deque>
#include <map>

#include "disk.h"
#include "mutant.h"
#include "service.h"
#include "shared.h"
#include "xflow/runtime/embedded/driver.h"

namespace xf::simulation {

class Committer {
 public:
  Committer(Shared& shared, Service& service, Mutant mutant, std::size_t open_max)
      : shared_(shared), service_(service), mutant_(mutant), open_max_(open_max) {}

  // A new process: nothing is under way. `store` takes the batches, `disk` shows what is durable.
  void begin(runtime::embedded::Driver&, persistence::Store& store, persistence::Reader& disk);

  void seal();
  void commit();
  void settle();
  void follow();  // one answer, one told turn or one act
  // All of it, until nothing is left. True: there was something.
  bool finish();

 private:
  struct Open {
    runtime::embedded::Group group;
    bool is_committed = false, is_settled = false, is_doomed = false;
    Result<void> result = {};
    std::map<persistence::InstanceKey, std::uint64_t> seqs = {};  // the last input of each instance in it
    std::size_t answers = 0, told = 0, acts = 0;                  // done so far
  };
  void answer(Open&);
  void tell(const runtime::embedded::Told&);
  void act(Open&);
  bool is_stored(const Open&, persistence::InstanceKey);

  Shared& shared_;
  Service& service_;
  const Mutant mutant_;
  const std::size_t open_max_;
  runtime::embedded::Driver* driver_ = nullptr;
  persistence::Store* store_ = nullptr;
  persistence::Reader* disk_ = nullptr;
  std::deque<Open> open_;
};

}  // namespace xf::simulation
