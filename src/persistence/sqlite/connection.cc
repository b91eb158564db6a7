// The one place that translates SQLite's result codes.
#include "persistence/sqlite/connection.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

#include "base/check.h"

namespace xf::persistence::sqlite {

namespace {

[[noreturn]] void end_after_failed_sync(const char* message) {
  std::fprintf(
      stderr,
      "xflow: the disk did not confirm a write (%s): ending, so that nothing unconfirmed is relied upon\n",
      message);
  std::_Exit(74);
}

}  // namespace

Error translate(sqlite3* db) {
  const int extended = sqlite3_extended_errcode(db);
  const std::string message = sqlite3_errmsg(db);
  if (extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC)
    end_after_failed_sync(message.c_str());
  switch (extended & 0xff) {
    case SQLITE_FULL:
      return {Code::kExhausted, "the data directory's disk is full (" + message + "): free some space"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::kCorrupt, "the data file is damaged (" + message + "): restore a backup"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::kUnavailable, "the data file is in use by something else (" + message + ")"};
    default:
      return {Code::kUnavailable, "the data file could not be read or written: " + message + " (" +
                                      std::to_string(extended) + ")"};
  }
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), next_++, value);
  return *this;
}

Statement& Statement::text(std::string_view value) {
  sqlite3_bind_text(handle_.get(), next_++, value.data() != nullptr ? value.data() : "",
                    static_cast<int>(value.size()), SQLITE_STATIC);
  return *this;
}

Statement& Statement::blob(std::string_view value) {
  sqlite3_bind_blob(handle_.get(), next_++, value.data() != nullptr ? value.data() : "",
                    static_cast<int>(value.size()), SQLITE_STATIC);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  auto error = translate(sqlite3_db_handle(handle_.get()));
  reset();
  return std::unexpected(std::move(error));
}

Result<void> Statement::run() {
  XF_TRY(step());
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
  next_ = 1;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

std::string Statement::string(int column) const {
  const void* bytes = sqlite3_column_blob(handle_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return size == 0 ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

void Connection::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<Connection> Connection::open(const std::string& path, const Options& options) {
  // Counting each allocation under one lock for all threads is a tenth of the work of a write, and nobody
  // reads the counts. Refused once SQLite is in use, which is then as it was.
  static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)uncounted;
  int flags = SQLITE_OPEN_NOMUTEX | (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  if (options.create) flags |= SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Connection out;
  out.handle_.reset(handle);
  if (code != SQLITE_OK) return fail(Code::kUnavailable, path + " cannot be opened: " + sqlite3_errstr(code));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 10'000);
  XF_TRY(out.execute(("PRAGMA cache_size=-" + std::to_string(options.cache_kib)).c_str()));
  return out;
}

Result<void> Connection::execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    return std::unexpected(translate(handle_.get()));
  return {};
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                         &handle, nullptr) != SQLITE_OK)
    return std::unexpected(translate(handle_.get()));
  Statement out;
  out.handle_.reset(handle);
  return out;
}

Result<std::int64_t> Connection::integer(const char* sql) {
  XF_TRY_ASSIGN(auto statement, prepare(sql));
  XF_TRY_ASSIGN(const bool row, statement.step());
  return row ? statement.integer(0) : 0;
}

}  // namespace xf::persistence::sqlite
