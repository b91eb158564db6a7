// Faulty: a store whose commits fail when told to, in front of a real one. What fails has not happened;
// readers work on.
#pragma once

#include <atomic>
#include <string>

#include "persistence/store.h"

namespace xf::persistence::testing {

class Faulty final : public Store {
 public:
  explicit Faulty(Store& inner) : inner_(inner) {}

  // From now on commits fail with this code (as a full disk would), until heal().
  void break_commits(Code code) { code_ = static_cast<int>(code); }
  void heal() { code_ = -1; }
  // Lets this many more commits pass, then fails as above.
  void break_after(int commits, Code code) {
    passing_ = commits;
    later_ = static_cast<int>(code);
  }
  int commits() const { return commits_; }

  Result<void> commit(const Batch& batch) override {
    if (later_ >= 0 && passing_-- == 0) code_ = later_.exchange(-1);
    if (const int code = code_; code >= 0)
      return fail(static_cast<Code>(code), "the disk is full (injected)");
    ++commits_;
    return inner_.commit(batch);
  }
  Result<std::unique_ptr<Reader>> reader() override { return inner_.reader(); }
  Result<std::uint64_t> backup(const std::string& target) override { return inner_.backup(target); }

 private:
  Store& inner_;
  std::atomic<int> code_ = -1, later_ = -1, passing_ = 0, commits_ = 0;
};

}  // namespace xf::persistence::testing
