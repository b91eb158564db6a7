#include "persistence/sqlite/checkpointer.h"

#include <sqlite3.h>

namespace xf::persistence::sqlite {

namespace {

constexpr int kPassivePages = 4'000;   // 16 MiB
constexpr int kRestartPages = 24'000;  // 96 MiB

}  // namespace

Checkpointer::Checkpointer(Connection connection)
    : connection_(std::move(connection)), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Checkpointer::committed(int log_pages) {
  std::unique_lock lock(mutex_);
  log_pages_ = log_pages;
  if (log_pages >= kPassivePages) wake_.notify_one();
  restarted_.wait(lock, [this] { return !restarting_; });
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait(lock, [this] { return stopping_ || log_pages_ >= kPassivePages; });
    if (stopping_) return;
    log_pages_ = 0;  // until the next commit reports again
    lock.unlock();
    step(SQLITE_CHECKPOINT_PASSIVE);
    lock.lock();
    if (log_pages_ >= kRestartPages) restart(lock);
  }
}

void Checkpointer::restart(std::unique_lock<std::mutex>& lock) {
  // Once more beside the commits, so that little is left to do while they wait.
  lock.unlock();
  step(SQLITE_CHECKPOINT_PASSIVE);
  lock.lock();
  restarting_ = true;
  lock.unlock();
  step(SQLITE_CHECKPOINT_RESTART);
  lock.lock();
  restarting_ = false;
  log_pages_ = 0;
  restarted_.notify_all();
}

void Checkpointer::step(int mode) {
  // A step that fails has done no harm: the log keeps what it could not move, and a later step tries again.
  if (sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, mode, nullptr, nullptr) == SQLITE_OK) ++count_;
}

}  // namespace xf::persistence::sqlite
