// Draws from getrandom(2) and lays out ids.
#include "base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "base/check.h"

namespace xf {

namespace {

void fill(void* target, std::size_t bytes) {
  // Up to 256 bytes come whole once the pool is ready; only the wait for the pool can be interrupted.
  ssize_t got = 0;
  do got = getrandom(target, bytes, 0);
  while (got < 0 && errno == EINTR);
  XF_CHECK(got == static_cast<ssize_t>(bytes), "the operating system must give randomness");
}

void put_hex(std::string& text, std::size_t at, std::uint64_t value, int digits) {
  constexpr char kHex[] = "0123456789abcdef";
  for (int i = digits - 1; i >= 0; --i, value >>= 4)
    text[at + static_cast<std::size_t>(i)] = kHex[value & 15];
}

}  // namespace

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  fill(&seed, sizeof seed);
  return seed;
}

Chance random_chance() {
  Chance chance{};
  fill(chance.data(), sizeof chance);
  return chance;
}

std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

std::string uuid_v7(TimeUs at, const Chance& chance) {
  const auto ms = static_cast<std::uint64_t>(std::max<TimeUs>(at, 0) / kUsPerMs);
  std::string text(36, '-');
  put_hex(text, 0, ms >> 16, 8);
  put_hex(text, 9, ms, 4);
  put_hex(text, 14, 0x7000 | (chance[0] & 0x0fff), 4);
  put_hex(text, 19, 0x8000 | (chance[0] >> 50), 4);
  put_hex(text, 24, chance[1], 12);
  return text;
}

}  // namespace xf
