#include "xflow/definition/dsl1/suggest.h"

#include <algorithm>

namespace xf::dsl1 {
namespace {

constexpr std::size_t kWrittenMax =
    64;  // longer is no slip, and the distance costs the product of the lengths
constexpr std::size_t kListedMax = 24;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Insertions, deletions, replacements and swapped neighbours; case alone counts nothing.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view written, std::span<const std::string_view> known) {
  if (written.size() > kWrittenMax) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, written.size() / 3) + 1;
  for (const std::string_view name : known) {
    const std::size_t d = name.size() > kWrittenMax ? best_distance : distance(written, name);
    if (d < best_distance) {
      best_distance = d;
      best = name;
    }
  }
  return best;
}

std::string suggestion(std::string_view written, std::span<const std::string_view> known) {
  if (const std::string_view name = nearest(written, known); !name.empty()) {
    return "did you mean '" + std::string(name) + "'?";
  }
  if (known.empty() || known.size() > kListedMax) return {};
  std::string out = "known here: ";
  for (std::size_t i = 0; i < known.size(); ++i) out.append(i == 0 ? "" : ", ").append(known[i]);
  return out;
}

}  // namespace xf::dsl1
