#include "base/thread.h"

#include <memory>
#include <string>
#include <utility>

#include "base/check.h"

namespace xf {

namespace {

void* run(void* argument) {
  const std::unique_ptr<std::move_only_function<void()>> body(
      static_cast<std::move_only_function<void()>*>(argument));
  (*body)();
  return nullptr;
}

}  // namespace

Thread::Thread(const char* name, std::size_t stack_bytes, std::move_only_function<void()> body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  XF_CHECK(pthread_attr_setstacksize(&attributes, stack_bytes) == 0,
           "the stack's size is one that the system takes");
  auto argument = std::make_unique<std::move_only_function<void()>>(std::move(body));
  XF_CHECK(pthread_create(&handle_, &attributes, run, argument.get()) == 0, "the system gives a thread");
  (void)argument.release();  // run() owns it now
  pthread_attr_destroy(&attributes);
  pthread_setname_np(handle_, std::string(name).substr(0, 15).c_str());
  joinable_ = true;
}

Thread::Thread(Thread&& other) noexcept
    : handle_(other.handle_), joinable_(std::exchange(other.joinable_, false)) {}

Thread& Thread::operator=(Thread&& other) noexcept {
  join();
  handle_ = other.handle_;
  joinable_ = std::exchange(other.joinable_, false);
  return *this;
}

void Thread::join() {
  if (std::exchange(joinable_, false)) pthread_join(handle_, nullptr);
}

}  // namespace xf
