// The contract of a store, as one suite over every adapter: include it in the adapter's test and instantiate
// it with a function that makes an empty store.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "persistence/store.h"

namespace xf::persistence::testing {

using MakeStore = std::function<std::unique_ptr<Store>()>;

class StoreContract : public ::testing::TestWithParam<MakeStore> {
 protected:
  void SetUp() override {
    store_ = GetParam()();
    reader_ = std::move(store_->reader().value());
  }
  void commit(const Batch& batch) {
    const auto done = store_->commit(batch);
    ASSERT_TRUE(done) << done.error().message;
  }
  static Instance instance(InstanceKey key, std::uint8_t status = 1, DefinitionKey definition = 1,
                           std::string name = "") {
    return {.key = key,
            .tenant = 1,
            .definition = definition,
            .status = status,
            .updated_at = key,
            .business_key = std::move(name)};
  }
  static JournalRow row(InstanceKey key, std::uint64_t seq) {
    return {.instance = key,
            .tenant = 1,
            .seq = seq,
            .at = 5,
            .input = std::string("i\0n", 3),
            .trace = "t",
            .digest = UINT64_MAX - seq};
  }
  std::vector<InstanceKey> keys(const InstanceFilter& filter) {
    std::vector<InstanceKey> out;
    const auto found = reader_->instances(filter);
    for (const auto& item : found.value()) out.push_back(item.key);
    return out;
  }
  using Keys = std::vector<InstanceKey>;

  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
};

TEST_P(StoreContract, AnEmptyStoreHasNothing) {
  EXPECT_EQ(reader_->counters().value().instance, 0);
  EXPECT_TRUE(reader_->definitions().value().empty());
  EXPECT_FALSE(reader_->load(1).value());
  EXPECT_TRUE(Batch{}.empty());
}

TEST_P(StoreContract, ALoadedInstanceIsItsRowItsSnapshotAndTheJournalBehindIt) {
  Batch batch;
  batch.started = {instance(7), instance(8)};
  batch.journal = {row(7, 1), row(7, 2), row(7, 3), row(8, 1)};
  commit(batch);
  auto loaded = reader_->load(7).value();
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->row, instance(7));
  EXPECT_FALSE(loaded->snapshot);
  EXPECT_EQ(loaded->tail, (std::vector{row(7, 1), row(7, 2), row(7, 3)}));

  Batch later;
  later.snapshots = {{.instance = 7, .tenant = 1, .seq = 2, .state = "state"}};
  commit(later);
  later.snapshots[0].state = "newer";
  commit(later);
  loaded = reader_->load(7).value();
  EXPECT_EQ(loaded->snapshot->state, "newer");
  EXPECT_EQ(loaded->tail, (std::vector{row(7, 3)}));
  EXPECT_EQ(reader_->journal(7, 2, 1).value(), (std::vector{row(7, 2)}));
  EXPECT_EQ(reader_->counters().value().instance, 8);
}

TEST_P(StoreContract, AChangeTouchesWhatChangesAndNothingElse) {
  Batch batch;
  auto first = instance(7, 1, 3, "order-1");
  first.parent = 4, first.parent_command = 9, first.parent_awaits = true;
  batch.started = {first};
  commit(batch);
  auto changed = first;
  changed.status = 6, changed.updated_at = 100, changed.ended_at = 100, changed.owed = true;
  Batch later;
  later.changed = {changed};
  later.changed[0].business_key = "ignored";
  commit(later);
  EXPECT_EQ(reader_->instance(7).value(), changed);
  EXPECT_EQ(reader_->child(4, 9).value(), 7);
  EXPECT_EQ(reader_->child(4, 8).value(), 0);
  EXPECT_EQ(reader_->children(4, 10).value(), Keys{7});
  EXPECT_EQ(reader_->owed(0, 10).value().size(), 1u);
  EXPECT_TRUE(reader_->owed(7, 10).value().empty());
}

TEST_P(StoreContract, TimersComeInOrderBehindAMark) {
  Batch batch;
  batch.timers = {{30, 1, 1, 1}, {10, 2, 1, 1}, {10, 1, 2, 1}, {20, 5, 1, 1}};
  commit(batch);
  auto first = reader_->timers({INT64_MIN, 0, 0, 0}, 2).value();
  EXPECT_EQ(first, (std::vector<Timer>{{10, 1, 2, 1}, {10, 2, 1, 1}}));
  Batch later;
  later.timers_gone = {{20, 5, 1, 1}, {99, 1, 1, 1}};
  commit(later);
  EXPECT_EQ(reader_->timers(first.back(), 10).value(), (std::vector<Timer>{{30, 1, 1, 1}}));
}

