#include "persistence/sqlite/store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "persistence/sqlite/checkpointer.h"
#include "persistence/sqlite/format.h"
#include "persistence/sqlite/reader.h"
#include "persistence/sqlite/writer.h"

namespace xf::persistence::sqlite {

struct Store::Impl {
  std::string path;
  DirectoryLock lock;
  Writer writer;
  std::unique_ptr<Checkpointer> checkpointer;
};

namespace {

int report_commit(void* checkpointer, sqlite3*, const char*, int log_pages) {
  static_cast<Checkpointer*>(checkpointer)->committed(log_pages);
  return SQLITE_OK;
}

// The name of a new file is on the disk only when its directory is.
void sync_directory(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& directory) {
  XF_TRY_ASSIGN(auto lock, DirectoryLock::take(directory));
  const std::string path = directory + "/xflow.db";
  XF_TRY_ASSIGN(auto connection, Connection::open(path, {.create = true, .cache_kib = 16 * 1024}));
  XF_TRY(connection.execute(
      "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
      "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864; PRAGMA temp_store=MEMORY"));
  XF_TRY(prepare_format(connection));
  XF_TRY_ASSIGN(auto second, Connection::open(path, {.cache_kib = 256}));
  XF_TRY(second.execute("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0"));
  sync_directory(directory);
  auto impl = std::make_unique<Impl>(Impl{path, std::move(lock), Writer(std::move(connection)), nullptr});
  impl->checkpointer = std::make_unique<Checkpointer>(std::move(second));
  sqlite3_wal_hook(impl->writer.connection().handle(), report_commit, impl->checkpointer.get());
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() { sqlite3_wal_hook(impl_->writer.connection().handle(), nullptr, nullptr); }

Result<void> Store::commit(const Batch& batch) { return impl_->writer.commit(batch); }

Result<std::unique_ptr<persistence::Reader>> Store::reader() {
  XF_TRY_ASSIGN(auto connection, Connection::open(impl_->path, {.read_only = true, .cache_kib = 8 * 1024}));
  return std::make_unique<Reader>(std::move(connection));
}

Usage Store::usage() const {
  const auto bytes = [](const std::string& file) {
    struct stat info {};
    return ::stat(file.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
  };
  return {.data_bytes = bytes(impl_->path),
          .log_bytes = bytes(impl_->path + "-wal"),
          .checkpoints = impl_->checkpointer->count()};
}

Result<std::uint64_t> Store::backup(const std::string& target) {
  struct stat info {};
  if (::stat(target.c_str(), &info) == 0)
    return fail(Code::kConflict, target + " exists already: name a new file for the backup");
  {
    XF_TRY_ASSIGN(auto source, Connection::open(impl_->path, {.read_only = true}));
    XF_TRY_ASSIGN(auto copy, source.prepare("VACUUM INTO ?"));
    XF_TRY(copy.text(target).run());
  }
  XF_TRY_ASSIGN(auto written, Connection::open(target, {}));
  XF_TRY_ASSIGN(auto check, written.prepare("PRAGMA integrity_check(1)"));
  XF_TRY_ASSIGN(const bool row, check.step());
  if (!row || check.string(0) != "ok")
    return fail(Code::kCorrupt, "the backup at " + target + " does not pass its check");
  const int fd = ::open(target.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 || ::fsync(fd) != 0 || ::fstat(fd, &info) != 0) {
    if (fd >= 0) ::close(fd);
    return fail(Code::kUnavailable, "the backup at " + target + " could not be made durable");
  }
  ::close(fd);
  const auto slash = target.rfind('/');
  sync_directory(slash == std::string::npos ? "." : target.substr(0, slash + 1));
  return static_cast<std::uint64_t>(info.st_size);
}

}  // namespace xf::persistence::sqlite
