// Thread: a thread with a C stack of a chosen size, joined when it is destroyed. Expressions and the engine
// need more stack than the system gives by default.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <functional>

namespace xf {

class Thread {
 public:
  Thread() = default;  // none
  // `name` is cut to 15 characters. Ends the process when the system gives no thread.
  Thread(const char* name, std::size_t stack_bytes, std::move_only_function<void()> body);
  Thread(Thread&&) noexcept;
  Thread& operator=(Thread&&) noexcept;
  ~Thread() { join(); }

  void join();

 private:
  pthread_t handle_{};
  bool joinable_ = false;
};

}  // namespace xf
