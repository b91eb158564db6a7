// How rows are read: the columns of each kind and the templates that go through a statement. For this
// folder's readers.
#pragma once

#include "persistence/sqlite/reader.h"

namespace xf::persistence::sqlite {

inline constexpr std::string_view kInstanceColumns =
    "id,tenant,definition,status,updated_at,ended_at,business_key,parent,parent_command,parent_awaits,owed";

inline Instance read_instance(const Statement& s) {
  return {.key = s.integer(0),
          .tenant = s.integer(1),
          .definition = s.integer(2),
          .status = static_cast<std::uint8_t>(s.integer(3)),
          .updated_at = s.integer(4),
          .ended_at = s.integer(5),
          .business_key = s.string(6),
          .parent = s.integer(7),
          .parent_command = static_cast<std::uint64_t>(s.integer(8)),
          .parent_awaits = s.integer(9) != 0,
          .owed = s.integer(10) != 0};
}

template <typename Row, typename Fill, typename Read>
Result<std::vector<Row>> Reader::rows(std::string_view sql, Fill fill, Read read) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    XF_TRY_ASSIGN(auto made, connection_.prepare(sql));
    found = statements_.emplace(std::string(sql), std::move(made)).first;
  }
  Statement& statement = found->second;
  fill(statement);
  std::vector<Row> out;
  for (;;) {
    XF_TRY_ASSIGN(const bool more, statement.step());
    if (!more) return out;
    out.push_back(read(statement));
  }
}

template <typename Row, typename Fill, typename Read>
Result<std::optional<Row>> Reader::row(std::string_view sql, Fill fill, Read read) {
  XF_TRY_ASSIGN(auto found, rows<Row>(sql, fill, read));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

// Several statements that must see one state.
template <typename F>
auto Reader::consistent(F read) -> decltype(read()) {
  XF_TRY(connection_.execute("BEGIN"));
  auto out = read();
  (void)connection_.execute("COMMIT");  // nothing was written: there is nothing to lose
  return out;
}

}  // namespace xf::persistence::sqlite
