#include "chaos.h"

#include "base/json/parse.h"
#include "base/random.h"
#include "xflow/engine/fault.h"

namespace xf::golden {

using namespace engine;

std::uint64_t Chaos::below(std::uint64_t n) { return next_random(state_) % n; }

json::Value Chaos::value() {
  constexpr const char* kValues[] = {
      "null",
      "1",
      "\"text\"",
      "[1,2,3]",
      "{}",
      R"({"n":1,"numbers":[1,2,3],"rows":[[1],[2,3]],"colors":["a"],"items":[4]})",
      R"({"status":"available","petName":"x","go":true,"bad":true,"stop":true,"n":3,"add":1,"pause":"PT1S","numbers":[]})",
      R"({"id":"e","source":"s","type":"paid","roomid":"a","data":{"value":39,"n":3,"orderId":7}})",
      R"({"id":"f","source":"shop-1","type":"measured","data":2})"};
  return *json::parse(kValues[below(std::size(kValues))]);
}

Fault Chaos::fault() {
  Fault fault = faults::make(Standard(below(8)), "chance");
  if (below(2)) fault.status = below(2) ? 503 : 404;
  return fault;
}

InputBody Chaos::next(Clock& clock) {
  clock.now += TimeUs(below(4)) * kUsPerSecond;
  if (!std::exchange(has_started_, true))
    return input::Started{
        .instance = "i", .key = {}, .input = value(), .seed = below(1000), .revision = 1, .parent = {}};
  const CommandId target = id();
  switch (below(40)) {
    case 0: return input::Cancel{"chance"};
    case 1: return input::Suspend{};
    case 2:
    case 3:
    case 4: return input::Resume{};
    case 5:
    case 6: return input::Retry{};
    case 7: {
      constexpr const char* kPositions[] = {"/do/0/attempt",
                                            "/do/0/both",
                                            "/do/0/loop",
                                            "/do/1/again",
                                            "/do/0/first",
                                            "/do/1/second/do/0/inner",
                                            "/do/0/outer/try/0/inner"};
      return input::Reset{kPositions[below(std::size(kPositions))], value(), std::nullopt};
    }
    case 8: return input::Continued{};
    case 9: return input::Fetched{target, "sha256:1", fault()};
    case 10: {
      constexpr const char* kContents[] = {
          R"({"type":"object"})",
          R"({"do":[{"ask":{"call":"http","with":{"method":"get","endpoint":"https://example.com/"}}}]})",
          R"({"try":[{"pause":{"wait":"PT1S"}},{"next":{"call":"./next.yaml"}}],"catch":{}})"};
      const std::uint64_t which = below(std::size(kContents));
      return input::Fetched{target, "sha256:" + std::to_string(which), *json::parse(kContents[which])};
    }
    case 11: return input::ChildCompleted{target, input::ChildStatus(below(3)), value(), fault()};
    default: break;
  }
  switch (below(4)) {
    case 0: clock.now = std::max(clock.now, clock.due[target]); return input::TimerFired{target};
    case 1: return input::CallCompleted{target, value(), false};
    case 2: return input::CallCompleted{target, fault(), below(2) == 0};
    default: return input::EventReceived{target, 0, value()};
  }
}

}  // namespace xf::golden
