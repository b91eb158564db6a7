#include "xflow/runtime/embedded/vault.h"

#include "xflow/runtime/embedded/testing_world.h"

namespace xf::runtime::embedded {
namespace {

using testing::json_of;
using testing::World;

constexpr const char* kCanary = "canary-5f0c9be1";

plan::PlanPtr needs_token() {
  return testing::plan_of("w", "use: {secrets: [token]}\ndo: [{hold: {wait: PT1H}}]\n");
}

// One data directory, opened by one process after another.
struct Directory {
  std::shared_ptr<const Vault> open(const std::string& given, std::int64_t hours = 0) {
    auto vault = Vault::open(store, key, json_of(given), kStart + hours * 3600 * kUsPerSecond);
    EXPECT_TRUE(vault) << (vault ? "" : vault.error().message);
    return vault.value_or(nullptr);
  }
  std::string bytes() {
    std::string out;
    const auto rows = store.reader().value()->secrets().value();
    for (const auto& row : rows) out += row.name + row.sealed + "\n";
    return out;
  }

  static constexpr TimeUs kStart = 1'774'000'000'000'000;
  persistence::memory::Store store;
  SealKey key = random_seal_key();
};

std::uint64_t version_of(const Vault& vault) {
  const auto changes = vault.changes(*needs_token(), {});
  return changes.empty() ? 0 : changes.front().version;
}

TEST(Vault, TheSameValueIsTheSameVersionAndAnotherIsANewOne) {
  Directory directory;
  EXPECT_EQ(version_of(*directory.open(R"({"token":"a","other":1})")), 1u);
  EXPECT_EQ(version_of(*directory.open(R"({"token":"a"})")), 1u);
  const auto second = directory.open(R"({"token":"b"})");
  EXPECT_EQ(version_of(*second), 2u);
  EXPECT_EQ(json::print(second->given(*needs_token())), R"({"token":"b"})");
  const auto none = directory.open("{}");
  EXPECT_EQ(version_of(*none), 0u);
  EXPECT_EQ(json::print(none->given(*needs_token())), "{}");
  EXPECT_EQ(none->changes(*needs_token(), {{"token", 2}}), (std::vector<engine::SecretVersion>{{"token", 0}}));
  EXPECT_EQ(version_of(*directory.open(R"({"token":"b"})")), 4u);
}

TEST(Vault, StoresNothingInTheClearAndOpensWithItsKeyAlone) {
  Directory directory;
  (void)directory.open(R"({"token":")" + std::string(kCanary) + "\"}");
  EXPECT_EQ(directory.bytes().find(kCanary), std::string::npos);
  EXPECT_GT(directory.bytes().size(), 20u);
  const auto other = Vault::open(directory.store, random_seal_key(), json_of("{}"), Directory::kStart);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kInvalid);
}

TEST(Vault, AnOlderVersionLivesAsLongAsSomebodyMayNeedIt) {
  Directory directory;
  const auto first = directory.open(R"({"token":"a"})");
  persistence::Batch batch;
  batch.started = {{.key = first_key_at(Directory::kStart + 1), .tenant = 1, .definition = 1, .status = 2}};
  ASSERT_TRUE(directory.store.commit(batch));
  (void)directory.open(R"({"token":"b"})", 1);
  const auto kept = directory.open(R"({"token":"b"})", 2);
  EXPECT_EQ(json::print(kept->values({{"token", 1}}).value()), R"({"token":"a"})");
  batch.started.front().status = 6;
  persistence::Batch ended;
  ended.changed = batch.started;
  ASSERT_TRUE(directory.store.commit(ended));
  (void)directory.open(R"({"token":"b"})", 3);
  const auto gone = directory.open(R"({"token":"b"})", 4)->values({{"token", 1}});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Code::kCorrupt);
}

// ---- The driver with secrets

const std::string kUses =
    "use: {secrets: [token]}\ndo:\n"
    "  - keep: {set: {token: '${ $secrets.token }', n: 1}, export: {as: '${ {kept: .token} }'}}\n"
    "  - loop: {for: {in: '[range(40)]'}, do: [{ask: {call: http, with: {method: post, endpoint: 'http://localhost/x',"
    " body: {t: '${ $context.kept }'}}}}]}\n"
    "  - end: {set: {token: '${ $context.kept }'}}\n";

std::string all_bytes(World& world, persistence::InstanceKey key) {
  const auto stored = world.store.reader().value()->load(key).value();
  std::string out = stored->snapshot ? stored->snapshot->state : "";
  const auto rows = world.store.reader().value()->journal(key, 1, 1000).value();
  for (const auto& row : rows) out += row.input + row.trace;
  return out;
}

TEST(Vault, AnInstanceGoesOnAfterACrashAndItsRowsTellNothing) {
  Directory directory;
  World world({.vault = directory.open(R"({"token":")" + std::string(kCanary) + "\"}")});
  world.deploy(testing::plan_of("uses", kUses));
  const auto key = world.start("uses")->instance;
  for (int i = 0; i < 40; ++i) {
    if (i % 7 == 3) world.crash();
    world.run();
    const auto call = world.take_call();
    const auto& request = std::get<engine::command::HttpRequest>(call.call.request);
    EXPECT_EQ(json::print(request.body), R"({"t":")" + std::string(kCanary) + "\"}");
    // As it was when it was commanded, also read back from a snapshot.
    ASSERT_TRUE(call.call.shown);
    EXPECT_EQ(json::print(std::get<engine::command::HttpRequest>(*call.call.shown).body), R"({"t":"***"})");
    world.answer(call, '"' + std::string(400, 'x') + '"');
    EXPECT_EQ(all_bytes(world, key).find(kCanary), std::string::npos);
  }
  EXPECT_EQ(world.status(key), engine::Status::kCompleted);
  // What has ended is read without any secret.
  EXPECT_EQ(world.store.reader().value()->load(key).value()->tail.size(), 0u);
  EXPECT_EQ(all_bytes(world, key).find(kCanary), std::string::npos);
  world.crash();
  EXPECT_EQ(world.command(key, engine::input::Retry{}).error().code, Code::kConflict);
}

TEST(Vault, WhatIsNotHiddenIsNotSealed) {
  Directory directory;
  World world({.vault = directory.open(R"({"token":"a"})")});
  world.deploy(testing::plan_of(
      "w", "use: {secrets: [token]}\ndo:\n  - a: {set: {n: '${ $secrets.token != null }'}}\n"));
  const auto key = world.start("w")->instance;
  EXPECT_EQ(world.output(key), R"({"n":true})");
}

}  // namespace
}  // namespace xf::runtime::embedded
