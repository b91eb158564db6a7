// A plan is a cache of what is stored: the same one comes back, whoever compiles it and when.
#include "xflow/runtime/embedded/testing_world.h"

namespace xf::runtime::embedded::testing {

TEST(Catalog, APlanThatIsReadAgainComputesTheSame) {
  World world;
  world.deploy(plan_of("order", R"(
do:
  - one: {set: {b: 1.0, a: "${ .n }", c: 1e2}}
  - two: {wait: {seconds: 30}}
)"));
  const auto key = world.start("order", R"({"n":5})")->instance;
  world.crash();
  world.advance(30'000);
  EXPECT_EQ(world.status(key), engine::Status::kCompleted);
  EXPECT_EQ(world.output(key), R"({"b":1.0,"a":5,"c":1E+2})");
}

}  // namespace xf::runtime::embedded::testing
