#include "disk.h"
#include "persistence/sqlite/store.h"
#include "persistence/sqlite/testing/power_cut.h"

namespace xf::simulation {

namespace {

class SqliteDisk final : public Disk {
 public:
  SqliteDisk(Chance& chance, bool lies) : chance_(chance) { power_.set_ignore_syncs(lies); }
  ~SqliteDisk() override { close(); }

  Result<void> open() override {
    close();
    XF_TRY_ASSIGN(store_, persistence::sqlite::Store::open(power_.folder()));
    return {};
  }
  void close() override {
    if (store_ == nullptr) return;
    if (!power_.is_off()) power_.cut_after(0);
    store_.reset();
    power_.restore();
  }
  persistence::Store& store() override { return *store_; }
  void cut_power_within(std::uint64_t operations) override {
    operations == 0 ? power_.spare() : power_.cut_after(chance_.below(operations));
  }
  bool is_off() const override { return power_.is_off(); }
  void set_full(bool full) override { power_.set_full(full); }
  void checkpoint() override { checkpoints_ += power_.checkpoint() ? 1 : 0; }
  Counts counts() const override {
    const auto& c = power_.counts();
    return {.cuts = c.cuts, .lost = c.lost, .torn = c.torn, .kept = c.kept, .checkpoints = checkpoints_};
  }

 private:
  Chance& chance_;
  persistence::sqlite::testing::PowerCut power_{[this](std::uint64_t n) { return chance_.below(n); }};
  std::unique_ptr<persistence::sqlite::Store> store_;
  std::uint64_t checkpoints_ = 0;
};

}  // namespace

std::unique_ptr<Disk> sqlite_disk(Chance& chance, bool lies) {
  return std::make_unique<SqliteDisk>(chance, lies);
}

}  // namespace xf::simulation
