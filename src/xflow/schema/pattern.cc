// Searching, in tiers: a cheap try first, so that only a pattern that really backtracks is charged for it.
#include "xflow/schema/pattern.h"

#include <iterator>

namespace xf::schema {
namespace {

struct Tier {
  std::uint64_t retries_max;
  std::uint64_t work;
};
// One unit of work stands for about ten retries.
constexpr Tier kTiers[] = {{2'000, 20}, {100'000, 10'000}, {1'000'000, 100'000}};
constexpr std::uint64_t kBytesPerWork = 16;

}  // namespace

Result<Pattern> Pattern::compile(std::string_view pattern) {
  auto translated = translate_ecma(pattern);
  if (!translated) return std::unexpected(std::move(translated).error());
  auto regex = Regex::compile(*translated);
  if (!regex) return std::unexpected(std::move(regex).error());
  return Pattern(std::string(pattern), *std::move(regex));
}

Regex::Found Pattern::search(std::string_view text, std::uint64_t& work, std::uint64_t work_max) const {
  for (const Tier& tier : kTiers) {
    const std::uint64_t cost = tier.work + text.size() / kBytesPerWork;
    if (work + cost > work_max) return Regex::Found::kLimit;
    work += cost;
    // A longer text may need a retry for each of its bytes without any backtracking.
    const auto found = regex_.search(text, 0, nullptr, {.retries_max = tier.retries_max + text.size() * 2});
    if (found != Regex::Found::kLimit) return found;
  }
  return Regex::Found::kLimit;
}

}  // namespace xf::schema
