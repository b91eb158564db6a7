// Workflows that run others: which release is run, and who ends with whom.
#include "xflow/runtime/embedded/testing_world.h"

namespace xf::runtime::embedded::testing {

namespace {

namespace in = engine::input;
using engine::Status;

const std::string kWait = R"(
do:
  - pause: {wait: {seconds: 30}}
  - done: {set: {ok: true}}
)";

}  // namespace

TEST(Children, ChildrenReportToTheirParentAndEndWithIt) {
  for (const bool crash : {false, true}) {
    World world;
    world.deploy(plan_of("wait", kWait));
    world.deploy(plan_of("parent", R"(
do:
  - child: {run: {workflow: {namespace: test, name: wait, version: latest, input: {a: 1}}}}
  - after: {set: {got: "${ . }"}}
)"));
    const auto parent = world.start("parent")->instance;
    const auto child = world.store.reader().value()->child(parent, 1).value();
    ASSERT_NE(child, 0);
    EXPECT_EQ(world.row(child).parent, parent);
    if (crash) world.crash();
    world.advance(30'000);
    EXPECT_EQ(world.output(parent), R"({"got":{"ok":true}})");

    const auto other = world.start("parent")->instance;
    const auto its_child = world.store.reader().value()->child(other, 1).value();
    if (crash) world.crash();
    ASSERT_TRUE(world.command(other, in::Cancel{}));
    EXPECT_EQ(world.status(its_child), Status::kCancelled);
  }
}

// After a crash its parent knows it by its command alone, and it may be begun and not yet in the store.
TEST(Children, AChildIsCancelledWhereverItIs) {
  for (const bool begun : {false, true}) {
    World world;
    world.deploy(plan_of("wait", kWait));
    world.deploy(
        plan_of("parent", "do: [{run: {run: {workflow: {namespace: test, name: wait, version: latest}}}}]\n"));
    StartRequest request{.definition = {"test", "parent", ""}};
    persistence::InstanceKey parent = 0;
    world.driver->start(
        std::move(request), [&](auto result) { parent = result.value().instance; }, world.now);
    ASSERT_TRUE(world.commit());  // the parent, and mail that starts the child
    world.crash();
    if (begun) (void)world.driver->work(world.now, 1);
    world.driver->command(
        "default", world.id_of(parent), in::Cancel{}, {}, [](auto result) { EXPECT_TRUE(result); }, world.now);
    world.run();
    const auto child = world.store.reader().value()->child(parent, 1).value();
    ASSERT_NE(child, 0);
    EXPECT_EQ(world.status(child), Status::kCancelled) << begun;
  }
}

TEST(Children, LatestIsTheHighestReleaseResolvedOnce) {
  World world;
  const auto child = [](const std::string& version) {
    return plan_of("child", "do: [{pause: {wait: PT1M}}, {say: {set: {version: '" + version + "'}}}]", version);
  };
  world.deploy(plan_of("parent", "do: [{sub: {run: {workflow: {namespace: test, name: child, version: latest}}}}]"));
  for (const char* version : {"1.10.0", "1.9.0", "2.0.0-rc.1"}) world.deploy(child(version));
  const auto parent = world.start("parent")->instance;
  world.deploy(child("1.11.0"));
  world.crash();
  const auto later = world.start("parent")->instance;
  world.advance(60'000);
  EXPECT_EQ(world.output(parent), R"({"version":"1.10.0"})");
  EXPECT_EQ(world.output(later), R"({"version":"1.11.0"})");
}

TEST(Children, AnUnknownChildIsAFaultOfItsParent) {
  World world;
  world.deploy(plan_of("parent",
                       "do: [{child: {run: {workflow: {namespace: test, name: nobody, version: latest}}}}]"));
  const auto started = world.start("parent");
  EXPECT_EQ(world.status(started->instance), Status::kFaulted);
  const auto& last = world.told.back().trace.back();
  EXPECT_EQ(last.what, engine::Happened::kWorkflowFaulted);
  EXPECT_EQ(last.data.get("type").as_string(),
            "https://open-workflow-specification.org/spec/1.0.0/errors/configuration");
}

}  // namespace xf::runtime::embedded::testing
