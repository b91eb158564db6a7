// What no golden scenario shows well: shares of a turn, limits, digests, positions.
#include "xflow/engine/step.h"

#include <gtest/gtest.h>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/definition/load.h"

namespace xf::engine {
namespace {

plan::PlanPtr plan_of(const std::string& rest) {
  auto plan =
      definition::load("document: {dsl: '1.0.3', namespace: test, name: w, version: '1.0.0'}\n" + rest);
  EXPECT_TRUE(plan.has_value()) << definition::to_string(plan.error().front());
  return *plan;
}

// One instance, fed by hand.
struct Case {
  explicit Case(const std::string& rest, const std::string& input = "{}") : plan(plan_of(rest)) {
    turn = happen(input::Started{
        .instance = "i", .key = {}, .input = *json::parse(input), .seed = 1, .revision = 1, .parent = {}});
  }
  Turn happen(InputBody body) {
    return step(*plan, instance, {.seq = ++seq, .at = 1'000'000, .body = std::move(body)});
  }

  plan::PlanPtr plan;
  Instance instance;
  std::uint64_t seq = 0;
  Turn turn;
};

bool yields(const Turn& turn) {
  return turn.commands.size() == 1 && std::holds_alternative<command::Yield>(turn.commands.front());
}

constexpr const char* kCount =
    "do:\n"
    "  - count: {set: {n: '${ .n + 1 }'}}\n"
    "  - again: {switch: [{more: {when: .n < 20000, then: count}}]}\n";

TEST(Step, YieldsAfterItsShareAndGoesOnWhenContinued) {
  Case run(kCount, R"({"n":0})");
  int turns = 1;
  for (; yields(run.turn); ++turns) {
    EXPECT_EQ(run.turn.transitions, kTransitionsPerTurn);
    run.turn = run.happen(input::Continued{});
  }
  EXPECT_EQ(run.instance.status(), Status::kCompleted);
  EXPECT_EQ(json::print(run.instance.output()), R"({"n":20000})");
  EXPECT_GE(turns, 8);
}

TEST(Step, GoesOnFromASnapshotTakenBetweenTurns) {
  Case run(kCount, R"({"n":0})");
  auto copy = decode_instance(encode(run.instance, *run.plan), *run.plan);
  ASSERT_TRUE(copy) << copy.error().message;
  for (std::uint64_t seq = 2; run.instance.status() != Status::kCompleted; ++seq) {
    run.happen(input::Continued{});
    step(*run.plan, *copy, {.seq = seq, .at = 1'000'000, .body = input::Continued{}});
    ASSERT_EQ(copy->digest(), run.instance.digest());
  }
}

TEST(Step, ACycleWithoutAnyInputIsAFault) {
  Case run("do:\n  - a: {set: {n: 1}, then: b}\n  - b: {set: {n: 2}, then: a}\n");
  std::uint64_t transitions = run.turn.transitions;
  for (int turns = 0; !is_final(run.instance.status()) && turns < 1000; ++turns)
    transitions += run.happen(input::Continued{}).transitions;
  ASSERT_EQ(run.instance.status(), Status::kFaulted);
  EXPECT_NEAR(double(transitions), 1'000'000, 10);
  EXPECT_EQ(run.instance.fault()->instance, "/do/1/b");
}

TEST(Step, GoingThroughALargeCollectionIsNoCycle) {
  Case run("do:\n  - loop: {for: {in: '[range(40000)]'}, do: [{one: {set: {n: '${ $index }'}}}]}\n");
  while (yields(run.turn)) run.turn = run.happen(input::Continued{});
  EXPECT_EQ(json::print(run.instance.output()), R"({"n":39999})");
}

TEST(Step, AFunctionThatCallsItselfIsAFault) {
  Case run(
      "use: {functions: {deeper: {do: [{again: {call: deeper, with: {n: '${ .n + 1 }'}}}]}}}\n"
      "do:\n  - go: {call: deeper, with: {n: 0}}\n");
  ASSERT_EQ(run.instance.status(), Status::kFaulted);
  EXPECT_NE(run.instance.fault()->detail.find("calls itself"), std::string::npos)
      << run.instance.fault()->detail;
  EXPECT_TRUE(decode_instance(encode(run.instance, *run.plan), *run.plan));
}

TEST(Step, AValueThatIsTooLargeIsAFaultThatCanBeCaught) {
  Case run(
      "do:\n  - attempt:\n      try: [{big: {set: '${ \"x\" * 5000000 }'}}]\n"
      "      catch: {do: [{small: {set: {error: '${ $error }'}}}]}\n");
  ASSERT_EQ(run.instance.status(), Status::kCompleted);
  const json::Value& error = run.instance.output().get("error");
  EXPECT_EQ(error.get("instance").as_string(), "/do/0/attempt/try/0/big");
  EXPECT_EQ(error.get("detail").as_string(), "the output is larger than 4 MiB");
}

TEST(Step, AnInstanceThatHoldsTooMuchIsAFault) {
  Case run(
      "do:\n  - both:\n      fork:\n        branches:\n"
      "          - a: {do: [{big: {set: '${ \"x\" * 3500000 }'}}, {hold: {wait: PT1H}}]}\n"
      "          - b: {do: [{big: {set: '${ \"x\" * 3500000 }'}}, {hold: {wait: PT1H}}]}\n"
      "          - c: {do: [{big: {set: '${ \"x\" * 3500000 }'}}, {hold: {wait: PT1H}}]}\n");
  ASSERT_EQ(run.instance.status(), Status::kFaulted);
  EXPECT_EQ(run.instance.fault()->instance, "/do/0/both/fork/branches/2/c/do/0/big");
  EXPECT_EQ(run.instance.fault()->detail, "the output makes the instance larger than 8 MiB");
}

TEST(Step, AnInputThatCameBeforeChangesNothing) {
  Case run("do:\n  - pause: {wait: PT1H}\n");
  const std::uint64_t before = run.instance.digest();
  const Turn turn = step(*run.plan, run.instance, {.seq = 1, .at = 2'000'000, .body = input::Cancel{}});
  EXPECT_TRUE(turn.commands.empty());
  EXPECT_EQ(run.instance.digest(), before);
}

TEST(Digest, DiffersWhenAnythingDiffers) {
  Case one("do:\n  - pause: {wait: PT1H}\n", R"({"n":1})");
  Case same("do:\n  - pause: {wait: PT1H}\n", R"({"n":1})");
  Case other("do:\n  - pause: {wait: PT1H}\n", R"({"n":2})");
  Case later("do:\n  - pause: {wait: PT2H}\n", R"({"n":1})");
  EXPECT_EQ(one.instance.digest(), same.instance.digest());
  EXPECT_NE(one.instance.digest(), other.instance.digest());
  EXPECT_NE(one.instance.digest(), later.instance.digest());
}

TEST(Instance, SaysWhereItStandsAndWhy) {
  Case run(
      "do:\n  - loop:\n      for: {in: '[1, 2]'}\n      do:\n        - attempt:\n"
      "            try: [{bad: {raise: {error: {type: 'https://example.com/x', status: 500}}}}]\n"
      "            catch: {retry: {delay: PT5S}}\n");
  const auto positions = run.instance.positions(*run.plan);
  ASSERT_EQ(positions.size(), 1u);
  EXPECT_EQ(positions[0].task, "/do/0/loop/do/0/attempt");
  EXPECT_EQ(positions[0].iteration, std::vector<std::uint32_t>{0});
  EXPECT_EQ(positions[0].waiting_for, WaitingFor::kRetry);
  EXPECT_EQ(positions[0].due, 6'000'000);
  EXPECT_EQ(positions[0].attempt, 2u);
  EXPECT_EQ(positions[0].last_error->status, 500);
}

}  // namespace
}  // namespace xf::engine
