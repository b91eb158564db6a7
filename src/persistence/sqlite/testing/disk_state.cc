#include "persistence/sqlite/testing/disk_state.h"

#include <algorithm>

namespace xf::persistence::sqlite::testing {

namespace {

constexpr std::size_t kSector = 512;

void put(std::string& file, std::size_t offset, const std::string& bytes) {
  if (file.size() < offset + bytes.size()) file.resize(offset + bytes.size());
  std::ranges::copy(bytes, file.begin() + static_cast<std::ptrdiff_t>(offset));
}

void land(std::string& file, const File::Write& write) {
  if (write.is_truncation) {
    file.resize(std::min(file.size(), write.offset));
  } else {
    put(file, write.offset, write.bytes);
  }
}

// Sector by sector; the last one that is written may be cut off anywhere in it.
void land_some(std::string& file, const File::Write& write, DiskState& disk) {
  for (std::size_t at = 0; at < write.bytes.size();) {
    std::size_t end =
        std::min(write.bytes.size(), (write.offset + at) / kSector * kSector + kSector - write.offset);
    const std::size_t next = end;
    if (disk.draw(2) == 0) {
      if (disk.draw(8) == 0) end = at + disk.draw(end - at);
      put(file, write.offset + at, write.bytes.substr(at, end - at));
    }
    at = next;
  }
}

}  // namespace

bool DiskState::operate() {
  if (off) return false;
  ++counts.operations;
  if (left == UINT64_MAX) return true;
  if (left-- > 0) return true;
  off = true;
  ++counts.cuts;
  return false;
}

bool DiskState::write(File& file, std::size_t offset, std::string bytes) {
  const bool was_off = off;
  const bool done = operate();
  if (was_off) return false;
  file.unsynced.push_back({offset, std::move(bytes)});
  land(file.current, file.unsynced.back());
  return done;
}

bool DiskState::truncate(File& file, std::size_t size) {
  const bool was_off = off;
  const bool done = operate();
  if (was_off) return false;
  file.unsynced.push_back({size, {}, true});
  land(file.current, file.unsynced.back());
  return done;
}

bool DiskState::sync(File& file) {
  if (!operate()) return false;
  if (ignore_syncs) return true;
  for (const File::Write& write : file.unsynced) land(file.durable, write);
  file.unsynced.clear();
  file.is_linked = true;
  return true;
}

void DiskState::cut() {
  std::erase_if(files, [&](const auto& entry) { return !entry.second->is_linked && draw(2) == 0; });
  // Now and then everything has reached the disk, or nothing has.
  const auto mood = draw(5);
  for (auto& [name, file] : files) {
    auto fresh = std::make_shared<File>();
    fresh->durable = std::move(file->durable);
    fresh->is_linked = true;
    for (const File::Write& write : file->unsynced) {
      const auto fate = mood == 0 ? 3 : mood == 1 ? 0 : draw(4);
      if (fate == 0) {
        ++counts.lost;
      } else if (fate == 1 && !write.is_truncation) {
        ++counts.torn;
        land_some(fresh->durable, write, *this);
      } else {
        ++counts.kept;
        land(fresh->durable, write);
      }
    }
    fresh->current = fresh->durable;
    file = std::move(fresh);
  }
  ++epoch;
  off = false;
  left = UINT64_MAX;
}

}  // namespace xf::persistence::sqlite::testing
