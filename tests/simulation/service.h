// Service: the other end of every call. It does each request once for its idempotency key, and answers
// rightly, late, twice, with 503, with silence, or not so that anybody knows what happened.
#pragma once

#include <map>
#include <vector>

#include "mutant.h"
#include "shared.h"
#include "xflow/runtime/embedded/driver.h"

namespace xf::simulation {

class Service {
 public:
  Service(Shared& shared, Mutant mutant) : shared_(shared), mutant_(mutant) {}

  // `is_stored`: the turn that wants it is on the disk.
  void take(const runtime::embedded::act::Call&, bool is_stored);
  void stop(const functions::WorkId&);
  // One of the answers that are due. False: none is.
  bool answer_one(runtime::embedded::Driver&);
  TimeUs next_due() const;  // INT64_MAX: nothing is under way

 private:
  enum class Fate : std::uint8_t { kGood, kRefused, kUnknownDone, kUnknownNot, kSilent };
  struct Call {
    persistence::InstanceKey instance = 0;
    functions::WorkId work;
    std::uint64_t life = 0;  // of the process that sent it: a dead one hears no answer
    std::string key;
    Fate fate = Fate::kGood;
    json::Value answer;
    TimeUs due = 0;
    bool is_stopped = false, is_again = false;
  };
  Fate choose(const std::string& key, bool has_deadline);
  json::Value perform(const json::Value& body, const std::string& key);
  void answer(Call&, runtime::embedded::Driver&);

  Shared& shared_;
  const Mutant mutant_;
  std::vector<Call> calls_;
  std::map<std::string, json::Value> done_;  // idempotency key → what it answered
};

}  // namespace xf::simulation
