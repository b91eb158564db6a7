// Finding expressions inside text: `${ … }` ends at the brace that closes it, not at the first one; braces in
// strings and comments of the expression do not count.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace xf::dsl1 {

// A part of a text: for an expression, what stands between `${` and `}`.
struct Piece {
  bool is_expression = false;
  std::size_t begin = 0, end = 0;
};

struct Pieces {
  std::vector<Piece> pieces;  // in order; no empty texts
  bool is_closed = true;      // false: the last `${` has no `}`
  std::size_t open_at = 0;    // where that one stands
};

Pieces split(std::string_view text);

// The one expression that the whole text is, apart from white space around it; nullptr when it is more or
// less.
const Piece* whole_expression(std::string_view text, const Pieces&);

// Where the expression's code names `$name.member` or `$name["member"]`.
struct MemberUse {
  std::string member;
  std::size_t offset = 0;
};
std::vector<MemberUse> member_uses(std::string_view expression, std::string_view name);

}  // namespace xf::dsl1
