// PowerCut: a disk in memory for SQLite, of which the power may be cut. What was written and not yet synced
// is then kept, lost or torn as chance has it, sector by sector and in any order, and files whose first sync
// never came may be gone. While it lives it is SQLite's default file system, so that the real store runs on
// it; one at a time. For tests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace xf::persistence::sqlite::testing {

struct DiskState;

class PowerCut {
 public:
  // `draw(n)` is chance: a number below n.
  using Draw = std::function<std::uint64_t(std::uint64_t n)>;
  explicit PowerCut(Draw draw);
  ~PowerCut();
  PowerCut(const PowerCut&) = delete;

  // After so many more writes and syncs, in the middle of the last of them, the power is off: everything
  // fails from there on, until restore(). 0: at once.
  void cut_after(std::uint64_t operations);
  void spare() { cut_after(UINT64_MAX); }  // no cut is planned any more
  bool is_off() const;
  // What a machine finds when it starts again. Whatever was open stays dead and is still to be closed.
  void restore();

  void set_full(bool);          // writes that would make a file longer fail
  void set_fail_sync(bool);     // a sync reports an error, once
  void set_ignore_syncs(bool);  // a disk that lies: nothing is ever synced
  // Moves what the store's log has into its data file, as the store does from time to time. True: it did
  // something.
  bool checkpoint();

  // A folder of the real system, gone with this: the store puts its lock there, and nothing else.
  const std::string& folder() const { return folder_; }

  struct Counts {
    std::uint64_t operations = 0, cuts = 0, lost = 0, torn = 0, kept = 0;  // writes
  };
  const Counts& counts() const;

 private:
  std::unique_ptr<DiskState> state_;
  std::string folder_;
};

}  // namespace xf::persistence::sqlite::testing
