// The stored forms: what was written comes back, what is damaged is refused and does no harm.
#include <gtest/gtest.h>

#include "base/json/parse.h"
#include "base/json/print.h"
#include "xflow/definition/load.h"
#include "xflow/engine/step.h"
#include "xflow/engine/wire.h"

namespace xf::engine {
namespace {

using json::Value;

constexpr const char* kHead = "document: {dsl: '1.0.3', namespace: test, name: w, version: '1.0.0'}\n";

Value round_trip(const Value& value) {
  std::string bytes;
  Writer writer(bytes);
  writer(value);
  Reader reader(bytes);
  Value out;
  reader(out);
  EXPECT_FALSE(reader.failed());
  EXPECT_TRUE(reader.at_end());
  return out;
}

TEST(Wire, ValuesComeBackAsTheyWere) {
  for (const char* text : {"null", "true", "false", "0", "-0", "-1", "1.5", "1e300", "9007199254740993",
                           "100000000000000000000000000.00", "\"\"", "\"text\"", "[]", "{}", "[[],{},[[]]]",
                           R"({"a":[1,{"b":null}],"c":"a longer text than fits inline"})"}) {
    const Value value = *json::parse(text);
    const Value again = round_trip(value);
    EXPECT_EQ(json::print(again), json::print(value)) << text;
    if (value.is_number()) {
      EXPECT_EQ(again.is_literal(), value.is_literal()) << text;
    }
  }
  EXPECT_FALSE(round_trip(Value::number(3)).is_literal());
  EXPECT_EQ(json::print(round_trip(Value::number(-0.0))), json::print(Value::number(-0.0)));
}

TEST(Wire, DeepValuesNeedNoStack) {
  Value deep;
  for (int i = 0; i < 9'000; ++i) deep = Value::array(std::vector<Value>{std::move(deep)});
  EXPECT_TRUE(round_trip(deep) == deep);
}

TEST(Wire, AValueThatComesAgainIsAReference) {
  const Value large = Value::string(std::string(1000, 'x'));
  std::string once, again;
  Writer{once}(large);
  Writer{again}(large, large, large);
  EXPECT_EQ(again.size(), once.size() + 4);
}

template <typename Decode>
void expect_refused_when_damaged(const std::string& bytes, const Decode& decode) {
  ASSERT_TRUE(decode(bytes));
  EXPECT_FALSE(decode(bytes + "x"));
  for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_FALSE(decode(bytes.substr(0, i))) << "cut at " << i;
  // Any other damage may go unseen (the store has checksums), but must do no harm.
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const int bit : {0, 3, 7}) {
      std::string damaged = bytes;
      damaged[i] = char(damaged[i] ^ (1 << bit));
      (void)decode(damaged);
    }
  }
}

Input sample() {
  const Fault fault{.type = "t", .status = -1, .extra = Value::object({{"a", Value::null()}})};
  return {
      .seq = 7, .at = -5, .body = input::CallCompleted{.call = 3, .outcome = fault, .outcome_unknown = true}};
}

Input started(const char* input) {
  return {.seq = 1,
          .at = 1'767'225'600'000'000,
          .body = input::Started{.instance = "0199c1f0-0000-7000-8000-000000000001",
                                 .key = {},
                                 .input = *json::parse(input),
                                 .seed = 0x123456789abcdef,
                                 .revision = 1,
                                 .parent = {}}};
}

TEST(InputCodec, ComesBackAndRefusesWhatIsDamaged) {
  const auto again = decode_input(encode(sample()));
  ASSERT_TRUE(again);
  EXPECT_EQ(encode(*again), encode(sample()));
  EXPECT_EQ(again->at, -5);
  expect_refused_when_damaged(encode(sample()),
                              [](std::string_view b) { return decode_input(b).has_value(); });
}

TEST(InputCodec, ANewerFormatIsRefused) {
  std::string bytes = encode(sample());
  bytes[0] = 99;
  const auto refused = decode_input(bytes);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kCorrupt);
}

TEST(TraceCodec, LongOnesAreCompressed) {
  Trace trace;
  for (int i = 0; i < 100; ++i)
    trace.push_back({Happened::kTaskCompleted, "/do/0/a", i, Value::object({{"n", Value::integer(i)}})});
  const std::string bytes = encode(trace);
  EXPECT_LT(bytes.size(), 1000u);
  const auto again = decode_trace(bytes);
  ASSERT_TRUE(again);
  ASSERT_EQ(again->size(), 100u);
  EXPECT_EQ(again->at(42).iteration, 42);
  EXPECT_EQ(json::print(again->at(42).data), R"({"n":42})");
  expect_refused_when_damaged(encode(Trace{trace[0], trace[1]}),
                              [](std::string_view b) { return decode_trace(b).has_value(); });
}

TEST(Snapshot, RefusesWhatIsDamagedOrOfAnotherDefinition) {
  const auto plan = *definition::load(
      std::string(kHead) +
      "do:\n  - both: {fork: {branches: [{a: {for: {in: '[1]'}, do: [{pause: {wait: PT1H}}]}}, "
      "{b: {listen: {to: {one: {with: {type: t}}}}}}, "
      "{c: {try: [{d: {call: http, with: {method: get, endpoint: 'https://example.com/'}}}], catch: "
      "{}}}]}}\n");
  const auto other =
      *definition::load(std::string(kHead) + "do:\n  - other: {fork: {branches: [{a: {wait: PT1H}}]}}\n");
  Instance instance;
  step(*plan, instance, started("{}"));
  const std::string bytes = encode(instance, *plan);
  expect_refused_when_damaged(bytes,
                              [&](std::string_view b) { return decode_instance(b, *plan).has_value(); });
  EXPECT_FALSE(decode_instance(bytes, *other));
}

TEST(Snapshot, OfASmallWaitingInstanceIsSmall) {
  const auto plan = *definition::load(std::string(kHead) + "do:\n  - pause: {wait: PT1H}\n");
  Instance instance;
  step(*plan, instance, started(R"({"n":1})"));
  EXPECT_LT(encode(instance, *plan).size(), 200u);
}

}  // namespace
}  // namespace xf::engine
