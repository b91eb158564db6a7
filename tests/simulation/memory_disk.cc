#include "disk.h"
#include "persistence/memory/store.h"

namespace xf::simulation {

namespace {

// One operation is one commit: all of it is kept, or nothing.
class MemoryDisk final : public Disk, persistence::Store {
 public:
  explicit MemoryDisk(Chance& chance) : chance_(chance) {}

  Result<void> open() override {
    is_off_ = false;
    left_ = UINT64_MAX;
    return {};
  }
  void close() override {}
  persistence::Store& store() override { return *this; }
  void cut_power_within(std::uint64_t operations) override {
    left_ = operations == 0 ? UINT64_MAX : chance_.below(operations) / 10;
  }
  bool is_off() const override { return is_off_; }
  void set_full(bool full) override { is_full_ = full; }
  Counts counts() const override { return counts_; }

 private:
  Result<void> commit(const persistence::Batch& batch) override {
    if (is_off_) return fail(Code::kUnavailable, "there is no power (simulated)");
    if (is_full_) return fail(Code::kExhausted, "the disk is full (simulated)");
    if (left_ == UINT64_MAX || left_-- > 0) return inner_.commit(batch);
    is_off_ = true;
    ++counts_.cuts;
    const bool is_kept = chance_.percent(50);
    ++(is_kept ? counts_.kept : counts_.lost);
    if (is_kept) (void)inner_.commit(batch);
    return fail(Code::kUnavailable, "the power is off (simulated)");
  }
  Result<std::unique_ptr<persistence::Reader>> reader() override { return inner_.reader(); }
  Result<std::uint64_t> backup(const std::string& target) override { return inner_.backup(target); }

  Chance& chance_;
  persistence::memory::Store inner_;
  std::uint64_t left_ = UINT64_MAX;
  bool is_off_ = false, is_full_ = false;
  Counts counts_;
};

}  // namespace

std::unique_ptr<Disk> memory_disk(Chance& chance) { return std::make_unique<MemoryDisk>(chance); }

}  // namespace xf::simulation
