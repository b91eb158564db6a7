// Checkpointer: moves the write-ahead log into the database file by a thread and a connection of its own, so
// that no commit waits for it. Passive steps run beside the commits; only when the log has grown very long
// under uninterrupted load does one step take the writer's place for a moment, so that the log starts again
// from its beginning.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "persistence/sqlite/connection.h"

namespace xf::persistence::sqlite {

class Checkpointer {
 public:
  explicit Checkpointer(Connection);
  ~Checkpointer();
  // After each commit, by the committing thread: how many pages the log holds. Waits while the log is
  // restarted.
  void committed(int log_pages);
  std::uint64_t count() const { return count_; }  // of steps that were done

 private:
  void run();
  void restart(std::unique_lock<std::mutex>&);
  void step(int mode);

  Connection connection_;
  std::mutex mutex_;
  std::condition_variable wake_, restarted_;
  int log_pages_ = 0;
  bool stopping_ = false, restarting_ = false;
  std::atomic<std::uint64_t> count_ = 0;
  std::thread thread_;
};

}  // namespace xf::persistence::sqlite
