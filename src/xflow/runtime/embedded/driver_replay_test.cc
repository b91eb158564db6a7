// What an instance was computed from is there again after a crash.
#include "xflow/runtime/embedded/testing_world.h"

namespace xf::runtime::embedded {
namespace {

using testing::json_of;
using testing::plan_of;
using testing::World;

TEST(Driver, WhatADefinitionSaysKeepsItsOrder) {
  World world;
  world.deploy(plan_of("w", "do:\n  - make: {set: {z: 1, a: '${ .n }', m: {y: 2, b: 3}}}\n  - pause: {wait: PT1S}\n"));
  const auto key = world.start("w", R"({"n":7})")->instance;
  world.crash();
  world.advance(1000);
  EXPECT_EQ(world.status(key), engine::Status::kCompleted);
  EXPECT_EQ(world.output(key), R"({"z":1,"a":7,"m":{"y":2,"b":3}})");
}

TEST(Driver, AFetchedFunctionStaysWhatItWasThroughCrashes) {
  World world;
  world.deploy(plan_of("w",
                       "do:\n  - first: {call: 'http://localhost/f.yaml', with: {n: 1}}\n"
                       "  - pause: {wait: PT1S}\n  - second: {call: 'http://localhost/f.yaml', with: {n: 2}}\n"));
  const auto key = world.start("w")->instance;
  world.crash();  // before the answer: it is asked for again
  world.run();
  ASSERT_EQ(world.acts.size(), 1u);
  const auto fetch = std::get<act::Fetch>(world.acts.front());
  EXPECT_EQ(fetch.fetch.uri, "http://localhost/f.yaml");
  const auto content = json_of(R"({"do":[{"hold":{"call":"http","with":{"method":"get","endpoint":"./x"}}},)"
                               R"({"sum":{"set":{"n":"${ . + 1 }"}}}]})");
  world.driver->fetched(fetch.instance, fetch.work.command,
                        functions::Caller::Content{.digest = "sha256:1", .value = content}, world.now);
  for (int round = 0; round < 2; ++round) {
    world.run();
    world.crash();  // in the middle of the function
    world.run();
    const auto call = world.take_call();
    EXPECT_EQ(std::get<engine::command::HttpRequest>(call.call.request).uri, "http://localhost/x");
    EXPECT_EQ(call.plan->base, "http://localhost/f.yaml");
    world.answer(call, "40");
    world.advance(1000);
  }
  EXPECT_EQ(world.output(key), R"({"n":41})");
  const auto rows = world.store.reader().value()->journal(key, 1, 100).value();
  for (const auto& row : rows)
    EXPECT_EQ(row.input.find("hold"), std::string::npos);  // the content is stored once, by its digest
}

}  // namespace
}  // namespace xf::runtime::embedded
