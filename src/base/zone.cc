#include "base/zone.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace xf {
namespace {

constexpr std::size_t kHeaderBytes = 44;

// Numbers of the table, big end first.
class Table {
 public:
  explicit Table(std::string_view bytes) : bytes_(bytes) {}
  bool has(std::size_t count) const { return bytes_.size() >= count; }
  std::int64_t number(std::size_t width) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < width; ++i) out = out << 8 | static_cast<unsigned char>(bytes_[i]);
    skip(width);
    return width == 4 ? std::int64_t(std::int32_t(std::uint32_t(out))) : std::int64_t(out);
  }
  std::size_t byte() {
    const auto out = static_cast<unsigned char>(bytes_.front());
    skip(1);
    return out;
  }
  void skip(std::size_t count) { bytes_.remove_prefix(count); }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

struct Counts {
  std::size_t utc = 0, standard = 0, leaps = 0, times = 0, types = 0, letters = 0;
  std::size_t bytes(std::size_t width) const {
    return times * (width + 1) + types * 6 + letters + leaps * (width + 4) + standard + utc;
  }
};

bool read_header(Table& table, Counts& counts) {
  if (!table.has(kHeaderBytes) || !table.rest().starts_with("TZif")) return false;
  table.skip(20);
  for (std::size_t* count : {&counts.utc, &counts.standard, &counts.leaps, &counts.times, &counts.types,
                             &counts.letters})
    *count = std::size_t(std::max<std::int64_t>(0, table.number(4)));
  return true;
}

bool is_zone_name(std::string_view name) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '+' || c == '/';
  };
  return !name.empty() && name.front() != '/' && std::ranges::all_of(name, is_part);
}

}  // namespace

Result<Zone> Zone::load(std::string_view name) {
  if (name == "UTC") return Zone{};
  const std::filesystem::path path = std::filesystem::path("/usr/share/zoneinfo") / name;
  std::error_code ignored;
  std::string bytes;
  if (is_zone_name(name) && std::filesystem::is_regular_file(path, ignored)) {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  if (bytes.empty())
    return fail(Code::kNotFound, "the time zone '" + std::string(name) +
                                     "' is not known to this machine: write it as in Europe/Berlin");
  return parse(bytes);
}

Result<Zone> Zone::parse(std::string_view bytes) {
  const auto bad = [] { return fail(Code::kCorrupt, "a table of time zones is damaged"); };
  Table table(bytes);
  Counts counts;
  // The first part has 32 bits and is for old readers.
  if (!read_header(table, counts) || !table.has(counts.bytes(4))) return bad();
  table.skip(counts.bytes(4));
  if (!read_header(table, counts) || !table.has(counts.bytes(8)) || counts.types == 0) return bad();
  std::vector<TimeUs> times, offsets;
  std::vector<std::size_t> types;
  for (std::size_t i = 0; i < counts.times; ++i) times.push_back(table.number(8) * kUsPerSecond);
  for (std::size_t i = 0; i < counts.times; ++i) types.push_back(table.byte());
  for (std::size_t i = 0; i < counts.types; ++i) {
    offsets.push_back(table.number(4) * kUsPerSecond);
    table.skip(2);
  }
  Zone out;
  out.first_offset_ = offsets.front();
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (types[i] >= offsets.size()) return bad();
    out.transitions_.emplace_back(times[i], offsets[types[i]]);
  }
  return out;
}

TimeUs Zone::offset_at(TimeUs utc) const {
  const auto next = std::ranges::upper_bound(transitions_, utc, {}, [](const auto& t) { return t.first; });
  return next == transitions_.begin() ? first_offset_ : std::prev(next)->second;
}

TimeUs Zone::to_utc(TimeUs local) const {
  constexpr TimeUs kDay = 86'400 * kUsPerSecond;
  const TimeUs before = offset_at(local - kDay), after = offset_at(local + kDay);
  if (offset_at(local - before) != before && offset_at(local - after) == after) return local - after;
  return local - before;
}

}  // namespace xf
