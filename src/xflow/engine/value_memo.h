// ValueMemo: sizes and hashes of large values, remembered by identity, so that a value which stays for many
// turns is measured once. Small values are measured each time. A cache: it changes no result.
#pragma once

#include <cstdint>
#include <vector>

#include "base/json/value.h"

namespace xf::engine {

class ValueMemo {
 public:
  // About the length of its JSON text; more than `max` when it is more than that.
  std::size_t weight(const json::Value&, std::size_t max);
  // Of the content alone: equal values have equal hashes, wherever they came from.
  std::uint64_t hash(const json::Value&);
  // Forgets what has not been asked for since the last sweep.
  void sweep();

 private:
  struct Entry {
    json::Value value;
    std::size_t weight = 0;  // 0: not known
    std::size_t weighed_to = 0;
    std::uint64_t hash = 0;
    bool has_hash = false;
    bool is_used = true;
  };
  Entry* find(const json::Value&);
  Entry& remember(const json::Value&);

  std::vector<Entry> entries_;
};

}  // namespace xf::engine
