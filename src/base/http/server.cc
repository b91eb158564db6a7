// Listens, spreads connections over the loops, and stops in order.
#include "base/http/server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/check.h"
#include "base/http/connection.h"
#include "base/http/loop.h"

namespace xf::http {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// Out of file descriptors or memory: trying again at once would only burn the processor.
constexpr std::chrono::milliseconds kAcceptPause{50};

Result<tcp::acceptor> listen(boost::asio::io_context& io, const ServerOptions& options) {
  error_code ec;
  const auto address = boost::asio::ip::make_address(options.address, ec);
  if (ec) return fail(Code::kInvalid, "'" + options.address + "' is not an IP address to listen on");
  const tcp::endpoint endpoint(address, options.port);
  tcp::acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(4096, ec);
  if (ec) {
    return fail(Code::kUnavailable, "cannot listen on " + options.address + ":" +
                                        std::to_string(options.port) + ": " + ec.message());
  }
  return acceptor;
}

}  // namespace

struct Server::Impl {
  std::shared_ptr<ServerCore> core = std::make_shared<ServerCore>();
  std::vector<std::shared_ptr<Loop>> loops;
  std::vector<std::thread> threads;
  std::optional<tcp::acceptor> acceptor;  // on the first loop, as is `pause`
  std::optional<boost::asio::steady_timer> pause;
  std::uint16_t port = 0;
  std::size_t next_loop = 0;
  std::string refusal;  // for connections beyond the limit

  void accept();
  void on_accepted(const error_code&, tcp::socket, Loop&);
  void refuse(tcp::socket);
  void on_each_loop(void (Loop::*)());

  std::mutex mutex;
  bool stopped = false;
};

void Server::Impl::accept() {
  auto& loop = *loops[next_loop++ % loops.size()];
  acceptor->async_accept(loop.io(), [this, &loop](const error_code& ec, tcp::socket socket) {
    on_accepted(ec, std::move(socket), loop);
  });
}

void Server::Impl::on_accepted(const error_code& ec, tcp::socket socket, Loop& loop) {
  if (!acceptor->is_open()) return;
  if (ec && ec != boost::asio::error::connection_aborted) {
    pause->expires_after(kAcceptPause);
    return pause->async_wait([this](const error_code&) {
      if (acceptor->is_open()) accept();
    });
  }
  if (!ec && core->connections_open.load(std::memory_order_relaxed) >= core->options.connections_max) {
    refuse(std::move(socket));
  } else if (!ec && loop.is_current()) {
    loop.add(std::move(socket));
  } else if (!ec) {
    boost::asio::post(loop.io(), [&loop, s = std::move(socket)]() mutable { loop.add(std::move(s)); });
  }
  accept();
}

// The answer fits into the socket's buffer; a client that has already sent may see a reset instead, which is
// as clear.
void Server::Impl::refuse(tcp::socket socket) {
  core->connections_refused.fetch_add(1, std::memory_order_relaxed);
  core->errors.fetch_add(1, std::memory_order_relaxed);
  error_code ec;
  socket.non_blocking(true, ec);
  socket.write_some(boost::asio::buffer(refusal), ec);
  socket.shutdown(tcp::socket::shutdown_send, ec);
}

void Server::Impl::on_each_loop(void (Loop::*what)()) {
  for (auto& loop : loops) boost::asio::post(loop->io(), [&loop, what] { ((*loop).*what)(); });
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

Result<std::unique_ptr<Server>> Server::open(ServerOptions options, Handler handler) {
  XF_CHECK(options.io_threads >= 1, "a server needs an io thread");
  auto impl = std::make_unique<Impl>();
  encode(impl->refusal, problem(503, "The server has as many connections as it can serve; try again later."),
         Framing::kLength, After::kClose, http_date(0));
  impl->core->options = std::move(options);
  impl->core->handler = std::move(handler);
  for (unsigned i = 0; i < impl->core->options.io_threads; ++i)
    impl->loops.push_back(std::make_shared<Loop>(impl->core));
  auto& io = impl->loops[0]->io();
  XF_TRY_ASSIGN(impl->acceptor, listen(io, impl->core->options));
  impl->port = impl->acceptor->local_endpoint().port();
  impl->pause.emplace(io);
  impl->accept();
  for (auto& loop : impl->loops) impl->threads.emplace_back([loop] { loop->run(); });
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const { return impl_->port; }

void Server::stop(std::chrono::milliseconds deadline) {
  const std::lock_guard lock(impl_->mutex);
  if (std::exchange(impl_->stopped, true)) return;
  auto& core = *impl_->core;
  boost::asio::post(impl_->loops[0]->io(), [this] {
    error_code ec;
    impl_->acceptor->close(ec);
    impl_->pause->cancel();
  });
  impl_->on_each_loop(&Loop::begin_stop);
  {
    std::unique_lock changes(core.mutex);
    core.changed.wait_for(changes, deadline, [&] {
      return core.loops_stopping == impl_->loops.size() && core.connections_open.load() == 0;
    });
  }
  impl_->on_each_loop(&Loop::finish);
  for (auto& thread : impl_->threads) thread.join();
  for (auto& loop : impl_->loops) loop->abandon_wakes();
  core.handler =
      nullptr;  // connections that a Responder still refers to must not keep what the handler refers to
}

Server::Counts Server::counts() const {
  const auto& core = *impl_->core;
  return {core.requests.load(), core.connections_open.load(), core.connections_refused.load(),
          core.errors.load()};
}

}  // namespace xf::http
