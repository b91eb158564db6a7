// Regex: one compiled regular expression over UTF-8, searched within limits. The only place that sees
// Oniguruma.
//
// Immutable and safe to share between threads. The limits count steps, never time, so that every replay
// agrees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace xf {

// The syntax is Perl's with named groups, as jq takes it. Beside named groups, unnamed ones capture too.
struct RegexOptions {
  bool ignore_case = false;
  bool extended = false;    // white space and comments in the pattern are skipped
  bool dot_all = false;     // `.` takes line feeds too
  bool whole_text = false;  // `^` and `$` stand for the ends of the text, not of a line
  bool find_longest = false;
  bool find_not_empty = false;
};

struct RegexLimits {
  std::uint64_t retries_max = 1'000'000;  // in one search
  std::uint32_t stack_max = 200'000;      // entries that wait to be retried; about 50 bytes each
  std::size_t begin_max =
      SIZE_MAX;  // a match begins at this byte at the latest: a long text is searched in windows
};

class Regex {
 public:
  // Code::kInvalid says what is wrong with the pattern.
  static Result<Regex> compile(std::string_view pattern, const RegexOptions& = {});

  enum class Found : std::uint8_t { kNo, kYes, kLimit };

  // Where a group matched, in bytes; begin < 0: it took no part.
  struct Group {
    int begin = -1, end = -1;
  };

  // The first match that begins at `from` or later. `groups` may be null; group 0 is the whole match.
  Found search(std::string_view text, std::size_t from = 0, std::vector<Group>* groups = nullptr,
               const RegexLimits& = {}) const;

  // The named groups with their numbers, in the order of the pattern.
  const std::vector<std::pair<std::string, int>>& names() const noexcept { return names_; }

  static constexpr std::size_t kPatternBytesMax = 64u << 10;
  static constexpr std::size_t kTextBytesMax = 1u << 30;

 private:
  struct Free {
    void operator()(void*) const noexcept;
  };
  explicit Regex(void* compiled);

  std::unique_ptr<void, Free> compiled_;
  std::vector<std::pair<std::string, int>> names_;
};

}  // namespace xf
