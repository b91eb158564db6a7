#include "apps/data_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace xf::apps {
namespace {

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<Error> wrong(const std::string& path, const std::string& what) {
  return fail(Code::kInvalid, "the key " + path + " " + what);
}

std::unexpected<Error> wrong(const std::string& path) { return wrong(path, std::strerror(errno)); }

// Whole or not at all: written beside, made durable, and then given its name.
Result<SealKey> make(const std::string& directory, const std::string& path) {
  const std::string made = path + ".new";
  const SealKey key = random_seal_key();
  {
    const File file(::open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    const bool is_written = file.is_open() && ::fchmod(file.fd(), 0600) == 0 &&
                            ::write(file.fd(), key.data(), key.size()) == ssize_t(key.size()) &&
                            ::fsync(file.fd()) == 0;
    if (!is_written) return wrong(path);
  }
  if (::rename(made.c_str(), path.c_str()) != 0) return wrong(path);
  const File folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open() || ::fsync(folder.fd()) != 0) return wrong(path);
  return key;
}

}  // namespace

Result<SealKey> data_key(const std::string& directory) {
  const std::string path = directory + "/secrets.key";
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return errno == ENOENT ? make(directory, path) : Result<SealKey>(wrong(path));
  struct stat about {};
  if (::fstat(file.fd(), &about) != 0) return wrong(path);
  if ((about.st_mode & 077) != 0) return wrong(path, "can be read by others: chmod 600 it, and change the secrets");
  SealKey key;
  if (about.st_size != off_t(key.size()) || ::read(file.fd(), key.data(), key.size()) != ssize_t(key.size()))
    return wrong(path, "is damaged");
  return key;
}

}  // namespace xf::apps
