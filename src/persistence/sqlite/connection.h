// Connection and Statement: SQLite's C API with owners and Results. One thread at a time for a connection and
// all its statements. A failed fsync ends the process here: after one, nobody knows what the disk holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace xf::persistence::sqlite {

class Statement {
 public:
  Statement() = default;
  explicit operator bool() const { return handle_ != nullptr; }  // prepared

  // Parameters are bound in order, from the first; texts and blobs must live until the statement is reset.
  Statement& bind(std::int64_t);
  Statement& text(std::string_view);
  Statement& blob(std::string_view);
  // True: a row is there to be read. Ends (and resets) by itself after the last row.
  Result<bool> step();
  // For statements without rows: one step, then reset.
  Result<void> run();
  void reset();

  std::int64_t integer(int column) const;
  std::string string(int column) const;  // of a text or a blob

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt*) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int next_ = 1;
};

class Connection {
 public:
  struct Options {
    bool create = false;
    bool read_only = false;
    int cache_kib = 4096;
  };
  static Result<Connection> open(const std::string& path, const Options&);

  Result<void> execute(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  Result<std::int64_t> integer(const char* sql);  // of a statement that gives one
  sqlite3* handle() { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3*) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

// What SQLite reports as the port's error.
Error translate(sqlite3*);

}  // namespace xf::persistence::sqlite
