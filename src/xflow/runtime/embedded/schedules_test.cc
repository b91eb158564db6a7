// Schedules: what starts when, what is made up for, and whose schedule counts.
#include <algorithm>

#include "base/time.h"
#include "xflow/runtime/embedded/testing_world.h"

namespace xf::runtime::embedded::testing {

namespace {

namespace in = engine::input;
using engine::Status;

constexpr std::int64_t kHour = 3'600'000;
const std::string kShow = "do: [{show: {set: {got: '${ . }'}}}]\n";

plan::PlanPtr scheduled(const std::string& schedule, const std::string& version = "1.0.0",
                        const std::string& tasks = kShow) {
  return plan_of("job", "schedule: " + schedule + "\n" + tasks, version);
}

std::size_t runs(World& world) { return world.all().size(); }

// What the instances got, the oldest first.
std::vector<std::string> outputs(World& world) {
  std::vector<std::string> out;
  for (const auto& row : world.all()) out.push_back(world.output(row.key));
  std::ranges::reverse(out);
  return out;
}

std::string event(const std::string& id, const std::string& type, const std::string& data) {
  return R"({"specversion":"1.0","source":"/t","id":")" + id + R"(","type":")" + type + R"(","data":)" + data +
         "}";
}

TimeUs next_of(World& world) { return world.store.reader().value()->schedules().value().front().next; }

void act(World& world, Runtime::ScheduleAction action) {
  std::optional<Result<ScheduleSummary>> out;
  world.driver->schedule(
      "default", {"test", "job", ""}, action, {}, [&](auto result) { out = std::move(result); }, world.now);
  world.run();
  ASSERT_TRUE(out && *out);
}

// The machine is off for so long.
void be_off_for(World& world, std::int64_t ms) {
  world.now += ms * kUsPerMs;
  world.crash();
  world.run();
}

}  // namespace

TEST(Schedules, EveryRunsOnItsGridAlsoWhileAnotherRunIsUnderWay) {
  World world;
  world.deploy(scheduled("{every: PT10S}", "1.0.0", "do: [{long: {wait: PT1H}}]"));
  world.advance(9'999);
  EXPECT_EQ(runs(world), 0u);
  world.advance(1);
  EXPECT_EQ(runs(world), 1u);
  world.advance(25'000);
  EXPECT_EQ(runs(world), 3u);
}

TEST(Schedules, CronIsUtcUnlessAZoneIsGiven) {
  World world;  // begins 2026-03-20T09:46:40Z
  world.deploy(scheduled("{cron: 0 8 * * *}"));
  EXPECT_EQ(to_iso8601(next_of(world)), "2026-03-21T08:00:00.000Z");
  World berlin;
  berlin.deploy(scheduled("{cron: 0 8 * * *, timezone: Europe/Berlin}"));
  EXPECT_EQ(to_iso8601(next_of(berlin)), "2026-03-21T07:00:00.000Z");
  berlin.advance(9 * 24 * kHour);  // over the change of the clocks
  EXPECT_EQ(runs(berlin), 9u);
  berlin.crash();
  EXPECT_EQ(to_iso8601(next_of(berlin)), "2026-03-30T06:00:00.000Z");
}

TEST(Schedules, ATimeThatTheClocksLeaveOutComesLaterAndOneThatComesTwiceCountsOnce) {
  World world;
  world.now = *parse_iso8601("2026-03-28T12:00:00Z");
  world.deploy(scheduled("{cron: 30 2 * * *, timezone: Europe/Berlin}"));
  EXPECT_EQ(to_iso8601(next_of(world)), "2026-03-29T01:30:00.000Z");
  world.now = *parse_iso8601("2026-10-24T12:00:00Z");
  world.run();
  EXPECT_EQ(to_iso8601(next_of(world)), "2026-10-25T00:30:00.000Z");
  world.advance(24 * kHour);
  EXPECT_EQ(to_iso8601(next_of(world)), "2026-10-26T01:30:00.000Z");
}

TEST(Schedules, AnUnknownZoneIsRefused) {
  World world;
  std::optional<Result<Deployment>> out;
  world.driver->deploy(
      "default", scheduled("{cron: 0 8 * * *, timezone: Berlin}"), "", [&](auto r) { out = std::move(r); },
      world.now);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->error().code, Code::kInvalid);
  EXPECT_NE(out->error().message.find("'Berlin'"), std::string::npos);
}

TEST(Schedules, AfterCountsFromTheEndOfTheLastRun) {
  World world;
  world.deploy(scheduled("{after: PT10S}", "1.0.0", "do: [{long: {wait: PT1M}}]"));
  EXPECT_EQ(runs(world), 1u);
  world.advance(65'000);
  EXPECT_EQ(runs(world), 1u);
  world.crash();
  world.advance(5'000);
  EXPECT_EQ(runs(world), 2u);
}

TEST(Schedules, PartsStandSideBySide) {
  World world;
  world.deploy(scheduled("{every: PT10S, cron: '*/15 * * * * *', after: PT1H}"));
  world.advance(60'000);
  EXPECT_EQ(runs(world), 6u + 4u + 1u);
}

TEST(Schedules, WhatWasMissedRunsOnceNotAtAllOrEachTime) {
  for (const auto& [missed, expected] : {std::pair("", 1u), {", missed: once", 1u}, {", missed: skip", 0u},
                                         {", missed: all", 250u}}) {
    for (const char* kind : {"every: PT1M", "cron: '* * * * *'"}) {
      World world;
      world.now = *parse_iso8601("2026-03-20T10:00:00Z");
      world.deploy(scheduled(std::string("{") + kind + missed + "}"));
      be_off_for(world, 250 * 60'000 + 30'000);
      EXPECT_EQ(runs(world), expected) << kind << missed;
      world.advance(30'000);
      EXPECT_EQ(runs(world), expected + 1) << kind << missed;
    }
  }
}

TEST(Schedules, APauseIsNotMadeUpFor) {
  World world;
  world.deploy(scheduled("{every: PT1M, missed: all}"));
  act(world, Runtime::ScheduleAction::kPause);
  world.advance(10 * 60'000);
  world.crash();
  EXPECT_EQ(runs(world), 0u);
  act(world, Runtime::ScheduleAction::kResume);
  EXPECT_EQ(runs(world), 0u);
  world.advance(60'000);
  EXPECT_EQ(runs(world), 1u);
  act(world, Runtime::ScheduleAction::kTrigger);
  EXPECT_EQ(runs(world), 2u);
}

TEST(Schedules, OnlyTheHighestReleaseCountsAndANewerOneTakesOverAtOnce) {
  World world;
  const auto job = [](const std::string& version) {
    return scheduled("{every: PT10S}", version, "do: [{say: {set: {version: '" + version + "'}}}]");
  };
  const auto last = [&] { return world.output(world.all().front().key); };
  world.deploy(job("1.9.0"));
  world.deploy(job("1.2.0"));
  world.deploy(job("2.0.0-rc.1"));
  world.advance(10'000);
  ASSERT_EQ(runs(world), 1u);
  EXPECT_EQ(last(), R"({"version":"1.9.0"})");
  // Not committed: the older one still counts.
  world.faulty.break_commits(Code::kExhausted);
  world.driver->deploy(
      "default", job("1.10.0"), "", [](auto) {}, world.now);
  world.run();
  world.faulty.heal();
  world.crash();
  world.advance(10'000);
  EXPECT_EQ(last(), R"({"version":"1.9.0"})");
  world.deploy(job("1.10.0"));
  world.advance(5'000);
  world.crash();
  world.advance(5'000);
  EXPECT_EQ(runs(world), 3u);
  EXPECT_EQ(last(), R"({"version":"1.10.0"})");
  // One without a schedule ends them all.
  world.deploy(plan_of("job", kShow, "1.11.0"));
  world.advance(60'000);
  EXPECT_EQ(runs(world), 3u);
}

TEST(Schedules, OnOneEventGivesAnArrayOfOneEvent) {
  World world;
  world.deploy(scheduled("{on: {one: {with: {type: paid}}}}"));
  ASSERT_TRUE(world.publish(event("1", "paid", R"({"n":1})")));
  ASSERT_TRUE(world.publish(event("2", "refused", R"({"n":2})")));
  EXPECT_EQ(outputs(world), std::vector<std::string>{R"({"got":[{"n":1}]})"});
}

TEST(Schedules, AnEventThatComesTwiceStartsOnce) {
  World world;
  world.deploy(scheduled("{on: {one: {with: {type: paid}}}}"));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(world.publish(event("1", "paid", "1")));
    world.crash();
  }
  EXPECT_EQ(runs(world), 1u);
}

TEST(Schedules, ReadWhatTheDefinitionSays) {
  const std::string whole = event("1", "paid", R"({"n":1})");
  for (const auto& [mode, expected] : {std::pair("data", std::string(R"({"n":1})")),
                                       {"envelope", json::print(json_of(whole))},
                                       {"raw", R"("{\"n\":1}")"}}) {
    World world;
    world.deploy(scheduled(std::string("{on: {any: []}, read: ") + mode + "}"));
    ASSERT_TRUE(world.publish(whole));
    EXPECT_EQ(outputs(world), std::vector<std::string>{R"({"got":[)" + expected + "]}"}) << mode;
  }
}

TEST(Schedules, OnAllGathersWhatBelongsTogether) {
  World world;
  world.deploy(scheduled(R"({on: {all: [
    {with: {type: ordered}, correlate: {order: {from: .data.order}}},
    {with: {type: paid}, correlate: {order: {from: .data.order}}}]}})"));
  ASSERT_TRUE(world.publish(event("1", "ordered", R"({"order":1,"n":1})")));
  ASSERT_TRUE(world.publish(event("2", "paid", R"({"order":2,"n":2})")));
  ASSERT_TRUE(world.publish(event("3", "paid", R"({"n":3})")));  // of no order at all
  EXPECT_EQ(runs(world), 0u);
  world.crash();
  ASSERT_TRUE(world.publish(event("4", "ordered", R"({"order":2,"n":4})")));
  ASSERT_TRUE(world.publish(event("5", "paid", R"({"order":1,"n":5})")));
  EXPECT_EQ(outputs(world),
            (std::vector<std::string>{R"({"got":[{"order":2,"n":2},{"order":2,"n":4}]})",
                                      R"({"got":[{"order":1,"n":1},{"order":1,"n":5}]})"}));
}

TEST(Schedules, OnAnyGathersUntilAConditionHolds) {
  World world;
  world.deploy(scheduled("{on: {any: [{with: {type: paid}}], until: '(map(.n) | add) >= 5'}}"));
  ASSERT_TRUE(world.publish(event("1", "paid", R"({"n":2})")));
  world.crash();
  ASSERT_TRUE(world.publish(event("2", "paid", R"({"n":3})")));
  ASSERT_TRUE(world.publish(event("3", "paid", R"({"n":4})")));
  EXPECT_EQ(outputs(world), std::vector<std::string>{R"({"got":[{"n":2},{"n":3}]})"});
}

TEST(Schedules, OnAnyGathersUntilOtherEventsCome) {
  World world;
  world.deploy(scheduled("{on: {any: [{with: {type: paid}}], until: {one: {with: {type: closed}}}}}"));
  ASSERT_TRUE(world.publish(event("1", "paid", "1")));
  ASSERT_TRUE(world.publish(event("2", "paid", "2")));
  EXPECT_EQ(runs(world), 0u);
  ASSERT_TRUE(world.publish(event("3", "closed", "3")));
  EXPECT_EQ(outputs(world), std::vector<std::string>{R"({"got":[1,2]})"});
}

TEST(Schedules, WhatNobodyCompletesIsGivenUpTheOldestFirst) {
  World world;
  world.deploy(scheduled(R"({on: {all: [
    {with: {type: ordered}, correlate: {order: {from: .data}}},
    {with: {type: paid}, correlate: {order: {from: .data}}}]}})"));
  for (int i = 0; i <= 1'000; ++i)
    ASSERT_TRUE(world.publish(event(std::to_string(i), "ordered", std::to_string(i))));
  ASSERT_TRUE(world.publish(event("a", "paid", "0")));
  EXPECT_EQ(runs(world), 0u);
  ASSERT_TRUE(world.publish(event("b", "paid", "1000")));
  EXPECT_EQ(runs(world), 1u);
}

TEST(Schedules, ExpectAndExpressionsNarrowWhatStarts) {
  World world;
  world.deploy(scheduled(R"({on: {one: {with: {type: paid, data: '${ .amount > 5 }'},
                                        correlate: {shop: {from: .data.shop, expect: mine}}}}})"));
  ASSERT_TRUE(world.publish(event("1", "paid", R"({"amount":9,"shop":"yours"})")));
  ASSERT_TRUE(world.publish(event("2", "paid", R"({"amount":1,"shop":"mine"})")));
  ASSERT_TRUE(world.publish(event("3", "paid", R"({"amount":9,"shop":"mine"})")));
  EXPECT_EQ(outputs(world), std::vector<std::string>{R"({"got":[{"amount":9,"shop":"mine"}]})"});
}

}  // namespace xf::runtime::embedded::testing
