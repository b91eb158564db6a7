// The index of large objects, also when keys were chosen to collide.
#include "base/json/object_index.h"

#include <gtest/gtest.h>

namespace xf::json {
namespace {

Value object_of_keys(const std::vector<std::string>& keys) {
  Value o = Value::object();
  for (std::size_t i = 0; i < keys.size(); ++i)
    o = std::move(o).with(keys[i], Value::integer(std::int64_t(i)));
  return o;
}

void expect_all_found(const Value& o, const std::vector<std::string>& keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    ASSERT_NE(o.find(keys[i]), nullptr) << keys[i];
    EXPECT_EQ(o.get(keys[i]).as_int64(), std::int64_t(i));
  }
  EXPECT_EQ(o.find("not there"), nullptr);
  EXPECT_EQ(o.find("not there, and longer than a short key"), nullptr);
}

TEST(ObjectIndex, StaysHashedForOrdinaryKeys) {
  std::vector<std::string> keys;
  for (int i = 0; i < 100'000; ++i)
    keys.push_back((i % 2 == 0 ? "k" : "a key longer than fourteen ") + std::to_string(i));
  const Value o = object_of_keys(keys);
  EXPECT_EQ(Access::block(o)->index_mode, kHashed);
  expect_all_found(o, keys);
}

// The hash's own step, as an attacker would have it.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using U128 = unsigned __int128;
  const U128 product = U128{a} * b;
  return std::uint64_t(product) ^ std::uint64_t(product >> 64);
}

// The second word of each key cancels what the first one made of the state: all hashes are equal.
std::vector<std::string> colliding_keys(std::uint64_t count) {
  std::vector<std::string> keys;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t words[] = {i, mix(i ^ 24 ^ 0xa076'1d64'78bd'642f, 0xd6e8'feb8'6659'fd93), 0};
    keys.emplace_back(reinterpret_cast<const char*>(words), sizeof words);
  }
  return keys;
}

TEST(ObjectIndex, CollidingKeysTurnItIntoSortedRuns) {
  const std::vector<std::string> keys = colliding_keys(50'000);
  Value o = object_of_keys(keys);  // would take 10^9 comparisons if each key were looked for among all others
  EXPECT_EQ(Access::block(o)->index_mode, kRuns);
  expect_all_found(o, keys);

  const Value shared = o;
  o = std::move(o).with("one more", Value()).without(keys[0]);
  EXPECT_EQ(o.find(keys[0]), nullptr);
  EXPECT_EQ(o.get(keys[1]).as_int64(), 1);
  EXPECT_EQ(shared.get(keys[0]).as_int64(), 0);
  EXPECT_TRUE(shared == object_of_keys(keys));
}

}  // namespace
}  // namespace xf::json
