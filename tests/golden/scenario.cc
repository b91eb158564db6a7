#include "scenario.h"

#include <sstream>

#include "base/json/parse.h"
#include "xflow/engine/fault.h"

namespace xf::golden {
namespace {

using namespace engine;

// Takes words from the front of a line.
class Line {
 public:
  explicit Line(std::string_view rest) : rest_(rest) {}
  bool take(std::string_view word) {
    skip();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  std::string word() {
    skip();
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    std::string out(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return out;
  }
  std::uint64_t number() { return std::stoull(word()); }
  CommandId id() { return take("#") ? number() : 0; }
  // Up to a word that ends it, or the end of the line.
  Result<json::Value> value(std::string_view until = {}) {
    skip();
    std::size_t end = rest_.size();
    if (!until.empty()) end = std::min(rest_.find(until), rest_.size());
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (text.empty()) return json::Value();
    return json::parse(text);
  }
  std::string_view rest() const { return rest_; }

 private:
  void skip() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }
  std::string_view rest_;
};

void advance(Line& line, Clock& clock) {
  if (!line.take("+")) return;
  const std::string amount = line.word();
  const bool is_ms = amount.ends_with("ms");
  clock.now += std::stoll(amount) * (is_ms ? kUsPerMs : kUsPerSecond);
}

Fault http_fault(std::uint64_t status) {
  Fault fault = faults::make(Standard::kCommunication, "the server said " + std::to_string(status));
  fault.status = std::int64_t(status);
  return fault;
}

Fault fault_of(const json::Value& error) {
  const auto get = [&](std::string_view key) {
    return error.get(key).is_string() ? std::string(error.get(key).as_string()) : std::string();
  };
  Fault fault{
      .type = get("type"), .title = get("title"), .detail = get("detail"), .instance = get("instance")};
  if (error.get("status").is_int64()) fault.status = error.get("status").as_int64();
  return fault;
}

Result<InputBody> parse_started(Line& line) {
  input::Started started{.instance = "i", .key = {}, .input = {}, .seed = 42, .revision = 1, .parent = {}};
  if (line.take("by parent")) started.parent = ParentRef{"p", 7};
  XF_TRY_ASSIGN(started.input, line.value());
  return started;
}

Result<InputBody> parse_call(Line& line) {
  input::CallCompleted call{.call = line.id(), .outcome = {}};
  if (line.take("completed")) {
    XF_TRY_ASSIGN(call.outcome, line.value());
    return call;
  }
  if (!line.take("failed")) return fail(Code::kInvalid, "a call is completed or failed");
  call.outcome = http_fault(line.number());
  call.outcome_unknown = line.take("unknown");
  return call;
}

Result<InputBody> parse_fetch(Line& line) {
  input::Fetched fetched{.fetch = line.id(), .digest = {}, .content = {}};
  if (line.take("failed")) {
    fetched.content = http_fault(404);
    return fetched;
  }
  line.take("brought");
  fetched.digest = line.word();
  XF_TRY_ASSIGN(fetched.content, line.value());
  return fetched;
}

Result<InputBody> parse_child(Line& line) {
  input::ChildCompleted child{.child = line.id(), .output = {}, .fault = {}};
  if (line.take("cancelled")) {
    child.status = input::ChildStatus::kCancelled;
  } else if (line.take("faulted")) {
    child.status = input::ChildStatus::kFaulted;
    XF_TRY_ASSIGN(const json::Value error, line.value());
    child.fault = fault_of(error);
  } else {
    line.take("completed");
    XF_TRY_ASSIGN(child.output, line.value());
  }
  return child;
}

Result<InputBody> parse_reset(Line& line) {
  input::Reset reset{.position = line.word(), .data = {}, .context = {}};
  XF_TRY_ASSIGN(reset.data, line.value(" context"));
  if (line.take("context")) {
    XF_TRY_ASSIGN(reset.context, line.value());
  }
  return reset;
}

}  // namespace

Result<InputBody> parse_input(const std::string& text, Clock& clock) {
  Line line(text);
  advance(line, clock);
  if (line.take("started")) return parse_started(line);
  if (line.take("continued")) return input::Continued{};
  if (line.take("call")) return parse_call(line);
  if (line.take("fetch")) return parse_fetch(line);
  if (line.take("child")) return parse_child(line);
  if (line.take("cancel")) return input::Cancel{std::string(line.word())};
  if (line.take("suspend")) return input::Suspend{std::string(line.word())};
  if (line.take("resume")) return input::Resume{};
  if (line.take("retry")) return input::Retry{};
  if (line.take("reset")) return parse_reset(line);
  if (line.take("timer")) {
    const CommandId timer = line.id();
    clock.now = std::max(clock.now, clock.due[timer]);
    return input::TimerFired{timer};
  }
  if (line.take("event")) {
    input::EventReceived event{.subscription = line.id(), .event = {}};
    XF_TRY_ASSIGN(event.event, line.value());
    return event;
  }
  return fail(Code::kInvalid, "nothing that can happen: " + text);
}

std::vector<Happening> parse_scenario(const std::string& text) {
  std::vector<Happening> happenings;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (line.starts_with(' '))
      happenings.back().result.push_back(line.substr(line.find_first_not_of(' ')));
    else
      happenings.push_back({line, line.starts_with('#'), {}});
  }
  return happenings;
}

std::string print_scenario(const std::vector<Happening>& happenings) {
  std::string out;
  for (const Happening& happening : happenings) {
    out += happening.text + '\n';
    for (const std::string& line : happening.result) out += "    " + line + '\n';
  }
  return out;
}

}  // namespace xf::golden
