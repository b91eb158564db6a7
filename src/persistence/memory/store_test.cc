#include "persistence/memory/store.h"

#include "persistence/testing/faulty.h"
#include "persistence/testing/store_contract.h"

namespace xf::persistence::testing {

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         ::testing::Values([] { return std::make_unique<memory::Store>(); }));

TEST(Faulty, FailsWhenToldAndHeals) {
  memory::Store inner;
  Faulty store(inner);
  Batch batch;
  batch.started = {{.key = 1, .tenant = 1}};
  store.break_after(1, Code::kExhausted);
  EXPECT_TRUE(store.commit(Batch{}));
  EXPECT_EQ(store.commit(batch).error().code, Code::kExhausted);
  EXPECT_EQ(store.commit(batch).error().code, Code::kExhausted);
  EXPECT_FALSE(inner.reader().value()->instance(1).value());
  store.heal();
  EXPECT_TRUE(store.commit(batch));
}

}  // namespace xf::persistence::testing