TEST_P(StoreContract, SubscriptionsAreFoundByShapeAndHash) {
  Batch batch;
  batch.shapes = {{.key = 1, .tenant = 1, .definition = 2, .text = "type"}};
  batch.subscriptions = {{1, -5, 7, 1, 0, 1}, {1, -5, 8, 1, 0, 1}, {1, 6, 9, 1, 0, 1}, {2, -5, 9, 1, 0, 1}};
  commit(batch);
  const auto found = reader_->subscriptions({.shape = 1, .hash = -5, .instance = INT64_MIN}, 10).value();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0], batch.subscriptions[0]);
  EXPECT_EQ(reader_->subscriptions(found[0], 10).value().size(), 1u);
  Batch later;
  later.subscriptions_gone = {found[0]};
  commit(later);
  EXPECT_EQ(reader_->subscriptions({.shape = 1, .hash = -5, .instance = INT64_MIN}, 10).value().size(), 1u);
  EXPECT_EQ(reader_->shapes().value().at(0).text, "type");
}

TEST_P(StoreContract, DefinitionsKeepTheirTextsAndStates) {
  Batch batch;
  batch.tenants = {{1, "default", UINT64_MAX}};
  const Definition made{.key = 3,
                        .tenant = 1,
                        .ns = "n",
                        .name = "a",
                        .version = "1.0.0",
                        .title = "A",
                        .digest = "sha256:1",
                        .deployed_at = 9};
  batch.definitions = {{made, {3, "{}", "a: b"}}};
  commit(batch);
  EXPECT_EQ(reader_->definitions().value(), std::vector{made});
  EXPECT_EQ(reader_->definition_text(3).value()->original, "a: b");
  EXPECT_FALSE(reader_->definition_text(4).value());
  Batch later;
  later.definition_states = {{3, DefinitionState::kRemoved}};
  commit(later);
  EXPECT_EQ(reader_->definitions().value()[0].state, DefinitionState::kRemoved);
  // A removed version may come again, as a definition of its own.
  Batch again;
  again.definitions = {{made, {4, "{}", ""}}};
  again.definitions[0].first.key = 4;
  commit(again);
  EXPECT_EQ(reader_->counters().value().definition, 4);
  EXPECT_EQ(reader_->tenants().value().at(0).name, "default");
  EXPECT_EQ(reader_->tenants().value().at(0).salt, UINT64_MAX);
}

TEST_P(StoreContract, MailEventsKeysSchedulesContentsAndIncidents) {
  Batch batch;
  batch.mail = {{.key = 2, .tenant = 1, .instance = 7, .definition = 0, .input = "x"},
                {.key = 1, .tenant = 1, .instance = 8, .definition = 3, .parent_awaits = true, .input = "y"}};
  batch.events = {{.key = 5, .tenant = 1, .expires_at = 50, .event = "{}"}};
  batch.idempotency = {
      {.tenant = 1, .operation = "start", .key = "k", .body = UINT64_MAX, .at = 10, .answer = "7"}};
  batch.schedules = {{.tenant = 1, .ns = "n", .name = "a", .definition = 3, .next = 60}};
  batch.contents = {{1, "sha256:1", "first"}, {1, "sha256:1", "second"}};
  batch.secrets = {{.tenant = 1, .name = "b", .version = 2, .since = 5, .sealed = std::string("\0x", 2)},
                   {.tenant = 1, .name = "b", .version = 1, .since = 4, .sealed = "y"}};
  batch.incidents = {{.instance = 7, .tenant = 1, .at = 3, .reason = "why"}};
  commit(batch);
  EXPECT_EQ(reader_->mail().value().at(0).input, "y");
  EXPECT_TRUE(reader_->mail().value().at(0).parent_awaits);
  EXPECT_EQ(reader_->events().value().at(0).expires_at, 50);
  EXPECT_EQ(reader_->idempotency(1, "start", "k").value()->body, UINT64_MAX);
  EXPECT_FALSE(reader_->idempotency(2, "start", "k").value());
  EXPECT_EQ(reader_->content(1, "sha256:1").value(), "first");
  EXPECT_EQ(reader_->incident(7).value()->reason, "why");
  ASSERT_EQ(reader_->secrets().value().size(), 2u);
  EXPECT_EQ(reader_->secrets().value().at(0).version, 1u);
  EXPECT_EQ(reader_->secrets().value().at(1).sealed, std::string("\0x", 2));
  EXPECT_EQ(reader_->secrets().value().at(1).since, 5);

  Batch later;
  later.mail_gone = {1};
  later.events_gone = {5};
  later.idempotency_before = 11;
  later.schedules = {{.tenant = 1, .ns = "n", .name = "a", .definition = 4, .paused = true}};
  later.incidents_gone = {7};
  later.secrets_gone = {batch.secrets[1]};
  commit(later);
  EXPECT_EQ(reader_->mail().value().size(), 1u);
  EXPECT_TRUE(reader_->events().value().empty());
  EXPECT_FALSE(reader_->idempotency(1, "start", "k").value());
  EXPECT_EQ(reader_->schedules().value(), later.schedules);
  EXPECT_TRUE(reader_->incidents().value().empty());
  EXPECT_EQ(reader_->secrets().value().at(0).version, 2u);
  Batch last;
  last.schedules_gone = {{1, {"n", "a"}}};
  commit(last);
  EXPECT_TRUE(reader_->schedules().value().empty());
}

