// The driver in virtual time: each rule with the fewest steps that show it, and most of them through a crash.
#include "xflow/runtime/embedded/driver.h"

#include "xflow/runtime/embedded/ids.h"
#include "xflow/runtime/embedded/testing_world.h"

namespace xf::runtime::embedded::testing {

namespace {

namespace in = engine::input;
using engine::Status;

const std::string kAdd = R"(
do:
  - one: {set: {n: "${ .n + 1 }"}}
  - two: {set: {n: "${ .n + 1 }"}}
  - three: {set: {n: "${ .n + 1 }"}}
)";
const std::string kWait = R"(
do:
  - pause: {wait: {seconds: 30}}
  - done: {set: {ok: true}}
)";
const std::string kCall = R"(
do:
  - ask: {call: http, with: {method: get, endpoint: "http://localhost/x"}}
)";
const std::string kListen = R"(
do:
  - hear:
      listen:
        to: {one: {with: {type: paid}}}
)";

}  // namespace

TEST(Driver, AWorkflowOfPureStepsIsOneJournalRow) {
  World world;
  EXPECT_TRUE(world.deploy(plan_of("add", kAdd)).created);
  EXPECT_FALSE(world.deploy(plan_of("add", kAdd)).created);
  const auto started = world.start("add", R"({"n":1})");
  ASSERT_TRUE(started) << started.error().message;
  ASSERT_TRUE(started->detail);
  EXPECT_EQ(started->detail->summary.status, Status::kCompleted);
  EXPECT_EQ(json::print(started->detail->output), R"({"n":4})");
  EXPECT_EQ(started->detail->summary.id, world.id_of(started->instance));
  EXPECT_EQ(world.output(started->instance), R"({"n":4})");
  EXPECT_EQ(world.store.reader().value()->journal(started->instance, 0, 10).value().size(), 1u);
  EXPECT_EQ(world.driver->hot_count(), 0u);
}

TEST(Driver, RefusesWhatCannotBe) {
  World world;
  world.deploy(plan_of("add", kAdd));
  EXPECT_EQ(world.start("nothing").error().code, Code::kNotFound);
  std::optional<Result<Deployment>> other;
  world.driver->deploy(
      "default", plan_of("add", kWait), "", [&](auto result) { other = std::move(result); }, world.now);
  EXPECT_EQ(other->error().code, Code::kConflict);
  const auto key = world.start("add", R"({"n":1})")->instance;
  EXPECT_EQ(world.command(key, in::Suspend{}).error().code, Code::kConflict);
  EXPECT_EQ(world.command(key + 1, in::Suspend{}).error().code, Code::kNotFound);
}

