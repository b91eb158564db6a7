// Disk: where the store of a simulated world lies, and what may happen to it. Two kinds: the store in memory,
// whose commits fail or are lost as a whole; and the real SQLite store on a disk that keeps, loses and tears
// unsynced writes.
#pragma once

#include <memory>

#include "chance.h"
#include "persistence/store.h"

namespace xf::simulation {

class Disk {
 public:
  virtual ~Disk() = default;

  // What a starting process finds. The one before it is closed first, without a clean end.
  virtual Result<void> open() = 0;
  virtual void close() = 0;
  virtual persistence::Store& store() = 0;

  // The power goes off within the next so many operations of the disk (0: not planned any more); the commit
  // under way then fails, and nothing else works until the next open().
  virtual void cut_power_within(std::uint64_t operations) = 0;
  virtual bool is_off() const = 0;
  virtual void set_full(bool) = 0;
  virtual void checkpoint() {}

  struct Counts {
    std::uint64_t cuts = 0, lost = 0, torn = 0, kept = 0, checkpoints = 0;
  };
  virtual Counts counts() const = 0;
};

std::unique_ptr<Disk> memory_disk(Chance&);
// `lies`: it says that it has synced.
std::unique_ptr<Disk> sqlite_disk(Chance&, bool lies);

}  // namespace xf::simulation
