// Events: to whom they go, how often, and at what cost.
#include "xflow/runtime/embedded/testing_world.h"

namespace xf::runtime::embedded::testing {

namespace {

namespace in = engine::input;
using engine::Status;

std::string event(const std::string& id, const std::string& more = R"("data":1)",
                  const std::string& type = "paid") {
  return R"({"specversion":"1.0","source":"/t","id":")" + id + R"(","type":")" + type + R"(",)" + more + "}";
}

std::uint32_t publish(World& world, const std::string& text) {
  const auto counts = world.publish(text);
  EXPECT_TRUE(counts) << counts.error().message;
  return counts ? counts->front() : 0;
}

}  // namespace

TEST(Events, GoToEveryListenerAndOnceToEach) {
  World world;
  world.deploy(plan_of("two", "do: [{hear: {listen: {to: {any: [{with: {type: paid}}], until: length == 2}}}}]"));
  const auto a = world.start("two")->instance, b = world.start("two")->instance;
  EXPECT_EQ(publish(world, event("1")), 2u);
  EXPECT_EQ(publish(world, event("1")), 0u);
  EXPECT_EQ(publish(world, event("2", R"("data":1)", "refused")), 0u);
  world.crash();
  EXPECT_EQ(publish(world, event("1")), 0u);
  EXPECT_EQ(world.status(a), Status::kWaiting);
  EXPECT_EQ(publish(world, event("2")), 2u);
  EXPECT_EQ(world.output(a), "[1,1]");
  EXPECT_EQ(world.status(b), Status::kCompleted);
}

TEST(Events, OfAnotherSourceAreOthers) {
  World world;
  world.deploy(plan_of("two", "do: [{hear: {listen: {to: {any: [{with: {type: paid}}], until: length == 2}}}}]"));
  const auto key = world.start("two")->instance;
  EXPECT_EQ(publish(world, event("1")), 1u);
  EXPECT_EQ(publish(world, R"({"specversion":"1.0","source":"/u","id":"1","type":"paid"})"), 1u);
  EXPECT_EQ(world.status(key), Status::kCompleted);
}

TEST(Events, FitAFilterThatIsEqualOrThatTheyMatchInFull) {
  World world;
  world.deploy(plan_of("shop", R"(do: [{hear: {listen: {to: {one: {with: {type: 'shop\.(paid|sent)'}}}}}}])"));
  world.start("shop");
  EXPECT_EQ(publish(world, event("1", R"("data":1)", "shop.paid.late")), 0u);
  EXPECT_EQ(publish(world, event("2", R"("data":1)", "shopxpaid")), 0u);
  EXPECT_EQ(publish(world, event("3", R"("data":1)", "shop.sent")), 1u);
}

TEST(Events, AreKeptForLaterListenersAsLongAsTheySay) {
  World world;
  world.deploy(plan_of("one", "do: [{hear: {listen: {to: {one: {with: {type: paid}}}}}}]"));
  EXPECT_EQ(publish(world, event("1")), 0u);
  const auto late = world.start("one")->instance;
  EXPECT_EQ(world.status(late), Status::kWaiting);  // by default nothing is kept
  ASSERT_TRUE(world.command(late, in::Cancel{}));
  EXPECT_EQ(publish(world, event("2", R"("xflowttl":60,"data":7)")), 0u);
  world.crash();
  world.advance(59'000);
  EXPECT_EQ(world.output(world.start("one")->instance), "[7]");
  EXPECT_EQ(world.output(world.start("one")->instance), "[7]");  // for each that comes in time
  world.advance(2'000);
  EXPECT_EQ(world.status(world.start("one")->instance), Status::kWaiting);
}

TEST(Events, AreAskedOnceForEachDistinctFromAndNeverForEachInstance) {
  World world;
  for (const char* name : {"a", "b"})
    world.deploy(plan_of(name, R"(do: [{hear: {listen: {to: {one:
      {with: {type: paid}, correlate: {order: {from: .data.order, expect: '${ .order }'}}}}}}}])"));
  world.deploy(plan_of("c", R"(do: [{hear: {listen: {to: {any:
      [{with: {type: paid}, correlate: {order: {from: .data.order}}}], until: length == 2}}}}])"));
  std::vector<persistence::InstanceKey> keys;
  for (int i = 0; i < 20; ++i)
    for (const char* name : {"a", "b", "c"})
      keys.push_back(world.start(name, R"({"order":)" + std::to_string(i % 2) + "}")->instance);
  const std::size_t before = world.driver->evaluations();
  EXPECT_EQ(publish(world, event("1", R"("data":{"order":1})")), 40u);
  EXPECT_EQ(world.driver->evaluations() - before, 1u);
  EXPECT_EQ(publish(world, event("2", R"("data":{"order":0})")), 20u);  // those of c expect 1 now
  EXPECT_EQ(world.driver->evaluations() - before, 2u);
  EXPECT_EQ(publish(world, event("3", R"("data":{"order":1})")), 20u);
  EXPECT_EQ(world.driver->evaluations() - before, 3u);
  for (const auto key : keys) EXPECT_EQ(world.status(key), Status::kCompleted);
}

