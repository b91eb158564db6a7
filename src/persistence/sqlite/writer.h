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
  template <typename Sql>
  Result<Statement*> prepared(std::size_t slot, Sql sql);
  // New rows of a kind, many with one statement (in the next slot): `fill` binds a row's values.
  template <typename Row, typename Fill>
  Result<void> insert(std::size_t slot, std::string_view table, std::size_t columns, const std::vector<Row>&,
                      Fill fill);
  // One statement for all rows of a kind, one after the other.
  template <typename Rows, typename Fill>
  Result<void> each(std::size_t slot, const char* sql, const Rows&, Fill fill);

  Connection connection_;
  std::deque<Statement> statements_;  // by slot; stable addresses
};

}  // namespace xf::persistence::sqlite
