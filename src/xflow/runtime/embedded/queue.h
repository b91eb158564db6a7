// Queue: what one thread is to do, given by many. The taker takes all there is at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

namespace xf::runtime::embedded {

template <typename T>
class Queue {
 public:
  // False: it is closed, or already holds so many; the item is untouched.
  bool push(T& item, std::size_t items_max = SIZE_MAX) {
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= items_max) return false;
      items_.push_back(std::move(item));
      wake = waiting_;
    }
    if (wake) wake_.notify_one();
    return true;
  }
  // Waits until there is something, or the time has passed, or it is closed; `out` is empty before.
  // False: closed, and nothing is left.
  bool take(std::vector<T>& out, std::chrono::microseconds at_most) {
    std::unique_lock lock(mutex_);
    if (items_.empty() && !closed_ && at_most.count() > 0) {
      waiting_ = true;
      wake_.wait_for(lock, at_most, [this] { return !items_.empty() || closed_; });
      waiting_ = false;
    }
    out.swap(items_);
    return !out.empty() || !closed_;
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    wake_.notify_one();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<T> items_;
  bool waiting_ = false, closed_ = false;
};

}  // namespace xf::runtime::embedded
