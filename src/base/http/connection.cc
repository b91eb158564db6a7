// Reads requests, hands them to the handler, writes what comes back.
#include "base/http/connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cstring>

#include "base/time.h"

namespace xf::http {

namespace {

constexpr std::size_t kBufferBytes = 4u << 10;       // for a start
constexpr std::size_t kKeptOutputBytes = 64u << 10;  // memory an idle connection may keep for output
constexpr std::size_t kCorkBytes = 64u << 10;  // answers to pipelined requests go out together up to this
constexpr std::size_t kDrainBytesMax = 1u << 20;
constexpr std::chrono::milliseconds kDrainTimeout{2'000};

using boost::system::error_code;

}  // namespace

Connection::Connection(std::shared_ptr<Loop> loop, boost::asio::ip::tcp::socket socket)
    : loop_(std::move(loop)),
      socket_(std::move(socket)),
      parser_(loop_->core().options.header_bytes_max, loop_->core().options.body_bytes_max) {}

void Connection::remove_user() {
  if (users_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

std::int64_t Connection::in(std::chrono::milliseconds delay) const {
  return loop_->now() + delay.count() * kUsPerMs;
}

void Connection::start() {
  error_code ec;
  const auto peer = socket_->remote_endpoint(ec);
  const auto address = peer.address().to_string();
  peer_ = (peer.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(peer.port());
  socket_->set_option(boost::asio::ip::tcp::no_delay(true), ec);
  socket_->non_blocking(true, ec);
  loop_->refresh_now();
  loop_->link(this);
  parser_.start(request_);
  // A connection that never says a word is not worth a whole idle period.
  deadline_ = in(std::min(loop_->core().options.header_timeout, loop_->core().options.idle_timeout));
  read();
}

// ---- input

bool Connection::make_room() {
  if (in_begin_ == in_end_) in_begin_ = in_end_ = 0;
  if (in_end_ < in_capacity_) return true;
  if (in_begin_ > 0) {
    std::memmove(in_.get(), in_.get() + in_begin_, in_end_ - in_begin_);
    in_end_ -= in_begin_;
    in_begin_ = 0;
    return true;
  }
  const auto most = std::max(kBufferBytes, loop_->core().options.header_bytes_max + 1024);
  const auto capacity = std::min(most, std::max(kBufferBytes, in_capacity_ * 2));
  if (capacity <= in_capacity_) return false;
  auto larger = std::make_unique<char[]>(capacity);
  if (in_end_ > 0) std::memcpy(larger.get(), in_.get(), in_end_);
  in_ = std::move(larger);
  in_capacity_ = capacity;
  return true;
}

// Also outstanding while a request is handled, to see the client go.
void Connection::read() {
  if (reading_ || peer_ended_ || phase_ == Phase::kClosed || !make_room()) return;
  reading_ = true;
  add_user();
  socket_->async_read_some(boost::asio::buffer(in_.get() + in_end_, in_capacity_ - in_end_),
                           [self = ConnectionRef(this)](const error_code& ec, std::size_t bytes) {
                             self.get()->on_read(ec, bytes);
                           });
}

void Connection::on_read(const error_code& ec, std::size_t bytes) {
  reading_ = false;
  if (phase_ == Phase::kClosed) return;
  loop_->refresh_now();
  if (ec) {
    peer_ended_ = true;
    // A client that has only shut down its sending side still gets its answer.
    const bool answer_due = phase_ == Phase::kHandling || (writing_ && phase_ != Phase::kStreaming);
    if (ec != boost::asio::error::eof || !answer_due) close();
    return;
  }
  in_end_ += bytes;
  if (phase_ == Phase::kDraining) return drain();
  process();
  read();
}

// Takes requests from the buffer until one has to be waited for; then sends what has been answered.
void Connection::process() {
  while (phase_ <= Phase::kBody && in_begin_ < in_end_ && !writing_ && !close_after_) {
    const auto before = in_begin_;
    parse();
    if (out_.size() >= kCorkBytes) flush();
    const bool message_is_partial = phase_ == Phase::kHeader || phase_ == Phase::kBody;
    if (message_is_partial || in_begin_ == before) break;
  }
  flush();
  if (peer_ended_ && phase_ <= Phase::kBody && !writing_) close();  // nothing more can become a request
}

void Connection::parse() {
  in_begin_ += parser_.put({in_.get() + in_begin_, in_end_ - in_begin_});
  switch (parser_.state()) {
    case RequestParser::State::kDone: return dispatch();
    case RequestParser::State::kFailed: return refuse(parser_.error_status(), parser_.error_detail());
    case RequestParser::State::kHeader:
    case RequestParser::State::kBody: return after_partial_message();
  }
}

void Connection::after_partial_message() {
  const auto& options = loop_->core().options;
  if (phase_ == Phase::kIdle) {
    phase_ = Phase::kHeader;
    deadline_ = in(options.header_timeout);
  }
  if (parser_.state() == RequestParser::State::kBody && phase_ == Phase::kHeader) {
    phase_ = Phase::kBody;
    deadline_ = in(options.body_timeout);
    if (parser_.expects_continue() && request_.body.empty()) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  // One line of a chunk's head or of a trailer fills the buffer: no client of good will sends that.
  if (!make_room()) refuse(phase_ == Phase::kBody ? 400 : 431, "A line of the request is too long.");
}

// ---- the handler, and its answer

void Connection::dispatch() {
  loop_->core().requests.fetch_add(1, std::memory_order_relaxed);
  phase_ = Phase::kHandling;
  deadline_ = kNever;
  request_.set_peer(peer_);
  replied_ = false;
  dispatching_ = true;
  add_user();
  loop_->core().handler(request_, Responder(ConnectionRef(this)));
  dispatching_ = false;
  if (replied_) take_reply();
}

void Connection::reply(Reply reply) {
  reply_ = std::move(reply);
  // Inside the handler the answer is taken when it returns: no queue, no wake.
  if (loop_->is_current() && dispatching_) {
    replied_ = true;
  } else if (!loop_->wake(this)) {
    on_abandoned();
  }
}

void Connection::wake() { loop_->wake(this); }

void Connection::on_wake() {
  if (phase_ == Phase::kHandling)
    take_reply();
  else if (phase_ == Phase::kStreaming)
    pump_stream();
  else
    return on_abandoned();
  process();
  read();
}

// The client went before the answer came, or the loop has ended: a stream's writer must hear of it.
void Connection::on_abandoned() {
  if (reply_.stream) reply_.stream->close();
  reply_ = {};
}

After Connection::after_response() const {
  const bool last = peer_ended_ && in_begin_ == in_end_;
  if (!parser_.keep_alive() || last || loop_->stopping()) return After::kClose;
  return parser_.is_http_1_0() ? After::kKeepExplicitly : After::kKeep;
}

void Connection::take_reply() {
  Reply reply = std::exchange(reply_, {});
  if (reply.stream) return start_stream(reply);
  const auto after = after_response();
  const bool head = request_.method() == Method::kHead;
  encode(out_, reply.response, head ? Framing::kHeadOnly : Framing::kLength, after, loop_->date());
  if (after == After::kClose) {
    close_after_ = true;
    phase_ = Phase::kDraining;
  } else {
    next_request();
  }
}

void Connection::next_request() {
  parser_.start(request_);
  phase_ = Phase::kIdle;
  deadline_ = in(loop_->core().options.idle_timeout);
}

void Connection::refuse(int status, std::string_view detail) {
  loop_->core().errors.fetch_add(1, std::memory_order_relaxed);
  encode(out_, problem(status, detail), Framing::kLength, After::kClose, loop_->date());
  close_after_ = true;
  phase_ = Phase::kDraining;
  deadline_ = kNever;
}

// ---- streams

void Connection::start_stream(Reply& reply) {
  phase_ = Phase::kStreaming;
  stream_ = std::move(reply.stream);
  chunked_ = !parser_.is_http_1_0();
  if (!chunked_ || after_response() == After::kClose) close_after_ = true;
  const bool head_only = request_.method() == Method::kHead;
  encode(out_, reply.response, chunked_ ? Framing::kChunked : Framing::kUntilClose,
         close_after_ ? After::kClose : After::kKeep, loop_->date());
  if (head_only) return end_stream(false);
  if (chunked_)
    append_chunk(out_, reply.response.body);
  else
    out_ += reply.response.body;
  if (peer_ended_) return close();
  if (loop_->stopping()) return end_stream(true);
  pump_stream();
}

// Moves what the writer has written into the output, unless the last of it is still on its way: what is kept
// for a slow client is bounded by that.
void Connection::pump_stream() {
  if (writing_) return;
  std::string piece;
  bool ended = false, had_no_space = false;
  {
    const std::lock_guard lock(stream_->mutex);
    piece.swap(stream_->pending);
    stream_->scheduled = false;
    ended = stream_->ended;
    had_no_space = std::exchange(stream_->wants_space, false);
  }
  if (chunked_)
    append_chunk(out_, piece);
  else
    out_ += piece;
  if (ended) return end_stream(true);
  if (had_no_space && stream_->options.on_writable) stream_->options.on_writable();
}

void Connection::end_stream(bool complete) {
  if (complete && chunked_) out_ += kLastChunk;
  if (close_after_)
    phase_ = Phase::kDraining;
  else
    next_request();
  const auto stream = std::exchange(stream_, nullptr);
  stream->close();
}

// ---- output

// Tries at once: almost always the socket takes all of it, which spares a round through the loop. What it
// does not take moves to `sending_`, so that out_ may grow while the rest is on its way.
void Connection::flush() {
  if (writing_ || phase_ == Phase::kClosed) return;
  if (out_.empty()) return all_written();
  error_code ec;
  const auto written = socket_->write_some(boost::asio::buffer(out_), ec);
  if (ec && ec != boost::asio::error::would_block) return close();
  if (written < out_.size()) {
    sending_.swap(out_);
    sending_at_ = written;
    write_rest();
  }
  out_.clear();
  if (!writing_) all_written();
}

void Connection::write_rest() {
  writing_ = true;
  write_deadline_ = in(loop_->core().options.write_timeout);
  add_user();
  socket_->async_write_some(boost::asio::buffer(sending_.data() + sending_at_, sending_.size() - sending_at_),
                            [self = ConnectionRef(this)](const error_code& ec, std::size_t bytes) {
                              self.get()->on_written(ec, bytes);
                            });
}

void Connection::on_written(const error_code& ec, std::size_t bytes) {
  writing_ = false;
  if (phase_ == Phase::kClosed) return;
  if (ec) return close();
  loop_->refresh_now();
  sending_at_ += bytes;
  if (sending_at_ < sending_.size()) return write_rest();
  sending_.clear();
  sending_.shrink_to_fit();
  write_deadline_ = kNever;
  if (phase_ == Phase::kStreaming) pump_stream();
  process();
  read();
}

void Connection::all_written() {
  if (out_.capacity() > kKeptOutputBytes) out_.shrink_to_fit();
  if (phase_ == Phase::kDraining) drain();
}

// Closing with unread input would reset the connection and could take the response with it: what still comes
// is read and thrown away for a while (RFC 9112 §9.6).
void Connection::drain() {
  drained_ += in_end_ - in_begin_;
  in_begin_ = in_end_ = 0;
  if (writing_) return read();
  if (peer_ended_ || drained_ > kDrainBytesMax) return close();
  if (std::exchange(close_after_, false)) {
    deadline_ = in(kDrainTimeout);
    error_code ec;
    socket_->shutdown(boost::asio::ip::tcp::socket::shutdown_send, ec);
  }
  read();
}

// ---- the end

void Connection::on_tick() {
  if (write_deadline_ <= loop_->now()) return close();
  if (deadline_ > loop_->now()) return;
  if (phase_ != Phase::kHeader && phase_ != Phase::kBody) return close();
  refuse(408, phase_ == Phase::kHeader ? "The header took too long to arrive."
                                       : "The body took too long to arrive.");
  flush();
}

void Connection::begin_stop() {
  if (phase_ == Phase::kIdle && !writing_) return close();
  if (phase_ != Phase::kStreaming) return;
  close_after_ = true;
  end_stream(true);
  flush();
}

void Connection::close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  error_code ec;
  socket_->close(ec);
  if (const auto stream = std::exchange(stream_, nullptr)) stream->close();
  loop_->unlink(this);  // may be the last user
}

}  // namespace xf::http
