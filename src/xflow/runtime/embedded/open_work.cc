#include "xflow/runtime/embedded/open_work.h"

#include <type_traits>

#include "base/match.h"

namespace xf::runtime::embedded {

namespace in = engine::input;
namespace cmd = engine::command;

namespace {

std::uint64_t mix(std::uint64_t hash, std::string_view text) {  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return (hash ^ text.size()) * 0x100000001b3u;
}

std::string_view text_of(const json::Value& event, std::string_view name) {
  const auto& value = event.get(name);
  return value.is_string() ? value.as_string() : std::string_view();
}

}  // namespace

std::uint64_t event_digest(const json::Value& event) {
  return mix(mix(0xcbf29ce484222325u, text_of(event, "source")), text_of(event, "id"));
}

bool OpenWork::wants(const engine::InputBody& body) const {
  return match(
      body, [&](const in::TimerFired& i) { return timers.contains(i.timer); },
      [&](const in::CallCompleted& i) { return calls.contains(i.call); },
      [&](const in::Fetched& i) { return fetches.contains(i.fetch); },
      [&](const in::ChildCompleted& i) { return children.contains(i.child); },
      [&](const in::EventReceived& i) {
        const auto found = subscriptions.find(i.subscription);
        return found != subscriptions.end() && !found->second.seen.contains(event_digest(i.event));
      },
      [](const auto&) { return true; });
}

void OpenWork::take(const engine::InputBody& body) {
  match(
      body, [&](const in::TimerFired& i) { timers.erase(i.timer); },
      [&](const in::CallCompleted& i) { calls.erase(i.call); },
      [&](const in::Fetched& i) { fetches.erase(i.fetch); },
      [&](const in::ChildCompleted& i) { children.erase(i.child); },
      [&](const in::EventReceived& i) {
        if (const auto found = subscriptions.find(i.subscription); found != subscriptions.end())
          found->second.seen.insert(event_digest(i.event));
      },
      [](const auto&) {});
}

void OpenWork::ask(const engine::Command& command) {
  match(
      command, [&](const cmd::StartCall& c) { calls.insert_or_assign(c.id, c); },
      [&](const cmd::CancelCall& c) {
        calls.erase(c.id);
        fetches.erase(c.id);
      },
      [&](const cmd::Fetch& c) { fetches.insert_or_assign(c.id, c); },
      [&](const cmd::StartTimer& c) { timers.insert_or_assign(c.id, c.due); },
      [&](const cmd::CancelTimer& c) { timers.erase(c.id); },
      [&](const cmd::Subscribe& c) { subscriptions[c.id].command = c; },
      [&](const cmd::Unsubscribe& c) { subscriptions.erase(c.id); },
      [&](const cmd::StartChild& c) {
        if (c.await) children[c.id] = {.await = true};
      },
      [&](const cmd::CancelChild& c) { children.erase(c.id); }, [](const auto&) {});
}

}  // namespace xf::runtime::embedded
