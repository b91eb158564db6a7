// Faulty: a store whose commits and reads fail when told to, in front of a real one. What fails has not
// happened.
#pragma once

#include <atomic>
#include <string>

#include "persistence/store.h"
#include "persistence/testing/faulty_reader.h"

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
  // From now on this method of readers fails; empty: none. Not while another thread reads.
  void break_reads(std::string method) { unreadable_ = std::move(method); }

  Result<void> commit(const Batch& batch) override {
    if (later_ >= 0 && passing_-- == 0) code_ = later_.exchange(-1);
    if (const int code = code_; code >= 0)
      return fail(static_cast<Code>(code), "the disk is full (injected)");
    ++commits_;
    return inner_.commit(batch);
  }
  Result<std::unique_ptr<Reader>> reader() override {
    XF_TRY_ASSIGN(auto inner, inner_.reader());
    return std::make_unique<FaultyReader>(std::move(inner),
                                          [this](std::string_view read) { return read == unreadable_; });
  }
  Result<std::uint64_t> backup(const std::string& target) override { return inner_.backup(target); }
  Usage usage() const override { return inner_.usage(); }

 private:
  Store& inner_;
  std::string unreadable_;
  std::atomic<int> code_ = -1, later_ = -1, passing_ = 0, commits_ = 0;
};

}  // namespace xf::persistence::testing
