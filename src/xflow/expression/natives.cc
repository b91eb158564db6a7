// All natives in one sorted table.
#include <algorithm>
#include <tuple>
#include <vector>

#include "xflow/expression/tables.h"

namespace xf::expression {
namespace {

std::vector<Native> collect() {
  std::vector<Native> all;
  for (const auto part : {collection_natives(), conversion_natives(), date_natives(), entry_natives(),
                          math_natives(), order_natives(), regex_natives(), string_natives()})
    all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end(), [](const Native& a, const Native& b) {
    return std::tie(a.name, a.arity) < std::tie(b.name, b.arity);
  });
  return all;
}

}  // namespace

std::span<const Native> natives() {
  static const std::vector<Native> all = collect();
  return all;
}

}  // namespace xf::expression
