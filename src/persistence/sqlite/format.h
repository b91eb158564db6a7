// The data file's format: its tables, its version, and the lock that keeps a second process out.
#pragma once

#include <string>

#include "persistence/sqlite/connection.h"

namespace xf::persistence::sqlite {

inline constexpr int kFormatVersion = 1;

// Creates the tables in a new file. A file of a newer version is refused (kInvalid), as is one that is not
// ours.
Result<void> prepare_format(Connection&);

// Held as long as the object lives; freed by the system when the process ends, however it ends.
class DirectoryLock {
 public:
  static Result<DirectoryLock> take(const std::string& directory);
  DirectoryLock(DirectoryLock&&) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace xf::persistence::sqlite
