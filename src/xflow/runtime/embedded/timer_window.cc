#include "xflow/runtime/embedded/timer_window.h"

#include <algorithm>

namespace xf::runtime::embedded {

using persistence::Timer;

namespace {

constexpr TimeUs kAhead = 10 * kUsPerSecond;
constexpr TimeUs kLookBefore = 2 * kUsPerSecond;  // the window is moved on when its end is this near
constexpr std::uint32_t kReadMax = 20'000;

}  // namespace

void TimerWindow::add(const Timer& timer, std::uint64_t group) {
  if (timer <= mark_) {
    near_.insert(timer);
  } else {
    unsettled_.emplace_back(group, timer);
  }
}

void TimerWindow::remove(const Timer& timer) {
  if (near_.erase(timer) > 0 || timer <= mark_) return;
  const auto found = std::ranges::find(unsettled_, timer, [](const auto& entry) { return entry.second; });
  if (found != unsettled_.end()) unsettled_.erase(found);
}

void TimerWindow::settled(std::uint64_t group) {
  while (!unsettled_.empty() && unsettled_.front().first <= group) unsettled_.pop_front();
}

Result<std::vector<Timer>> TimerWindow::due(TimeUs now, std::size_t limit, persistence::Reader& reader) {
  if (look_at() <= now) {
    XF_TRY(look_ahead(now, reader));
  }
  std::vector<Timer> out;
  while (!near_.empty() && near_.begin()->due <= now && out.size() < limit) {
    out.push_back(*near_.begin());
    near_.erase(near_.begin());
  }
  return out;
}

Result<void> TimerWindow::look_ahead(TimeUs now, persistence::Reader& reader) {
  XF_TRY_ASSIGN(const auto found, reader.timers(mark_, kReadMax));
  const TimeUs horizon = now + kAhead;
  // Everything up to the horizon is known now, or, when there was more than one reading takes, up to the last
  // one read.
  mark_ = found.size() == kReadMax && found.back().due <= horizon
              ? found.back()
              : Timer{horizon, INT64_MAX, UINT64_MAX, INT64_MAX};
  for (const auto& timer : found)
    if (timer <= mark_) near_.insert(timer);
  for (const auto& [group, timer] : unsettled_)
    if (timer <= mark_) near_.insert(timer);
  std::erase_if(unsettled_, [&](const auto& entry) { return entry.second <= mark_; });
  return {};
}

TimeUs TimerWindow::next() const {
  return near_.empty() ? look_at() : std::min(look_at(), near_.begin()->due);
}

TimeUs TimerWindow::look_at() const { return mark_.due == INT64_MIN ? INT64_MIN : mark_.due - kLookBefore; }

}  // namespace xf::runtime::embedded
