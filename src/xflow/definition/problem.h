// Problem: one thing that is wrong with a definition, where, and what to write instead.
#pragma once

#include <cstdint>
#include <string>

namespace xf::definition {

struct Problem {
  std::string file;
  std::uint32_t line = 0, column = 0;  // 1-based; 0: the whole document
  std::string pointer;                 // JSON Pointer: /do/0/getPet/with/method
  std::string message;
  std::string hint;  // "did you mean …"; may be empty
};
// "orders.yaml:12:9: /do/0/getPet/with: unknown property 'methd'; did you mean 'method'?"
std::string to_string(const Problem&);

}  // namespace xf::definition
