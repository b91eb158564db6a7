// The limit: one thread that writes the same rows straight to SQLite, with the same tables, indices and
// pragmas, by prepared statements, in commits of 64.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace xf::bench {

class SqliteLoop {
 public:
  // Takes the schema, and the rows of journal and instances, from a file that the engine wrote.
  SqliteLoop(const std::string& engine_file, const std::string& own_file) {
    sqlite3* source = open(engine_file);
    // The engine moves its log from 4,000 pages on, beside the commits; one thread can only do it after one.
    std::string setup =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16384;"
        "PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864;";
    sqlite3_stmt* s = prepare(source, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid");
    while (sqlite3_step(s) == SQLITE_ROW)
      setup.append(reinterpret_cast<const char*>(sqlite3_column_text(s, 0))) += ';';
    sqlite3_finalize(s);
    journal_ = read(source, "SELECT * FROM journal ORDER BY instance, seq");
    instances_ = read(source, "SELECT * FROM instances ORDER BY id");
    sqlite3_close(source);
    db_ = open(own_file);
    if (sqlite3_exec(db_, setup.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) give_up(db_);
    begin_ = prepare(db_, "BEGIN IMMEDIATE");
    commit_ = prepare(db_, "COMMIT");
    into_journal_ = prepare_insert("journal", 7);
    into_instances_ = prepare_insert("instances", 11);
  }

  std::size_t rows() const { return instances_.size(); }

  // Writes all rows under new keys; workflows per second.
  double run_once(std::size_t group = 64) {
    const auto start = Clock::now();
    for (std::size_t at = 0; at < instances_.size(); at += group) {
      step(begin_);
      for (std::size_t i = at; i < std::min(at + group, instances_.size()); i += kAtOnce) {
        insert(into_instances_, instances_, i);
        insert(into_journal_, journal_, i);
      }
      step(commit_);
    }
    shift_ += INT64_C(1) << 40;
    return static_cast<double>(instances_.size()) /
           std::chrono::duration<double>(Clock::now() - start).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Row = std::vector<sqlite3_value*>;
  static constexpr std::size_t kAtOnce = 16;  // rows of a statement, as the engine has it

  [[noreturn]] static void give_up(sqlite3* db) {
    std::fprintf(stderr, "w1_bench: SQLite: %s\n", sqlite3_errmsg(db));
    std::exit(1);
  }
  static sqlite3* open(const std::string& file) {
    sqlite3* db = nullptr;
    constexpr int kHow = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(file.c_str(), &db, kHow, nullptr) != SQLITE_OK) give_up(db);
    return db;
  }
  static sqlite3_stmt* prepare(sqlite3* db, const char* sql) {
    sqlite3_stmt* s = nullptr;
    if (sqlite3_prepare_v2(db, sql, -1, &s, nullptr) != SQLITE_OK) give_up(db);
    return s;
  }
  static std::vector<Row> read(sqlite3* db, const char* sql) {
    std::vector<Row> rows;
    sqlite3_stmt* s = prepare(db, sql);
    while (sqlite3_step(s) == SQLITE_ROW) {
      rows.emplace_back();
      for (int i = 0; i < sqlite3_column_count(s); ++i)
        rows.back().push_back(sqlite3_value_dup(sqlite3_column_value(s, i)));
    }
    sqlite3_finalize(s);
    rows.resize(rows.size() / kAtOnce * kAtOnce);
    return rows;
  }
  sqlite3_stmt* prepare_insert(const std::string& table, int columns) {
    std::string row = "(?", sql = "INSERT INTO " + table + " VALUES";
    for (int i = 1; i < columns; ++i) row += ",?";
    for (std::size_t i = 0; i < kAtOnce; ++i) sql += (i == 0 ? "" : ",") + row + ")";
    return prepare(db_, sql.c_str());
  }
  void step(sqlite3_stmt* s) {
    if (sqlite3_step(s) != SQLITE_DONE) give_up(db_);
    sqlite3_reset(s);
  }
  void insert(sqlite3_stmt* s, const std::vector<Row>& rows, std::size_t from) {
    int next = 1;
    for (std::size_t i = from; i < from + kAtOnce; ++i) {
      sqlite3_bind_int64(s, next++, sqlite3_value_int64(rows[i][0]) + shift_);
      for (std::size_t k = 1; k < rows[i].size(); ++k) sqlite3_bind_value(s, next++, rows[i][k]);
    }
    step(s);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt *begin_ = nullptr, *commit_ = nullptr, *into_journal_ = nullptr, *into_instances_ = nullptr;
  std::vector<Row> journal_, instances_;
  sqlite3_int64 shift_ = INT64_C(1) << 40;
};

}  // namespace xf::bench
