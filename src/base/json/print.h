// Writing JSON text.
#pragma once

#include <string>

#include "base/json/value.h"

namespace xf::json {

struct PrintOptions {
  int indent = 0;          // spaces for each level; 0 = one line, no spaces
  bool sort_keys = false;  // by code point, at every level
  bool ascii = false;      // escape everything beyond ASCII
};

// As jq 1.8 prints: order of insertion, numbers with 17 significant digits or their kept digits.
std::string print(const Value&, const PrintOptions& = {});
void print_to(std::string& out, const Value&, const PrintOptions& = {});
// RFC 8785 in spirit: sorted keys, no spaces, the shortest form of each number (1.0 and 1e0 become 1; digits
// that a double cannot hold stay, so that different numbers stay different); what digests are taken over.
std::string canonical(const Value&);

}  // namespace xf::json
