// The index of an object with more than kLinearMax members: where a key stands among the members.
//
// Two forms in the same slots. kHashed: open addressing; a slot is 32 bits of hash and the position + 1. The
// hash has a fixed seed, so that the work done is the same in every run; whoever knows it can make keys that
// collide. A search longer than kProbesMax therefore turns the index into kRuns: positions in sorted runs
// whose sizes are the binary digits of the number of members (adding merges runs of equal size). No choice of
// keys makes that quadratic: a search takes O(log² n) comparisons, adding O(log n) amortised.
#pragma once

#include "base/json/block.h"

namespace xf::json {

enum IndexMode : std::uint32_t { kHashed = 0, kRuns = 1 };

inline constexpr std::uint32_t kNotFound = 0xffff'ffff;

// All for a block with slots.
std::uint32_t index_find(Block&, std::string_view key);
// Enters the last member; its key is not there yet.
void index_add_last(Block&);
// After members were removed, replaced in place or copied.
void index_rebuild(Block&);

}  // namespace xf::json