TEST_P(StoreContract, ListsAreNewestFirstAndFilterByStatusDefinitionTimeAndText) {
  Batch batch;
  for (InstanceKey key = 1; key <= 40; ++key)
    batch.started.push_back(instance(key, static_cast<std::uint8_t>(key % 3), 1 + key % 2,
                                     key % 5 == 0 ? "order-" + std::to_string(key) : ""));
  commit(batch);
  InstanceFilter all{.tenant = 1, .limit = 3};
  EXPECT_EQ(keys(all), (Keys{40, 39, 38}));
  all.key_before = 38;
  EXPECT_EQ(keys(all), (Keys{37, 36, 35}));
  EXPECT_EQ(keys({.tenant = 2}), Keys{});
  EXPECT_EQ(keys({.tenant = 1, .statuses = 0b110, .limit = 3}), (Keys{40, 38, 37}));
  EXPECT_EQ(keys({.tenant = 1, .definitions = Keys{2}, .limit = 2}), (Keys{39, 37}));
  EXPECT_EQ(keys({.tenant = 1, .definitions = Keys{}, .limit = 2}), Keys{});
  EXPECT_EQ(keys({.tenant = 1, .statuses = 0b001, .definitions = Keys{1, 2}, .limit = 2}), (Keys{39, 36}));
  EXPECT_EQ(keys({.tenant = 1, .key_min = 38}), (Keys{40, 39, 38}));

  InstanceFilter text{.tenant = 1, .limit = 3};
  text.text = InstanceFilter::Text{.business_key = "order-"};
  EXPECT_EQ(keys(text), (Keys{40, 35, 30}));
  text.key_before = 35;
  EXPECT_EQ(keys(text), (Keys{30, 25, 20}));
  text.text =
      InstanceFilter::Text{.key_min = 10, .key_max = 11, .business_key = "order-3", .definitions = {}};
  EXPECT_EQ(keys(text), (Keys{30, 11, 10}));
  text.text = InstanceFilter::Text{.business_key = "nothing", .definitions = {1}};
  EXPECT_EQ(keys(text), (Keys{34, 32, 30}));
  EXPECT_EQ(reader_->count(1, 0b111, 100).value(), 20u);
  EXPECT_EQ(reader_->count(1, 0b111, 5).value(), 5u);
}

TEST_P(StoreContract, DeletedInstancesTakeEverythingWithThem) {
  Batch batch;
  for (InstanceKey key = 1; key <= 5; ++key) {
    batch.started.push_back(instance(key, 6));
    batch.started.back().ended_at = key * 10;
    batch.journal.push_back(row(key, 1));
  }
  commit(batch);
  EXPECT_EQ(reader_->ended(1u << 6, 40, 0, 2).value(), (Keys{1, 2}));
  EXPECT_EQ(reader_->ended(1u << 6, 40, 2, 2).value(), (Keys{3}));
  EXPECT_TRUE(reader_->ended(1u << 5, 40, 0, 2).value().empty());
  Batch later;
  later.deleted = {1, 2};
  commit(later);
  EXPECT_FALSE(reader_->load(1).value());
  EXPECT_TRUE(reader_->journal(2, 0, 10).value().empty());
  EXPECT_EQ(reader_->journal(3, 0, 10).value().size(), 1u);
}

}  // namespace xf::persistence::testing