TEST(Driver, ATimerFiresWhenItIsDueAlsoAfterACrash) {
  for (const bool crash : {false, true}) {
    World world;
    world.deploy(plan_of("wait", kWait));
    const auto key = world.start("wait")->instance;
    EXPECT_EQ(world.status(key), Status::kWaiting);
    world.advance(29'999);
    EXPECT_EQ(world.status(key), Status::kWaiting);
    if (crash) world.crash();
    world.advance(1);
    EXPECT_EQ(world.status(key), Status::kCompleted);
    EXPECT_EQ(world.output(key), R"({"ok":true})");
    EXPECT_TRUE(world.store.reader().value()->timers({.due = INT64_MIN}, 10).value().empty());
  }
}

TEST(Driver, TheTimeOfAnInstanceNeverGoesBackWhateverTheClockDoes) {
  World world;
  world.deploy(plan_of("wait", kWait));
  const auto key = world.start("wait")->instance;
  world.now += 20 * kUsPerSecond;
  ASSERT_TRUE(world.command(key, in::Suspend{}));
  world.now -= 15 * kUsPerSecond;
  ASSERT_TRUE(world.command(key, in::Resume{}));
  world.crash();
  ASSERT_TRUE(world.command(key, in::Suspend{}));
  const auto journal = world.store.reader().value()->journal(key, 1, 10).value();
  ASSERT_EQ(journal.size(), 4u);
  EXPECT_EQ(journal[2].at, journal[1].at);
  EXPECT_EQ(journal[3].at, journal[1].at);
  EXPECT_EQ(world.row(key).updated_at, journal[1].at);
}

TEST(Driver, ATimerThatIsTakenUpAfterTheClockJumpedBackHasFiredWhenItWasDue) {
  World world;
  world.deploy(plan_of("wait", kWait));
  const auto key = world.start("wait")->instance;
  const auto due = world.now + 30 * kUsPerSecond;
  world.now = due;
  world.driver->tick(world.now);
  world.now -= 20 * kUsPerSecond;
  world.run();
  EXPECT_EQ(world.store.reader().value()->journal(key, 2, 1).value().at(0).at, due);
  EXPECT_EQ(world.row(key).ended_at, due);
}

TEST(Driver, WhoWaitsForTheEndIsAnsweredThenOrWhenTheTimeHasPassed) {
  World world;
  world.deploy(plan_of("wait", kWait));
  std::vector<Answered> answers;
  const auto start = [&](std::int64_t wait_ms) {
    StartRequest request{
        .definition = {"test", "wait", ""}, .input = json_of(R"({"a":1})"), .wait_ms = wait_ms};
    world.driver->start(
        std::move(request), [&](auto result) { answers.push_back(result.value()); }, world.now);
    world.run();
  };
  start(60'000);
  start(10'000);
  EXPECT_TRUE(answers.empty());
  world.advance(10'000);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_FALSE(answers[0].detail);
  world.advance(20'000);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[1].detail->summary.status, Status::kCompleted);
  EXPECT_EQ(json::print(answers[1].detail->input), R"({"a":1})");
}

TEST(Driver, AnIdempotencyKeyGivesTheSameInstance) {
  World world;
  world.deploy(plan_of("add", kAdd));
  const auto first = world.start("add", R"({"n":1})", {"k", 5}).value();
  const auto again = world.start("add", R"({"n":1})", {"k", 5}).value();
  EXPECT_FALSE(first.replayed);
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(first.instance, again.instance);
  const auto other = world.start("add", R"({"n":2})", {"k", 6});
  EXPECT_EQ(other.error().code, Code::kReused);
  EXPECT_NE(other.error().message.find("reused"), std::string::npos);
  world.crash();
  EXPECT_EQ(world.start("add", R"({"n":1})", {"k", 5})->instance, first.instance);
  world.advance(25 * 3600 * 1000);
  EXPECT_NE(world.start("add", R"({"n":1})", {"k", 6})->instance, first.instance);
}

TEST(Driver, TheSameKeyInOneGroupStartsOnce) {
  World world;
  world.deploy(plan_of("add", kAdd));
  std::vector<Answered> answers;
  for (int i = 0; i < 3; ++i) {
    StartRequest request{
        .definition = {"test", "add", ""}, .input = json_of(R"({"n":1})"), .idempotency = {"k", 5}};
    world.driver->start(
        std::move(request), [&](auto result) { answers.push_back(result.value()); }, world.now);
  }
  EXPECT_TRUE(answers.empty());
  world.run();
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].instance, answers[2].instance);
  EXPECT_EQ(world.all().size(), 1u);
}

TEST(Driver, ACallIsSentOnceItIsDurableAndAgainAfterACrashUnderTheSameKey) {
  World world;
  world.deploy(plan_of("ask", kCall));
  const auto key = world.start("ask")->instance;
  const auto call = world.take_call();
  EXPECT_TRUE(world.acts.empty());
  EXPECT_TRUE(world.row(key).owed);
  world.crash();
  world.run();
  const auto again = world.take_call();
  EXPECT_EQ(again.call.idempotency_key, call.call.idempotency_key);
  EXPECT_FALSE(again.call.idempotency_key.empty());
  EXPECT_EQ(again.work, call.work);
  world.answer(again, R"({"x":1})");
  EXPECT_EQ(world.output(key), R"({"x":1})");
  EXPECT_FALSE(world.row(key).owed);
  world.answer(call, R"({"x":2})");  // late: changes nothing
  EXPECT_EQ(world.output(key), R"({"x":1})");
  EXPECT_EQ(world.store.reader().value()->journal(key, 0, 10).value().size(), 2u);
}

TEST(Driver, NothingIsSentBeforeItIsCommitted) {
  World world;
  world.deploy(plan_of("ask", kCall));
  world.faulty.break_commits(Code::kExhausted);
  std::optional<Result<Answered>> out;
  StartRequest request{.definition = {"test", "ask", ""}};
  world.driver->start(
      std::move(request), [&](auto result) { out = std::move(result); }, world.now);
  world.run();
  ASSERT_TRUE(out);
  EXPECT_EQ(out->error().code, Code::kExhausted);
  EXPECT_TRUE(world.acts.empty());
  EXPECT_NE(world.driver->broken(), nullptr);
  EXPECT_EQ(world.start("ask").error().code, Code::kUnavailable);
  EXPECT_TRUE(world.all().empty());
}

TEST(Driver, AFullDiskHealsByItselfAndLosesNoResult) {
  World world;
  world.deploy(plan_of("ask", kCall));
  const auto key = world.start("ask")->instance;
  const auto call = world.take_call();
  world.faulty.break_commits(Code::kExhausted);
  world.answer(call, R"({"x":1})");
  EXPECT_NE(world.driver->broken(), nullptr);
  EXPECT_EQ(world.status(key), Status::kRunning);
  for (int i = 0; i < 5; ++i) world.advance(1000);
  EXPECT_NE(world.driver->broken(), nullptr);
  world.faulty.heal();
  for (int i = 0; i < 3; ++i) world.advance(1000);
  EXPECT_EQ(world.driver->broken(), nullptr);
  EXPECT_EQ(world.output(key), R"({"x":1})");
  EXPECT_TRUE(world.acts.empty());  // it was not asked again
}

// In the midst of a turn, too: all of it is as if it had not been.
TEST(Driver, AReadThatFailsUndoesTheTurnAndIsTriedAgain) {
  World world;
  world.deploy(plan_of("listen", kListen));
  world.deploy(plan_of("say", "\ndo: [{say: {emit: {event: {with: {type: paid, source: /x}}}}}]\n"));
  world.deploy(plan_of("wait", kWait));
  world.deploy(plan_of("parent", "\ndo: [{run: {run: {workflow: {namespace: test, name: wait, version: latest}}}}]\n"));
  const auto listening = world.start("listen")->instance;
  const auto parent = world.start("parent")->instance;
  const auto child = world.store.reader().value()->child(parent, 1).value();
  world.crash();
  world.run();
  const auto heal = [&] {
    EXPECT_NE(world.driver->broken(), nullptr);
    world.faulty.break_reads("");
    for (int i = 0; i < 3; ++i) world.advance(1000);
    EXPECT_EQ(world.driver->broken(), nullptr);
  };
  for (const auto* read : {"subscriptions", "load"}) {
    world.faulty.break_reads(read);
    EXPECT_EQ(world.start("say").error().code, Code::kUnavailable) << read;
    EXPECT_EQ(world.status(listening), Status::kWaiting);
    heal();
  }
  world.faulty.break_reads("child");
  EXPECT_EQ(world.command(parent, in::Cancel{}).error().code, Code::kUnavailable);
  EXPECT_EQ(world.status(parent), Status::kRunning);
  heal();
  ASSERT_TRUE(world.command(parent, in::Cancel{}));
  EXPECT_EQ(world.status(child), Status::kCancelled);
  ASSERT_TRUE(world.start("say"));
  EXPECT_EQ(world.status(listening), Status::kCompleted);
}

TEST(Driver, ADefinitionThatCannotBeReadJustNowIsNoIncident) {
  World world;
  world.deploy(plan_of("listen", kListen));
  const auto key = world.start("listen")->instance;
  world.crash();
  world.faulty.break_reads("definition_text");
  EXPECT_EQ(world.command(key, in::Suspend{}).error().code, Code::kUnavailable);
  EXPECT_FALSE(world.store.reader().value()->incident(key).value());
  world.faulty.break_reads("");
  for (int i = 0; i < 3; ++i) world.advance(1000);
  EXPECT_TRUE(world.command(key, in::Suspend{}));
}

TEST(Driver, PeopleSuspendResumeAndCancel) {
  World world;
  world.deploy(plan_of("wait", kWait));
  const auto key = world.start("wait")->instance;
  ASSERT_TRUE(world.command(key, in::Suspend{}));
  EXPECT_EQ(world.status(key), Status::kSuspended);
  world.crash();
  world.advance(60'000);
  EXPECT_EQ(world.status(key), Status::kSuspended);
  ASSERT_TRUE(world.command(key, in::Resume{}));
  EXPECT_EQ(world.status(key), Status::kCompleted);

  const auto other = world.start("wait")->instance;
  ASSERT_TRUE(world.command(other, in::Cancel{"enough"}));
  EXPECT_EQ(world.status(other), Status::kCancelled);
  EXPECT_TRUE(world.store.reader().value()->timers({.due = INT64_MIN}, 10).value().empty());
  EXPECT_EQ(world.command(other, in::Cancel{}).error().code, Code::kConflict);
}

TEST(Driver, AFaultedInstanceIsRetried) {
  World world;
  world.deploy(plan_of("ask", kCall));
  const auto key = world.start("ask")->instance;
  const auto call = world.take_call();
  world.driver->call_completed(call.instance, call.work.command,
                               {.value = engine::Fault{.type = "https://x/communication", .status = 503}},
                               world.now);
  world.run();
  EXPECT_EQ(world.status(key), Status::kFaulted);
  world.crash();
  ASSERT_TRUE(world.command(key, in::Retry{}));
  EXPECT_EQ(world.status(key), Status::kRunning);
  world.answer(world.take_call(), "7");
  EXPECT_EQ(world.output(key), "7");
}

TEST(Driver, WaitingInstancesLeaveMemory) {
  World world({.hot_max = 10});
  world.deploy(plan_of("wait", kWait));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(world.start("wait"));
  EXPECT_LE(world.driver->hot_count(), 10u);
  world.advance(30'000);
  for (const auto& row : world.all()) EXPECT_EQ(static_cast<Status>(row.status), Status::kCompleted);
}

TEST(Driver, ALongLoopTakesSnapshotsAndSurvivesACrashInTheMiddle) {
  World world;
  world.deploy(plan_of("loop", R"(
do:
  - each:
      for: {in: "${ [range(60)] }"}
      do:
        - ask: {call: http, with: {method: post, endpoint: "http://localhost/x", body: {text: "${ \"x\" * 500 }"}}}
)"));
  const auto key = world.start("loop")->instance;
  for (int i = 0; i < 60; ++i) {
    if (i % 7 == 3) {
      world.crash();
      world.run();
    }
    world.answer(world.take_call(), '"' + std::string(300, 'a') + std::to_string(i) + '"');
  }
  EXPECT_EQ(world.status(key), Status::kCompleted);
  EXPECT_NE(world.output(key).find("59"), std::string::npos);
}

TEST(Driver, AJournalThatReplaysToAnotherStateIsAnIncident) {
  World world;
  world.deploy(plan_of("wait", kWait));
  const auto key = world.start("wait")->instance;
  auto row = world.store.reader().value()->journal(key, 1, 1).value()[0];
  row.digest ^= 1;
  persistence::Batch damage;
  damage.journal = {row};
  ASSERT_TRUE(world.store.commit(damage));
  world.crash();
  world.advance(60'000);
  EXPECT_EQ(world.status(key), Status::kWaiting);
  const auto incident = world.store.reader().value()->incident(key).value();
  ASSERT_TRUE(incident);
  EXPECT_NE(incident->reason.find("another state"), std::string::npos);
  EXPECT_EQ(world.command(key, in::Cancel{}).error().code, Code::kCorrupt);
  // Repaired (as by the program that wrote it), it goes on, and its timer was not lost.
  row.digest ^= 1;
  damage.journal = {row};
  ASSERT_TRUE(world.store.commit(damage));
  world.crash();
  world.run();
  EXPECT_EQ(world.status(key), Status::kCompleted);
  EXPECT_FALSE(world.store.reader().value()->incident(key).value());
}

TEST(Driver, OldFinishedInstancesAreDeleted) {
  World world({.retain_us = 60 * kUsPerSecond});
  world.deploy(plan_of("add", kAdd));
  world.deploy(plan_of("wait", kWait));
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(world.start("add", R"({"n":1})"));
  const auto kept = world.start("wait")->instance;
  world.advance(59'000);
  EXPECT_EQ(world.all().size(), 301u);
  world.advance(10'000);
  ASSERT_EQ(world.all().size(), 1u);
  EXPECT_EQ(world.all()[0].key, kept);
  world.advance(100'000);
  EXPECT_TRUE(world.all().empty());
}

TEST(Driver, DefinitionsWithInstancesAreRetiredNotRemoved) {
  World world;
  world.deploy(plan_of("wait", kWait));
  const auto key = world.start("wait")->instance;
  std::optional<Result<DefinitionSummary>> out;
  const auto remove = [&](bool retire) {
    world.driver->remove_definition(
        "default", {"test", "wait", "1.0.0"}, retire, [&](auto result) { out = std::move(result); },
        world.now);
    world.run();
    return *out;
  };
  EXPECT_EQ(remove(false).error().code, Code::kConflict);
  EXPECT_TRUE(remove(true)->retired);
  EXPECT_EQ(world.start("wait").error().code, Code::kNotFound);
  world.advance(30'000);
  EXPECT_EQ(world.status(key), Status::kCompleted);
  EXPECT_TRUE(remove(false));
  world.crash();
  EXPECT_EQ(world.start("wait").error().code, Code::kNotFound);
  EXPECT_TRUE(world.deploy(plan_of("wait", kWait)).created);
  EXPECT_EQ(world.output(key), R"({"ok":true})");
}

}  // namespace xf::runtime::embedded::testing
