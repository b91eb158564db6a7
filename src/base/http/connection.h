// Connection: one client's socket, on its loop's thread.
//
//   kIdle --bytes--> kHeader --> kBody --> kHandling --answer--> kIdle
//                                              \--stream--> kStreaming --end--> kIdle
//   any refusal, or an answer that ends the connection: kDraining (its bytes go out, input is thrown away)
//   --> kClosed any broken socket: kClosed
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/http/loop.h"
#include "base/http/request_parser.h"
#include "base/http/response_encoder.h"
#include "base/http/server.h"

namespace xf::http {

// What a Stream's writer and the connection share.
struct StreamState {
  std::mutex mutex;
  std::string pending;    // written and not yet taken by the connection
  bool ended = false;     // by the writer
  bool closed = false;    // by the connection
  bool scheduled = true;  // the connection will look again by itself
  bool wants_space = false;
  StreamOptions options;  // the callbacks: the connection's alone, called without the lock
  ConnectionRef connection;

  // Marks it closed and calls on_close, once.
  void close();
};

// What a Responder leaves for the connection before it wakes it.
struct Reply {
  Response response;
  std::shared_ptr<StreamState> stream;  // set: the response is a stream's head
};

class Connection {
 public:
  Connection(std::shared_ptr<Loop>, boost::asio::ip::tcp::socket);

  void add_user() { users_.fetch_add(1, std::memory_order_relaxed); }
  void remove_user();

  // By the Responder, from any thread, once for each request.
  void reply(Reply);
  // By the Stream, when the connection is not scheduled to look.
  void wake();

  // By the loop.
  void start();
  void on_wake();
  void on_abandoned();
  void on_tick();
  void begin_stop();
  void close();

  Connection* next_wake = nullptr;                        // WakeQueue's
  Connection *list_next = nullptr, *list_prev = nullptr;  // Loop's

 private:
  enum class Phase : std::uint8_t { kIdle, kHeader, kBody, kHandling, kStreaming, kDraining, kClosed };
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  void read();
  bool make_room();
  void on_read(const boost::system::error_code&, std::size_t bytes);
  void process();
  void parse();
  void after_partial_message();
  void dispatch();
  void take_reply();
  void next_request();
  void start_stream(Reply&);
  void pump_stream();
  void end_stream(bool complete);
  void refuse(int status, std::string_view detail);
  void flush();
  void write_rest();
  void on_written(const boost::system::error_code&, std::size_t bytes);
  void all_written();
  void drain();
  After after_response() const;
  std::int64_t in(std::chrono::milliseconds) const;

  std::shared_ptr<Loop> loop_;
  std::optional<boost::asio::ip::tcp::socket> socket_;
  std::atomic<std::uint32_t> users_ = 1;
  Phase phase_ = Phase::kIdle;
  bool reading_ = false;      // a read is outstanding
  bool writing_ = false;      // a write is outstanding
  bool dispatching_ = false;  // inside the handler
  bool replied_ = false;      // … which has answered already
  bool close_after_ = false;  // once out_ is written
  bool peer_ended_ = false;   // the client sends no more
  bool chunked_ = false;      // how the stream is framed
  std::int64_t deadline_ = kNever, write_deadline_ = kNever;
  std::size_t drained_ = 0;
  std::unique_ptr<char[]> in_;
  std::size_t in_capacity_ = 0, in_begin_ = 0, in_end_ = 0;
  std::string out_;      // to be written
  std::string sending_;  // what the socket has not taken at once
  std::size_t sending_at_ = 0;
  RequestParser parser_;
  Request request_;
  std::string peer_;
  Reply reply_;  // the Responder's until it wakes the connection
  std::shared_ptr<StreamState> stream_;
};

}  // namespace xf::http
