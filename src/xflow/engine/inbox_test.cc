// What a listen task holds is bounded, and what does not fit is never lost in silence.
#include "xflow/engine/inbox.h"

#include <gtest/gtest.h>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/definition/load.h"
#include "xflow/engine/step.h"

namespace xf::engine {
namespace {

struct Listener {
  explicit Listener(const std::string& listen)
      : plan(*definition::load("document: {dsl: '1.0.3', namespace: t, name: w, version: '1.0.0'}\n" + listen)) {
    first = happen(input::Started{.instance = "i", .key = {}, .input = {}, .seed = 1, .revision = 1, .parent = {}});
  }
  Turn happen(InputBody body) {
    return step(*plan, instance, {.seq = ++seq, .at = 1'000'000, .body = std::move(body)});
  }
  Turn event(const std::string& json, const std::string& extracted = "null") {
    return happen(input::EventReceived{
        .subscription = 1, .event = *json::parse(json), .extracted = *json::parse(extracted)});
  }

  plan::PlanPtr plan;
  Instance instance;
  std::uint64_t seq = 0;
  Turn first;
};

const std::string kUntil = "do: [{hear: {listen: {to: {any: [], until: 'length > 20000'}}}}]";

TEST(Inbox, OfASuspendedInstanceIsBoundedAndTheTaskSaysSo) {
  Listener one(kUntil);
  one.happen(input::Suspend{});
  for (std::size_t i = 0; i < kInboxEvents; ++i) one.event(R"({"id":"a"})");
  EXPECT_TRUE(one.instance.has_room(1));
  one.event(R"({"id":"b"})");
  EXPECT_FALSE(one.instance.has_room(1));
  const std::size_t before = encode(one.instance, *one.plan).size();
  one.event(R"({"id":"c"})");
  EXPECT_EQ(encode(one.instance, *one.plan).size(), before);
  one.happen(input::Resume{});
  EXPECT_EQ(one.instance.status(), Status::kFaulted);
  EXPECT_NE(one.instance.fault()->detail.find("inbox holds 10,000"), std::string::npos);
  EXPECT_EQ(one.instance.fault()->instance, "/do/0/hear");
}

TEST(Inbox, HasRoomAgainWhenWhatWaitedHasBeenTaken) {
  Listener one(kUntil);
  for (int round = 0; round < 2; ++round) {
    one.happen(input::Suspend{});
    for (std::size_t i = 0; i < 6'000; ++i) one.event(R"({"id":"a"})");
    one.happen(input::Resume{});
    EXPECT_EQ(one.instance.status(), Status::kWaiting);
  }
}

TEST(Inbox, OfATaskThatIsBusyIsBounded) {
  Listener one(
      "do: [{hear: {listen: {to: {any: [], until: 'false'}}, foreach: {do: [{slow: {wait: PT1H}}]}}}]");
  for (std::size_t i = 0; i <= kInboxEvents; ++i) one.event(R"({"data":1})");
  EXPECT_EQ(one.instance.status(), Status::kWaiting);
  one.event(R"({"data":1})");
  EXPECT_EQ(one.instance.status(), Status::kFaulted);
}

TEST(Inbox, CountsInTheSizeOfTheInstanceAlsoWhenEachEventIsSmall) {
  const std::string event = R"({"data":")" + std::string(50'000, 'x') + R"("})";
  for (const bool suspended : {false, true}) {
    Listener one(kUntil);
    if (suspended) one.happen(input::Suspend{});
    int taken = 0;
    while (taken < 1'000 && one.instance.status() != Status::kFaulted && one.instance.has_room(1)) {
      one.event(event);
      ++taken;
    }
    if (suspended) one.happen(input::Resume{});
    ASSERT_EQ(one.instance.status(), Status::kFaulted);
    EXPECT_GE(taken, 150);
    EXPECT_LE(taken, 180);  // 8 MiB are 167 of them
  }
}

TEST(Inbox, BelievesWhatTheRuntimeExtracted) {
  Listener one("do: [{hear: {listen: {to: {one: {with: {type: a}, correlate: {k: {from: .data.k, expect: '1'}}}}}}}]");
  EXPECT_TRUE(one.event(R"({"type":"a","data":{"k":"1"}})", R"({".data.k":"2"})").commands.empty());
  EXPECT_EQ(one.instance.status(), Status::kWaiting);
  one.event(R"({"type":"a","data":{"k":"2"}})", R"({".data.k":"1"})");
  EXPECT_EQ(one.instance.status(), Status::kCompleted);
}

TEST(Inbox, AnEventThatIsTooLargeIsNotPublished) {
  Listener one("do: [{tell: {emit: {event: {with: {type: a, data: '${ \"x\" * 5000000 }'}}}}}]");
  EXPECT_EQ(one.instance.status(), Status::kFaulted);
  EXPECT_EQ(one.instance.fault()->detail, "the event is larger than 4 MiB");
  for (const Command& c : one.first.commands) EXPECT_FALSE(std::holds_alternative<command::Publish>(c));
}

}  // namespace
}  // namespace xf::engine
