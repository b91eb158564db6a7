// Server: HTTP/1.1 for handlers that answer now or later, from any thread.
//
// Threads: each connection belongs to one io thread for life. The handler runs on it and must not block. A
// Responder or Stream may be used and destroyed on any thread, also after the server is gone; answers that
// other threads give in a burst wake an io thread once. A connection has one request in flight: what a client
// pipelines waits in a bounded buffer, so order holds and a flood is stopped by TCP.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/http/message.h"
#include "base/result.h"

namespace xf::http {

class Connection;
struct StreamState;

class ConnectionRef {  // counts the users of a connection
 public:
  ConnectionRef() = default;
  explicit ConnectionRef(Connection*);
  ConnectionRef(ConnectionRef&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  ConnectionRef& operator=(ConnectionRef&&) noexcept;
  ~ConnectionRef();
  Connection* get() const { return connection_; }
  Connection* release() { return std::exchange(connection_, nullptr); }

 private:
  Connection* connection_ = nullptr;
};

enum class Written : std::uint8_t {
  kOk,
  kFull,    // Nothing was taken: the client is slower than the writer. Wait for on_writable, or drop.
  kClosed,  // The client has gone or the server stops.
};

// A response whose body is written piece by piece (server-sent events). Destroying it ends the body.
class Stream {
 public:
  Stream() = default;
  Stream(Stream&&) = default;
  Stream& operator=(Stream&&) noexcept;
  ~Stream();

  Written write(std::string_view piece);
  void end();
  explicit operator bool() const { return state_ != nullptr; }

 private:
  friend class Responder;
  explicit Stream(std::shared_ptr<StreamState> state) : state_(std::move(state)) {}
  std::shared_ptr<StreamState> state_;
};

struct StreamOptions {
  std::size_t buffer_bytes_max = 256u << 10;  // what a slow client may make us keep
  // Both run on the io thread and must not block. on_close runs exactly once, also after end(); when the
  // server has already stopped, inside Responder::stream() or stop().
  std::move_only_function<void()> on_close;
  std::move_only_function<void()> on_writable;  // there is room again, after a kFull
};

// The right to answer one request, once. Dropped unanswered, it answers 500.
class Responder {
 public:
  Responder() = default;
  explicit Responder(ConnectionRef connection) : connection_(std::move(connection)) {}
  Responder(Responder&&) = default;
  Responder& operator=(Responder&&) noexcept;
  ~Responder();

  void send(Response);
  // Sends status and fields now and leaves the body open. The head's own body is the first piece.
  Stream stream(Response head, StreamOptions);
  explicit operator bool() const { return connection_.get() != nullptr; }  // not yet answered

 private:
  ConnectionRef connection_;
};

// The Request is the connection's own: valid until the handler returns, may be moved from.
using Handler = std::function<void(Request&, Responder)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  unsigned io_threads = 1;
  std::size_t connections_max = 10'000;      // beyond: 503 and closed
  std::size_t header_bytes_max = 16u << 10;  // beyond: 431
  std::size_t body_bytes_max = 8u << 20;     // beyond: 413
  std::chrono::milliseconds header_timeout{
      10'000};  // from the first byte to the end of the header; beyond: 408
  std::chrono::milliseconds body_timeout{60'000};   // for the whole body; beyond: 408
  std::chrono::milliseconds idle_timeout{75'000};   // between requests; beyond: closed
  std::chrono::milliseconds write_timeout{30'000};  // without the client taking a byte; beyond: closed
};

class Server {
 public:
  // Listens when it returns. Invalid: an address that is none; Unavailable: it cannot be listened on.
  static Result<std::unique_ptr<Server>> open(ServerOptions, Handler);
  ~Server();  // stop(0)

  std::uint16_t port() const;

  // Accepts no more, closes idle connections, ends streams (on_close is called), lets requests in flight
  // finish until the deadline, then closes what is left. Returns when every io thread has ended. Not from an
  // io thread.
  void stop(std::chrono::milliseconds deadline);

  struct Counts {
    std::uint64_t requests = 0;
    std::uint64_t connections_open = 0;
    std::uint64_t connections_refused = 0;
    std::uint64_t errors = 0;  // 4xx and 503 that the server itself answered
  };
  Counts counts() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl>);
  std::unique_ptr<Impl> impl_;
};

}  // namespace xf::http
