// Our server with an endpoint that does nothing, and our client calling as fast as it can.
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/http/client.h"
#include "base/http/server.h"
#include "bench/http/peers.h"

namespace xf::bench {

namespace {

http::Response answer() { return {200, "application/json", {}, kAnswer}; }

class Noop final : public BenchServer {
 public:
  explicit Noop(http::Handler handler) : server_(std::move(*http::Server::open({}, std::move(handler)))) {}
  std::uint16_t port() const override { return server_->port(); }

 private:
  std::unique_ptr<http::Server> server_;
};

// Takes what has come together, answers it in one go.
class NoopFromThread final : public BenchServer {
 public:
  NoopFromThread()
      : thread_([this] { answer_groups(); }),
        server_([this](http::Request&, http::Responder r) { put(std::move(r)); }) {}
  ~NoopFromThread() override {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  std::uint16_t port() const override { return server_.port(); }

 private:
  void put(http::Responder responder) {
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      first = waiting_.empty();
      waiting_.push_back(std::move(responder));
    }
    if (first) changed_.notify_one();
  }

  void answer_groups() {
    std::vector<http::Responder> group;
    std::unique_lock lock(mutex_);
    while (!ended_) {
      changed_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
      group.swap(waiting_);
      lock.unlock();
      for (auto& responder : group) responder.send(answer());
      group.clear();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<http::Responder> waiting_;
  bool ended_ = false;
  std::thread thread_;
  Noop server_;
};

// Keeps as many calls in flight as it was told, until the time is over; all on the client's thread.
struct Calls {
  http::Client& client;
  http::Call call;
  std::int64_t end_us;
  std::uint64_t done = 0;
  unsigned in_flight = 0;
  std::promise<void> finished;

  void next() {
    client.send(call, [this](http::CallOutcome outcome) {
      XF_CHECK(outcome && outcome->status == 200, "a call of the bench must succeed");
      ++done;
      if (monotonic_us() < end_us) return next();
      if (--in_flight == 0) finished.set_value();
    });
  }
};

}  // namespace

std::unique_ptr<BenchServer> open_noop() {
  return std::make_unique<Noop>([](http::Request&, http::Responder responder) { responder.send(answer()); });
}

std::unique_ptr<BenchServer> open_noop_from_thread() { return std::make_unique<NoopFromThread>(); }

double client_calls_per_s(std::uint16_t port, unsigned in_flight, double seconds) {
  http::ClientOptions options;
  options.policy.allow_private = true;
  const auto client = std::move(*http::Client::open(std::move(options)));
  http::Call call;
  call.method = "POST";
  call.url = "http://127.0.0.1:" + std::to_string(port) + "/";
  call.headers = {{"Content-Type", "application/json"}};
  call.body = kBody;
  const auto begin = monotonic_us();
  Calls calls{*client, call, begin + static_cast<std::int64_t>(seconds * 1e6), 0, in_flight, {}};
  for (unsigned i = 0; i < in_flight; ++i) calls.next();
  calls.finished.get_future().get();
  return static_cast<double>(calls.done) * 1e6 / static_cast<double>(monotonic_us() - begin);
}

}  // namespace xf::bench
