// Responder and Stream: the ends that handlers hold, on whatever thread.
#include <utility>

#include "base/check.h"
#include "base/http/connection.h"
#include "base/http/server.h"

namespace xf::http {

ConnectionRef::ConnectionRef(Connection* connection) : connection_(connection) {}

ConnectionRef& ConnectionRef::operator=(ConnectionRef&& other) noexcept {
  if (auto* mine = std::exchange(connection_, std::exchange(other.connection_, nullptr))) mine->remove_user();
  return *this;
}

ConnectionRef::~ConnectionRef() {
  if (connection_ != nullptr) connection_->remove_user();
}

Responder& Responder::operator=(Responder&& other) noexcept {
  Responder old(std::move(*this));
  connection_ = std::move(other.connection_);
  return *this;
}

Responder::~Responder() {
  if (connection_.get() != nullptr) send(problem(500, "The request was given up without an answer."));
}

void Responder::send(Response response) {
  const ConnectionRef connection = std::move(connection_);
  XF_CHECK(connection.get() != nullptr, "a request is answered once");
  connection.get()->reply({std::move(response), nullptr});
}

Stream Responder::stream(Response head, StreamOptions options) {
  const ConnectionRef connection = std::move(connection_);
  XF_CHECK(connection.get() != nullptr, "a request is answered once");
  auto state = std::make_shared<StreamState>();
  state->options = std::move(options);
  connection.get()->add_user();
  state->connection = ConnectionRef(connection.get());
  connection.get()->reply({std::move(head), state});
  return Stream(std::move(state));
}

Stream& Stream::operator=(Stream&& other) noexcept {
  end();
  state_ = std::move(other.state_);
  return *this;
}

Stream::~Stream() { end(); }

Written Stream::write(std::string_view piece) {
  XF_CHECK(state_ != nullptr, "a stream that has ended is not written to");
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->closed) return Written::kClosed;
    // One piece always fits, however large.
    if (!state_->pending.empty() &&
        state_->pending.size() + piece.size() > state_->options.buffer_bytes_max) {
      state_->wants_space = true;
      return Written::kFull;
    }
    state_->pending.append(piece);
    if (std::exchange(state_->scheduled, true)) return Written::kOk;
  }
  state_->connection.get()->wake();
  return Written::kOk;
}

void Stream::end() {
  const auto state = std::exchange(state_, nullptr);
  if (state == nullptr) return;
  {
    const std::lock_guard lock(state->mutex);
    state->ended = true;
    if (state->closed || std::exchange(state->scheduled, true)) return;
  }
  state->connection.get()->wake();
}

void StreamState::close() {
  {
    const std::lock_guard lock(mutex);
    if (std::exchange(closed, true)) return;
    pending.clear();
  }
  if (options.on_close) std::exchange(options.on_close, nullptr)();
}

}  // namespace xf::http
