// Inspector: reads all that is on the disk when a world has ended, replays each journal from its first input
// and from its snapshot, and hands what it finds to the Auditor.
#pragma once

#include <set>

#include "persistence/store.h"
#include "shared.h"
#include "xflow/runtime/embedded/catalog.h"

namespace xf::simulation {

inline constexpr std::int64_t kTickMs = 7000, kPauseMs = 3000;  // of the schedules

class Inspector {
 public:
  Inspector(Shared& shared, persistence::Reader& reader) : shared_(shared), reader_(reader) {}

  // `kicks`: events that were accepted, each of which starts one instance.
  void inspect(const std::set<unsigned>& kicks);

 private:
  void inspect_instance(const persistence::Instance&);
  void replay(const persistence::Instance&, const plan::Plan&, Auditor::Found&);
  void inspect_rest();
  void inspect_schedules(const std::set<unsigned>& kicks);
  void problem(const persistence::Instance&, const std::string&);

  Shared& shared_;
  persistence::Reader& reader_;
  runtime::embedded::Catalog catalog_;
  std::set<persistence::InstanceKey> ended_;
  std::vector<Auditor::Found> scheduled_;
};

}  // namespace xf::simulation
