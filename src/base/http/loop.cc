// Runs the event loop: wakes, deadlines, stopping.
#include "base/http/loop.h"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/check.h"
#include "base/clock.h"
#include "base/http/connection.h"

namespace xf::http {

namespace {

thread_local const Loop* current_loop = nullptr;

// Deadlines are looked at this often: an eighth of the shortest, between 5 and 250 ms.
std::int64_t sweep_interval_us(const ServerOptions& options) {
  const auto shortest =
      std::min({options.header_timeout, options.body_timeout, options.idle_timeout, options.write_timeout});
  return std::clamp<std::int64_t>(shortest.count() * kUsPerMs / 8, 5 * kUsPerMs, 250 * kUsPerMs);
}

}  // namespace

Loop::Loop(std::shared_ptr<ServerCore> core)
    : core_(std::move(core)), sweep_us_(sweep_interval_us(core_->options)) {}

bool Loop::is_current() const { return current_loop == this; }

void Loop::run() {
  current_loop = this;
  refresh_now();
  io_.run();
  current_loop = nullptr;
}

void Loop::refresh_now() { now_ = monotonic_us(); }

const std::string& Loop::date() {
  const auto second = now_us() / kUsPerSecond;
  if (second != date_second_) {
    date_second_ = second;
    date_ = http_date(second);
  }
  return date_;
}

void Loop::add(boost::asio::ip::tcp::socket socket) {
  if (stopping_) return;
  ConnectionRef connection(new Connection(shared_from_this(), std::move(socket)));
  connection.get()->start();
}

void Loop::link(Connection* connection) {
  connection->add_user();
  connection->list_next = connections_;
  if (connections_ != nullptr) connections_->list_prev = connection;
  connections_ = connection;
  core_->connections_open.fetch_add(1, std::memory_order_relaxed);
  arm_sweep();
}

void Loop::unlink(Connection* connection) {
  if (connection->list_prev != nullptr)
    connection->list_prev->list_next = connection->list_next;
  else
    connections_ = connection->list_next;
  if (connection->list_next != nullptr) connection->list_next->list_prev = connection->list_prev;
  connection->list_next = connection->list_prev = nullptr;
  core_->connections_open.fetch_sub(1, std::memory_order_relaxed);
  connection->remove_user();
  if (connections_ != nullptr) return;
  sweep_timer_.cancel();
  if (!stopping_) return;
  const std::lock_guard lock(core_->mutex);
  core_->changed.notify_all();
}

bool Loop::wake(Connection* connection) {
  connection->add_user();
  switch (wakes_.push(connection)) {
    case WakeQueue<Connection>::Pushed::kFirst:
      boost::asio::post(io_, [this] { drain_wakes(); });
      return true;
    case WakeQueue<Connection>::Pushed::kMore: return true;
    case WakeQueue<Connection>::Pushed::kClosed: connection->remove_user(); return false;
  }
  XF_UNREACHABLE("a push has three outcomes");
}

void Loop::drain_wakes() {
  refresh_now();
  wakes_.drain([](Connection* connection) {
    connection->on_wake();
    connection->remove_user();
  });
}

void Loop::abandon_wakes() {
  wakes_.close([](Connection* connection) {
    connection->on_abandoned();
    connection->remove_user();
  });
}

// A visited connection may end, and no other.
template <typename F>
void Loop::for_each(F&& visit) {
  for (Connection* at = connections_; at != nullptr;) {
    Connection* next = at->list_next;
    at->add_user();
    visit(at);
    at->remove_user();
    at = next;
  }
}

void Loop::arm_sweep() {
  if (sweep_armed_ || connections_ == nullptr) return;
  sweep_armed_ = true;
  sweep_timer_.expires_after(std::chrono::microseconds(sweep_us_));
  sweep_timer_.async_wait([this](const boost::system::error_code&) { sweep(); });
}

void Loop::sweep() {
  sweep_armed_ = false;
  refresh_now();
  for_each([](Connection* connection) { connection->on_tick(); });
  arm_sweep();
}

void Loop::begin_stop() {
  stopping_ = true;
  refresh_now();
  for_each([](Connection* connection) { connection->begin_stop(); });
  const std::lock_guard lock(core_->mutex);
  ++core_->loops_stopping;
  core_->changed.notify_all();
}

void Loop::finish() {
  for_each([](Connection* connection) { connection->close(); });
  work_.reset();
}

}  // namespace xf::http
