// Writer: turns a Batch into rows, by prepared statements, inside one transaction. One thread.
#pragma once

#include <deque>

#include "persistence/sqlite/connection.h"
#include "persistence/store.h"

namespace xf::persistence::sqlite {

class Writer {
 public:
  explicit Writer(Connection connection) : connection_(std::move(connection)) {}
  Result<void> commit(const Batch&);
  Connection& connection() { return connection_; }

 private:
  Result<void> write(const Batch&);
  Result<void> write_definitions(const Batch&);
  Result<void> write_instances(const Batch&);
  Result<void> write_waits(const Batch&);
  Result<void> write_rest(const Batch&);
  Result<void> delete_instances(const Batch&);
  // One statement for all rows of a kind: `fill` binds a row's values.
  template <typename Rows, typename Fill>
  Result<void> each(std::size_t slot, const char* sql, const Rows&, Fill fill);

  Connection connection_;
  std::deque<Statement> statements_;  // by slot; stable addresses
};

}  // namespace xf::persistence::sqlite
