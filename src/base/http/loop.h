// Loop: one io thread's event loop, its connections, their deadlines, and the queue by which other threads
// wake it. Everything but wake() and the counters belongs to the io thread.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/http/server.h"
#include "base/http/wake_queue.h"

namespace xf::http {

// What all loops of a server share.
struct ServerCore {
  ServerOptions options;
  Handler handler;
  std::atomic<std::uint64_t> requests = 0, connections_open = 0, connections_refused = 0, errors = 0;

  std::mutex mutex;
  std::condition_variable changed;  // a stopping loop has ended its last connection
  std::size_t loops_stopping = 0;   // guarded by mutex
};

class Loop : public std::enable_shared_from_this<Loop> {
 public:
  explicit Loop(std::shared_ptr<ServerCore>);

  ServerCore& core() { return *core_; }
  boost::asio::io_context& io() { return io_; }
  bool is_current() const;  // whether this is the loop's own thread

  void run();            // until finish()
  void begin_stop();     // idle connections and streams end now, the others after their response
  void finish();         // closes what is left and lets run() return
  void abandon_wakes();  // after run(): what still waits for the loop is told that it will not come

  void add(boost::asio::ip::tcp::socket);
  // From any thread. False: the loop has ended and the connection's wake was not queued.
  bool wake(Connection*);

  bool stopping() const { return stopping_; }
  std::int64_t now() const { return now_; }  // monotonic microseconds, as of the last event
  void refresh_now();
  const std::string& date();

  // The list of open connections; it counts as one user of each.
  void link(Connection*);
  void unlink(Connection*);

 private:
  void drain_wakes();
  void arm_sweep();
  void sweep();
  template <typename F>
  void for_each(F&&);

  std::shared_ptr<ServerCore> core_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  boost::asio::steady_timer sweep_timer_{io_};
  std::int64_t sweep_us_;
  bool sweep_armed_ = false;
  WakeQueue<Connection> wakes_;
  Connection* connections_ = nullptr;
  bool stopping_ = false;
  std::int64_t now_ = 0;
  std::int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace xf::http
