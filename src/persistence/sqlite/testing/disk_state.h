// DiskState: the files of a PowerCut, their unsynced writes, and what becomes of them. Knows nothing of
// SQLite.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "persistence/sqlite/testing/power_cut.h"

namespace xf::persistence::sqlite::testing {

constexpr int kLockSlots = 8;  // of the shared index of a log

// The index that connections to one file share; it does not survive a power cut.
struct SharedIndex {
  std::vector<std::unique_ptr<std::array<std::byte, 32768>>> regions;
  std::array<int, kLockSlots> readers{};
  std::array<const void*, kLockSlots> writer{};
};

struct File {
  struct Write {
    std::size_t offset = 0;
    std::string bytes;
    bool is_truncation = false;  // to `offset`
  };
  std::string durable, current;
  std::vector<Write> unsynced;
  bool is_linked = false;  // its name is durable: from the first sync on
  int shared = 0, exclusive = 0;
  SharedIndex index;
};

struct DiskState {
  explicit DiskState(PowerCut::Draw d) : draw(std::move(d)) {}

  // One write or sync. False: the power went off, in the middle of it or before.
  bool operate();
  bool write(File&, std::size_t offset, std::string bytes);
  bool truncate(File&, std::size_t size);
  bool sync(File&);
  void cut();

  PowerCut::Draw draw;
  std::recursive_mutex mutex;  // the store's checkpointer is a thread
  std::map<std::string, std::shared_ptr<File>> files;
  std::uint64_t epoch = 1;
  std::uint64_t left = UINT64_MAX;
  bool off = false, full = false, fail_sync = false, ignore_syncs = false;
  PowerCut::Counts counts;
};

}  // namespace xf::persistence::sqlite::testing
