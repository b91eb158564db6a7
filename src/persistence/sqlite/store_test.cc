#include "persistence/sqlite/store.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "persistence/sqlite/connection.h"
#include "persistence/testing/store_contract.h"

namespace xf::persistence::testing {

namespace {

// A folder that is gone when the process ends.
class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "xflow-store-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::unique_ptr<Store> make_store() {
  static std::vector<std::unique_ptr<Folder>> folders;
  return sqlite::Store::open(folders.emplace_back(std::make_unique<Folder>())->path()).value();
}

Batch one(InstanceKey key, std::size_t bytes = 10) {
  Batch batch;
  batch.started = {{.key = key, .tenant = 1}};
  batch.journal = {{.instance = key, .tenant = 1, .seq = 1, .input = std::string(bytes, 'x')}};
  return batch;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, ::testing::Values(make_store));

TEST(SqliteStore, KeepsWhatItCommitted) {
  Folder folder;
  ASSERT_TRUE(sqlite::Store::open(folder.path()).value()->commit(one(7)));
  const auto store = sqlite::Store::open(folder.path()).value();
  EXPECT_TRUE(store->reader().value()->instance(7).value());
}

TEST(SqliteStore, RefusesASecondProcess) {
  Folder folder;
  const auto store = sqlite::Store::open(folder.path()).value();
  const auto second = sqlite::Store::open(folder.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kConflict);
  EXPECT_NE(second.error().message.find("another xFlow process"), std::string::npos);
}

TEST(SqliteStore, RefusesANewerFormatAndForeignFiles) {
  Folder folder;
  ASSERT_TRUE(sqlite::Store::open(folder.path()));
  {
    auto file = sqlite::Connection::open(folder.path() + "/xflow.db", {}).value();
    ASSERT_TRUE(file.execute("PRAGMA user_version=2"));
  }
  const auto newer = sqlite::Store::open(folder.path());
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, Code::kInvalid);
  EXPECT_NE(newer.error().message.find("format 2"), std::string::npos);

  Folder other;
  {
    auto file = sqlite::Connection::open(other.path() + "/xflow.db", {.create = true}).value();
    ASSERT_TRUE(file.execute("CREATE TABLE theirs(x)"));
  }
  EXPECT_EQ(sqlite::Store::open(other.path()).error().code, Code::kInvalid);
}

TEST(SqliteStore, ACommitThatFailsLeavesNothingAndALaterOneWorks) {
  Folder folder;
  const auto store = sqlite::Store::open(folder.path()).value();
  ASSERT_TRUE(store->commit(one(1)));
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{512 * 1024, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto refused = store->commit(one(2, 4u << 20));
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().code == Code::kExhausted || refused.error().code == Code::kUnavailable)
      << refused.error().message;
  EXPECT_FALSE(store->reader().value()->instance(2).value());
  EXPECT_TRUE(store->commit(one(2, 4u << 20)));
  EXPECT_TRUE(store->reader().value()->instance(2).value());
}

TEST(SqliteStore, BacksUpWhileCommitsGoOn) {
  Folder folder;
  const auto store = sqlite::Store::open(folder.path()).value();
  for (InstanceKey key = 1; key <= 200; ++key) ASSERT_TRUE(store->commit(one(key, 1000)));
  std::thread writer([&] {
    for (InstanceKey key = 201; key <= 400; ++key) EXPECT_TRUE(store->commit(one(key, 1000)));
  });
  std::filesystem::create_directory(folder.path() + "/copy");
  const auto bytes = store->backup(folder.path() + "/copy/xflow.db");
  writer.join();
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_GT(*bytes, 200'000u);
  EXPECT_EQ(store->backup(folder.path() + "/copy/xflow.db").error().code, Code::kConflict);
  const auto copy = sqlite::Store::open(folder.path() + "/copy").value();
  EXPECT_GE(copy->reader().value()->instances({.tenant = 1, .limit = 500})->size(), 200u);
}

TEST(SqliteStore, TheLogStartsAgainUnderUninterruptedLoad) {
  Folder folder;
  const auto store = sqlite::Store::open(folder.path()).value();
  for (InstanceKey key = 1; key <= 300; ++key) ASSERT_TRUE(store->commit(one(key, 1u << 20)));
  // 300 MiB went through a log that begins again once it passes 96 MiB.
  EXPECT_LT(std::filesystem::file_size(folder.path() + "/xflow.db-wal"), 220u << 20);
}

}  // namespace xf::persistence::testing
