#include "xflow/runtime/embedded/ids.h"

#include <algorithm>

namespace xf::runtime::embedded {

namespace {

constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kHalf = 13;  // 65 bits, of which 64 are used
constexpr int kCountBits = 10;     // starts in one microsecond, before keys run ahead of the clock

std::string digits(std::uint64_t value) {
  std::string out(kHalf, '0');
  for (std::size_t i = kHalf; i-- > 0; value >>= 5) out[i] = kDigits[value & 31];
  return out;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value << 5 | digit;
  }
  return value;
}

}  // namespace

std::string instance_id(persistence::InstanceKey key, std::uint64_t salt) {
  return digits(static_cast<std::uint64_t>(key)) + digits(salt);
}

std::optional<persistence::InstanceKey> parse_instance_id(std::string_view text, std::uint64_t salt) {
  if (text.size() != 2 * kHalf || text.substr(kHalf) != digits(salt)) return std::nullopt;
  const auto key = number(text.substr(0, kHalf));
  if (!key || *key > INT64_MAX || text[0] > '7') return std::nullopt;
  return static_cast<persistence::InstanceKey>(*key);
}

std::optional<std::pair<persistence::InstanceKey, persistence::InstanceKey>> id_prefix_range(
    std::string_view text) {
  if (text.empty() || text.size() > 2 * kHalf) return std::nullopt;
  text = text.substr(0, kHalf);
  const auto value = number(text);
  if (!value || text[0] > '7') return std::nullopt;
  const auto shift = 5 * (kHalf - text.size());
  const auto low = *value << shift;
  const auto high = low | ((std::uint64_t{1} << shift) - 1);
  return std::pair(static_cast<persistence::InstanceKey>(low), static_cast<persistence::InstanceKey>(high));
}

persistence::InstanceKey next_instance_key(persistence::InstanceKey last, TimeUs now) {
  return std::max(last + 1, first_key_at(now));
}

TimeUs started_at(persistence::InstanceKey key) { return key >> kCountBits; }

persistence::InstanceKey first_key_at(TimeUs at) {
  return std::clamp<TimeUs>(at, 0, INT64_MAX >> kCountBits) << kCountBits;
}

}  // namespace xf::runtime::embedded