TEST(Events, ThatWereKeptAreAskedOnceTooForAllWhoComeLater) {
  World world;
  world.deploy(plan_of("a", R"(do: [{hear: {listen: {to: {one:
      {with: {type: paid}, correlate: {order: {from: .data.order, expect: '${ .order }'}}}}}}}])"));
  publish(world, event("1", R"("xflowttl":60,"data":{"order":1})"));
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(world.status(world.start("a", R"({"order":)" + std::to_string(i % 2) + "}")->instance),
              i % 2 ? Status::kCompleted : Status::kWaiting);
  EXPECT_EQ(world.driver->kept_evaluations(), 1u);
}

TEST(Events, AnExpressionLooksAtTheAttributeOrAtTheEvent) {
  World world;
  world.deploy(plan_of("a", "do: [{hear: {listen: {to: {one: {with: {data: '${ .amount > 5 }'}}}}}}]"));
  world.deploy(plan_of("b", "do: [{hear: {listen: {to: {one: {with: {data: '${ .data.amount > 5 }'}}}}}}]"));
  world.start("a");
  world.start("b");
  EXPECT_EQ(publish(world, event("1", R"("data":{"amount":5})")), 0u);
  EXPECT_EQ(publish(world, event("2", R"("data":{"amount":6})")), 2u);
}

TEST(Events, ASubscriptionsInboxIsDurableAndBounded) {
  World world;
  world.deploy(plan_of("all", "do: [{hear: {listen: {to: {any: [], until: length > 20000}}}}]"));
  const auto key = world.start("all")->instance;
  ASSERT_TRUE(world.command(key, in::Suspend{}));
  const std::string large = R"("data":")" + std::string(400'000, 'x') + '"';
  std::uint32_t taken = 0;
  for (int i = 0; i < 50; ++i) taken += publish(world, event(std::to_string(i), large));
  EXPECT_EQ(taken, 8'388'608u / 400'000u + 1);  // the last one is the mark
  world.crash();
  EXPECT_EQ(publish(world, event("small")), 0u);
  ASSERT_TRUE(world.command(key, in::Resume{}));
  EXPECT_EQ(world.status(key), Status::kFaulted);
}

TEST(Events, AreAppliedAtResumeInTheirOrder) {
  World world;
  world.deploy(plan_of("two", "do: [{hear: {listen: {to: {any: [], until: length == 3}}}}]"));
  const auto key = world.start("two")->instance;
  ASSERT_TRUE(world.command(key, in::Suspend{}));
  for (const char* data : {"1", "2", "3"})
    EXPECT_EQ(publish(world, event(data, std::string(R"("data":)") + data)), 1u);
  EXPECT_EQ(world.status(key), Status::kSuspended);
  world.crash();
  ASSERT_TRUE(world.command(key, in::Resume{}));
  EXPECT_EQ(world.output(key), "[1,2,3]");
}

}  // namespace xf::runtime::embedded::testing
