// World: a driver with a clock, a disk and a network that a test moves by hand. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "persistence/memory/store.h"
#include "persistence/testing/faulty.h"
#include "xflow/definition/load.h"
#include "xflow/runtime/embedded/driver.h"
#include "xflow/runtime/embedded/ids.h"

namespace xf::runtime::embedded::testing {

inline json::Value json_of(const std::string& text) { return json::parse(text).value(); }

// A definition from its tasks, as YAML indented by two.
inline plan::PlanPtr plan_of(const std::string& name, const std::string& rest,
                             const std::string& version = "1.0.0") {
  auto loaded = definition::load("document: {dsl: 1.0.0, namespace: test, name: " + name +
                                 ", version: " + version + "}\n" + rest);
  EXPECT_TRUE(loaded) << (loaded ? "" : to_string(loaded.error().front()));
  return loaded.value();
}

class World {
 public:
  explicit World(DriverOptions options = {}) : options_(options) { boot(); }

  // As after kill -9: what was committed is there, and nothing else.
  void crash() {
    acts.clear();
    boot();
  }

  // Turns and commits until there is nothing to do at this time.
  void run() {
    for (int round = 0; round < 100'000; ++round) {
      if (driver->next_due() <= now) driver->tick(now);
      (void)driver->work(now, 16);
      if (!driver->has_group()) {
        if (driver->next_due() > now || driver->broken() != nullptr) return;
        continue;
      }
      commit();
    }
    FAIL() << "the driver never comes to rest";
  }
  // One group; false when its commit failed.
  bool commit() {
    Group group = driver->seal(now);
    const auto done = group.batch.empty() ? Result<void>() : faulty.commit(group.batch);
    driver->settle(group.number, done, now);
    for (auto& answer : group.answers) answer(done ? nullptr : &done.error());
    if (!done) return false;
    for (auto& turn : group.told) told.push_back(std::move(turn));
    for (auto& act : group.acts) acts.push_back(std::move(act));
    return true;
  }
  void advance(std::int64_t ms) {
    const TimeUs until = now + ms * kUsPerMs;
    for (run(); driver->next_due() <= until && driver->broken() == nullptr; run())
      now = std::max(now, driver->next_due());
    now = until;
    run();
  }

  Deployment deploy(const plan::PlanPtr& plan) {
    std::optional<Result<Deployment>> out;
    driver->deploy(
        "default", plan, "", [&](auto result) { out = std::move(result); }, now);
    run();
    EXPECT_TRUE(out && *out) << (out ? out->error().message : "no answer");
    return **out;
  }
  // The key of an instance that was started and is durable.
  Result<Answered> start(const std::string& name, const std::string& input = "{}",
                         Idempotency idempotency = {}, std::int64_t wait_ms = 0) {
    std::optional<Result<Answered>> out;
    StartRequest request{.definition = {"test", name, "latest"},
                         .input = json_of(input),
                         .idempotency = std::move(idempotency),
                         .wait_ms = wait_ms};
    driver->start(
        std::move(request), [&](auto result) { out = std::move(result); }, now);
    run();
    EXPECT_TRUE(out) << "no answer";
    return out ? *out : fail(Code::kTimeout, "no answer");
  }
  Result<Answered> command(persistence::InstanceKey key, engine::InputBody body,
                           Idempotency idempotency = {}) {
    std::optional<Result<Answered>> out;
    driver->command(
        "default", id_of(key), std::move(body), idempotency, [&](auto result) { out = std::move(result); },
        now);
    run();
    return out ? *out : fail(Code::kTimeout, "no answer");
  }
  Result<std::vector<std::uint32_t>> publish(const std::string& event, Idempotency idempotency = {}) {
    std::optional<Result<std::vector<std::uint32_t>>> out;
    driver->publish(
        "default", {json_of(event)}, idempotency, [&](auto result) { out = std::move(result); }, now);
    run();
    return out ? *out : fail(Code::kTimeout, "no answer");
  }
  // The one call that waits to be sent; it is taken out.
  act::Call take_call() {
    for (auto it = acts.begin(); it != acts.end(); ++it)
      if (auto* call = std::get_if<act::Call>(&*it)) {
        act::Call out = std::move(*call);
        acts.erase(it);
        return out;
      }
    ADD_FAILURE() << "no call was sent";
    return {};
  }
  void answer(const act::Call& call, const std::string& value) {
    driver->call_completed(call.instance, call.work.command, {.value = json_of(value)}, now);
    run();
  }

  std::string id_of(persistence::InstanceKey key) const {
    return instance_id(key, driver->catalog().tenant(driver->catalog().find_tenant("default")).salt);
  }
  persistence::Instance row(persistence::InstanceKey key) {
    return store.reader().value()->instance(key).value().value_or(persistence::Instance{});
  }
  engine::Status status(persistence::InstanceKey key) { return static_cast<engine::Status>(row(key).status); }
  // As the store alone tells it.
  std::string output(persistence::InstanceKey key) {
    auto stored = store.reader().value()->load(key).value();
    if (!stored) return "no instance";
    Catalog catalog;
    auto reader = store.reader().value();
    EXPECT_TRUE(catalog.load(*reader));
    auto loaded = restore(*stored, *catalog.plan(stored->row.definition, *reader).value(),
                          {.contents = contents_of(*reader, stored->row.tenant)});
    return loaded ? json::print(loaded->instance.output()) : loaded.error().message;
  }
  std::vector<persistence::Instance> all() {
    return store.reader().value()->instances({.tenant = 1, .limit = 500}).value();
  }

  TimeUs now = 1'774'000'000'000'000;
  persistence::memory::Store store;
  persistence::testing::Faulty faulty{store};
  std::unique_ptr<Driver> driver;
  std::vector<Act> acts;
  std::vector<Told> told;

 private:
  void boot() {
    options_.seed += 7;
    driver = std::make_unique<Driver>(options_, faulty);
    const auto recovered = driver->recover(now);
    EXPECT_TRUE(recovered) << (recovered ? "" : recovered.error().message);
  }
  DriverOptions options_;
};

}  // namespace xf::runtime::embedded::testing
