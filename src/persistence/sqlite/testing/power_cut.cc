// The disk as a file system of SQLite's. A file that was opened before a power cut is dead: each call on it
// fails.
#include "persistence/sqlite/testing/power_cut.h"

#include <sqlite3.h>
#include <stdlib.h>

#include <cstring>
#include <filesystem>
#include <utility>

#include "base/check.h"
#include "persistence/sqlite/testing/disk_state.h"

namespace xf::persistence::sqlite::testing {

namespace {

DiskState* g_disk = nullptr;  // of the one PowerCut
sqlite3_vfs* g_before = nullptr;

struct Open {
  sqlite3_file base;
  std::shared_ptr<File>* file;
  std::uint64_t epoch;
  int level;                   // of the lock that it holds
  unsigned shared, exclusive;  // lock slots that it holds
};

using Lock = std::lock_guard<std::recursive_mutex>;

Open& self(sqlite3_file* file) { return *reinterpret_cast<Open*>(file); }
bool dead(const Open& open) { return open.epoch != g_disk->epoch || g_disk->off; }

void unlock_to(Open& open, int level) {
  File& file = **open.file;
  if (open.level >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED) file.exclusive = 0;
  if (open.level >= SQLITE_LOCK_SHARED && level < SQLITE_LOCK_SHARED) --file.shared;
  open.level = level;
}

void release_slots(Open& open) {
  SharedIndex& index = (*open.file)->index;
  for (int slot = 0; slot < kLockSlots; ++slot) {
    if ((open.shared >> slot & 1u) != 0) --index.readers[static_cast<std::size_t>(slot)];
    if ((open.exclusive >> slot & 1u) != 0) index.writer[static_cast<std::size_t>(slot)] = nullptr;
  }
  open.shared = open.exclusive = 0;
}

int close(sqlite3_file* file) {
  const Lock lock(g_disk->mutex);
  Open& open = self(file);
  unlock_to(open, SQLITE_LOCK_NONE);
  release_slots(open);
  delete open.file;
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* out, int amount, sqlite3_int64 offset) {
  const Lock lock(g_disk->mutex);
  if (dead(self(file))) return SQLITE_IOERR_READ;
  const std::string& bytes = (*self(file).file)->current;
  const auto from = static_cast<std::size_t>(offset), wanted = static_cast<std::size_t>(amount);
  const std::size_t there = from >= bytes.size() ? 0 : std::min(wanted, bytes.size() - from);
  if (there > 0) std::memcpy(out, bytes.data() + from, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  const Lock lock(g_disk->mutex);
  if (dead(self(file))) return SQLITE_IOERR_WRITE;
  File& to = **self(file).file;
  const auto at = static_cast<std::size_t>(offset), size = static_cast<std::size_t>(amount);
  if (g_disk->full && at + size > to.current.size()) return SQLITE_FULL;
  return g_disk->write(to, at, std::string(static_cast<const char*>(bytes), size)) ? SQLITE_OK
                                                                                   : SQLITE_IOERR_WRITE;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const Lock lock(g_disk->mutex);
  if (dead(self(file))) return SQLITE_IOERR_TRUNCATE;
  return g_disk->truncate(**self(file).file, static_cast<std::size_t>(size)) ? SQLITE_OK
                                                                             : SQLITE_IOERR_TRUNCATE;
}

int sync(sqlite3_file* file, int) {
  const Lock lock(g_disk->mutex);
  if (dead(self(file))) return SQLITE_IOERR_WRITE;
  if (std::exchange(g_disk->fail_sync, false)) return SQLITE_IOERR_FSYNC;
  // Without power there is nobody left to hear of a failed sync, so this is not one.
  return g_disk->sync(**self(file).file) ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  const Lock lock(g_disk->mutex);
  if (dead(self(file))) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>((*self(file).file)->current.size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int level) {
  const Lock lock(g_disk->mutex);
  Open& open = self(file);
  if (dead(open)) return SQLITE_IOERR_LOCK;
  if (level <= open.level) return SQLITE_OK;
  File& of = **open.file;
  const bool mine = open.level >= SQLITE_LOCK_RESERVED;
  if (of.exclusive != 0 && !mine && (level >= SQLITE_LOCK_RESERVED || of.exclusive >= SQLITE_LOCK_PENDING))
    return SQLITE_BUSY;
  if (level == SQLITE_LOCK_EXCLUSIVE && of.shared > 1) return SQLITE_BUSY;
  if (open.level < SQLITE_LOCK_SHARED) ++of.shared;
  if (level >= SQLITE_LOCK_RESERVED) of.exclusive = level;
  open.level = level;
  return SQLITE_OK;
}

int unlock_file(sqlite3_file* file, int level) {
  const Lock lock(g_disk->mutex);
  if (level < self(file).level) unlock_to(self(file), level);
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* out) {
  const Lock lock(g_disk->mutex);
  *out = (*self(file).file)->exclusive != 0 ? 1 : 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 512; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  const Lock lock(g_disk->mutex);
  *out = nullptr;
  if (dead(self(file)) || size > 32768) return SQLITE_IOERR_SHMMAP;
  auto& regions = (*self(file).file)->index.regions;
  while (extend != 0 && regions.size() <= static_cast<std::size_t>(region))
    regions.push_back(std::make_unique<std::array<std::byte, 32768>>());
  if (static_cast<std::size_t>(region) < regions.size())
    *out = regions[static_cast<std::size_t>(region)]->data();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  const Lock lock(g_disk->mutex);
  Open& open = self(file);
  if (dead(open)) return SQLITE_IOERR_SHMLOCK;
  SharedIndex& index = (*open.file)->index;
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (int i = offset; i < offset + count && (flags & SQLITE_SHM_LOCK) != 0; ++i) {
    const auto slot = static_cast<std::size_t>(i);
    const int others = index.readers[slot] - static_cast<int>(open.shared >> i & 1u);
    if ((index.writer[slot] != nullptr && index.writer[slot] != &open) || (exclusive && others > 0))
      return SQLITE_BUSY;
  }
  for (int i = offset; i < offset + count; ++i) {
    const auto slot = static_cast<std::size_t>(i);
    const unsigned bit = 1u << i;
    unsigned& held = exclusive ? open.exclusive : open.shared;
    const bool has = (held & bit) != 0, wants = (flags & SQLITE_SHM_LOCK) != 0;
    if (has == wants) continue;
    held ^= bit;
    if (exclusive) {
      index.writer[slot] = wants ? &open : nullptr;
    } else {
      index.readers[slot] += wants ? 1 : -1;
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {}
int shm_unmap(sqlite3_file* file, int) {
  const Lock lock(g_disk->mutex);
  release_slots(self(file));
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {
    2,           close,          read,    write,       truncate,        sync,    file_size, lock_file,
    unlock_file, check_reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap,   nullptr,        nullptr};

int open_file(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  const Lock lock(g_disk->mutex);
  file->pMethods = nullptr;
  if (g_disk->off || name == nullptr) return SQLITE_CANTOPEN;
  auto found = g_disk->files.find(name);
  if (found == g_disk->files.end()) {
    if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    found = g_disk->files.emplace(name, std::make_shared<File>()).first;
  }
  Open& open = self(file);
  open = {.base = {&kMethods},
          .file = new std::shared_ptr<File>(found->second),
          .epoch = g_disk->epoch,
          .level = SQLITE_LOCK_NONE,
          .shared = 0,
          .exclusive = 0};
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* name, int) {
  const Lock lock(g_disk->mutex);
  if (!g_disk->operate()) return SQLITE_IOERR_DELETE;
  return g_disk->files.erase(name) > 0 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

int access(sqlite3_vfs*, const char* name, int, int* out) {
  const Lock lock(g_disk->mutex);
  const auto found = g_disk->files.find(name);
  *out = found != g_disk->files.end() ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* out) {
  for (int i = 0; i < size; ++i) out[i] = static_cast<char>(g_disk->draw(256));
  return size;
}

// Time does not pass here: who waits for a lock that its own thread holds gives up at once.
int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
int current_time(sqlite3_vfs*, sqlite3_int64* out) {
  *out = 0;
  return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }

sqlite3_vfs& file_system() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs v{};
    v.iVersion = 2;
    v.szOsFile = sizeof(Open);
    v.mxPathname = 512;
    v.zName = "xflow-power-cut";
    v.xOpen = open_file;
    v.xDelete = delete_file;
    v.xAccess = access;
    v.xFullPathname = full_path;
    v.xRandomness = randomness;
    v.xSleep = sleep;
    v.xGetLastError = last_error;
    v.xCurrentTimeInt64 = current_time;
    return v;
  }();
  return vfs;
}

}  // namespace

PowerCut::PowerCut(Draw draw) : state_(std::make_unique<DiskState>(std::move(draw))) {
  XF_CHECK(g_disk == nullptr, "there is one such disk at a time");
  g_disk = state_.get();
  g_before = sqlite3_vfs_find(nullptr);
  sqlite3_vfs_register(&file_system(), 1);
  sqlite3_randomness(0, nullptr);  // begins anew, from our chance
  // In memory where there is such a folder, for the store syncs it.
  std::error_code none;
  const auto parent = std::filesystem::is_directory("/dev/shm", none)
                          ? std::filesystem::path("/dev/shm")
                          : std::filesystem::temp_directory_path();
  folder_ = parent / "xflow-power-cut-XXXXXX";
  XF_CHECK(::mkdtemp(folder_.data()) != nullptr, "a folder for the store's lock can be made");
}

PowerCut::~PowerCut() {
  std::error_code none;
  std::filesystem::remove_all(folder_, none);
  sqlite3_vfs_register(g_before, 1);
  sqlite3_vfs_unregister(&file_system());
  g_disk = nullptr;
}

void PowerCut::cut_after(std::uint64_t operations) {
  const Lock lock(state_->mutex);
  state_->left = operations;
  if (operations == 0) (void)state_->operate();
}

bool PowerCut::is_off() const {
  const Lock lock(state_->mutex);
  return state_->off;
}

void PowerCut::restore() {
  const Lock lock(state_->mutex);
  state_->cut();
}

void PowerCut::set_full(bool full) { state_->full = full; }
void PowerCut::set_fail_sync(bool fail) { state_->fail_sync = fail; }
void PowerCut::set_ignore_syncs(bool ignore) { state_->ignore_syncs = ignore; }
const PowerCut::Counts& PowerCut::counts() const { return state_->counts; }

bool PowerCut::checkpoint() {
  const std::string path = folder_ + "/xflow.db";
  sqlite3* handle = nullptr;
  bool done = false;
  if (sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) ==
      SQLITE_OK) {
    sqlite3_exec(handle, "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0", nullptr, nullptr, nullptr);
    int moved = 0;
    done =
        sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, &moved) == SQLITE_OK &&
        moved > 0;
  }
  sqlite3_close_v2(handle);
  return done;
}

}  // namespace xf::persistence::sqlite::testing
