// Scenario: what happens to one instance, as text.
//
//   # words for the reader
//   started {"n": 1}
//       ~ started /do/0/pay
//       timer #1 due +1s
//   timer #1 fired
//       complete -> {}
//
// Lines at the margin are Inputs; what is indented below is what the engine made of it, and is rewritten by
// --update.
//   secrets JSON: what is known of secrets from here on, as {name: value}; no Input, and nothing follows from it
//   [+5s] started JSON [key TEXT] [parent] | continued | timer #N fired | call #N completed JSON | call #N
//   failed STATUS [unknown] | fetch #N brought DIGEST JSON | fetch #N failed | event #N JSON | child #N
//   completed JSON | child #N faulted JSON | child #N cancelled | cancel | suspend | resume | retry | reset
//   POSITION JSON [context JSON]
// A timer fires when it is due; otherwise time stands still, but for a `+…s` or `+…ms` in front.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "xflow/engine/step.h"

namespace xf::golden {

struct Happening {
  std::string text;  // the line, or a comment
  bool is_comment = false;
  std::vector<std::string> result;  // the lines below
};
std::vector<Happening> parse_scenario(const std::string& text);
std::string print_scenario(const std::vector<Happening>&);

// The clock of a scenario: knows when timers are due.
struct Clock {
  TimeUs now = 1'767'225'600'000'000;  // 2026-01-01T00:00:00Z
  std::map<engine::CommandId, TimeUs> due;
};
Result<engine::InputBody> parse_input(const std::string& line, Clock&);

}  // namespace xf::golden
