// Small rows and few indices: each costs pages in every commit. Blobs that belong to an instance lie in the
// order (instance, seq), so that loading one reads neighbours and a new one is appended at the end.
#include "persistence/sqlite/format.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace xf::persistence::sqlite {

namespace {

constexpr std::int64_t kApplicationId = 0x78466c77;  // "xFlw"

constexpr const char* kTables = R"sql(
CREATE TABLE tenants(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, salt INTEGER NOT NULL);
CREATE TABLE definitions(id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, ns TEXT NOT NULL, name TEXT NOT NULL,
  version TEXT NOT NULL, title TEXT NOT NULL, digest TEXT NOT NULL, deployed_at INTEGER NOT NULL, state INTEGER NOT NULL);
CREATE UNIQUE INDEX definitions_by_name ON definitions(tenant, ns, name, version) WHERE state < 2;
CREATE TABLE definition_texts(id INTEGER PRIMARY KEY, source BLOB NOT NULL, original BLOB NOT NULL);
CREATE TABLE instances(id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, definition INTEGER NOT NULL,
  status INTEGER NOT NULL, updated_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, business_key TEXT NOT NULL,
  parent INTEGER NOT NULL, parent_command INTEGER NOT NULL, parent_awaits INTEGER NOT NULL, owed INTEGER NOT NULL);
CREATE INDEX instances_by_status ON instances(tenant, status);
CREATE INDEX instances_by_definition ON instances(definition, status);
CREATE INDEX instances_by_key ON instances(tenant, business_key) WHERE business_key <> '';
CREATE INDEX instances_by_parent ON instances(parent, parent_command) WHERE parent <> 0;
CREATE INDEX instances_owed ON instances(id) WHERE owed;
CREATE TABLE journal(instance INTEGER NOT NULL, seq INTEGER NOT NULL, tenant INTEGER NOT NULL, at INTEGER NOT NULL,
  input BLOB NOT NULL, trace BLOB NOT NULL, digest INTEGER NOT NULL, PRIMARY KEY(instance, seq)) WITHOUT ROWID;
CREATE TABLE snapshots(instance INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, seq INTEGER NOT NULL, state BLOB NOT NULL);
CREATE TABLE incidents(instance INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL);
CREATE TABLE timers(due INTEGER NOT NULL, instance INTEGER NOT NULL, timer INTEGER NOT NULL, tenant INTEGER NOT NULL,
  PRIMARY KEY(due, instance, timer)) WITHOUT ROWID;
CREATE TABLE shapes(id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, definition INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE subscriptions(shape INTEGER NOT NULL, hash INTEGER NOT NULL, instance INTEGER NOT NULL,
  command INTEGER NOT NULL, filter INTEGER NOT NULL, tenant INTEGER NOT NULL,
  PRIMARY KEY(shape, hash, instance, command, filter)) WITHOUT ROWID;
CREATE TABLE mail(id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, instance INTEGER NOT NULL, definition INTEGER NOT NULL,
  parent_awaits INTEGER NOT NULL, input BLOB NOT NULL);
CREATE TABLE events(id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, expires_at INTEGER NOT NULL, event BLOB NOT NULL);
CREATE TABLE idempotency(id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL,
  body INTEGER NOT NULL, at INTEGER NOT NULL, answer BLOB NOT NULL);
CREATE UNIQUE INDEX idempotency_by_key ON idempotency(tenant, operation, key);
CREATE TABLE schedules(tenant INTEGER NOT NULL, ns TEXT NOT NULL, name TEXT NOT NULL, definition INTEGER NOT NULL,
  paused INTEGER NOT NULL, next INTEGER NOT NULL, last INTEGER NOT NULL, last_instance INTEGER NOT NULL,
  state BLOB NOT NULL, PRIMARY KEY(tenant, ns, name)) WITHOUT ROWID;
CREATE TABLE secrets(tenant INTEGER NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, since INTEGER NOT NULL,
  sealed BLOB NOT NULL, PRIMARY KEY(tenant, name, version)) WITHOUT ROWID;
CREATE TABLE contents(tenant INTEGER NOT NULL, digest TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY(tenant, digest)) WITHOUT ROWID;
)sql";

Result<void> create(Connection& connection) {
  XF_TRY(connection.execute("BEGIN IMMEDIATE"));
  XF_TRY(connection.execute(kTables));
  XF_TRY(connection.execute(("PRAGMA application_id=" + std::to_string(kApplicationId)).c_str()));
  XF_TRY(connection.execute(("PRAGMA user_version=" + std::to_string(kFormatVersion)).c_str()));
  return connection.execute("COMMIT");
}

}  // namespace

Result<void> prepare_format(Connection& connection) {
  XF_TRY_ASSIGN(const auto version, connection.integer("PRAGMA user_version"));
  XF_TRY_ASSIGN(const auto application, connection.integer("PRAGMA application_id"));
  XF_TRY_ASSIGN(const auto tables, connection.integer("SELECT count(*) FROM sqlite_schema"));
  if (version == 0 && tables == 0) return create(connection);
  if (application != kApplicationId) return fail(Code::kInvalid, "this data file was not written by xFlow");
  if (version > kFormatVersion)
    return fail(Code::kInvalid, "the data has format " + std::to_string(version) +
                                    ", this program knows up to " + std::to_string(kFormatVersion) +
                                    ": run the newer xFlow that wrote it");
  return {};
}

Result<DirectoryLock> DirectoryLock::take(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(Code::kInvalid,
                "the data directory " + directory + " cannot be made: " + std::strerror(errno));
  const std::string path = directory + "/lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return fail(Code::kInvalid, path + " cannot be opened: " + std::strerror(errno));
  DirectoryLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
    return fail(Code::kConflict,
                "the data directory " + directory +
                    " is in use by another xFlow process: stop that one, or give this one another --data");
  return lock;
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace xf::persistence::sqlite
