// The load generator's loop.
#include "bench/load/load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace xf::bench {

namespace {

struct Connection {
  int fd = -1;
  std::string seen;
  std::size_t unsent = 0;  // bytes of the request
  std::int64_t sent_ns = 0;
};

std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

std::string request_text(const LoadOptions& options) {
  std::string text = options.method + " " + options.path +
                     " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port) +
                     "\r\nContent-Type: application/json\r\n";
  for (const auto& header : options.headers) text += header + "\r\n";
  return text + "Content-Length: " + std::to_string(options.body.size()) + "\r\n\r\n" + options.body;
}

int connect_to(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::fprintf(stderr, "load: cannot connect to 127.0.0.1:%u: %s\n", static_cast<unsigned>(port),
                 std::strerror(errno));
    std::exit(1);
  }
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

// The length of the response at the front, when all of it is there; else 0. Knows Content-Length only.
std::size_t response_bytes(std::string_view seen) {
  const auto head = seen.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  const auto at = seen.substr(0, head).find(kLength);
  std::size_t length = 0;
  if (at != std::string_view::npos) {
    std::from_chars(seen.data() + at + kLength.size(), seen.data() + head, length);
  }
  const auto whole = head + 4 + length;
  return seen.size() >= whole ? whole : 0;
}

class Load {
 public:
  explicit Load(const LoadOptions& options)
      : options_(options),
        request_(request_text(options)),
        connections_(options.connections),
        epoll_(epoll_create1(0)) {
    for (auto& connection : connections_) {
      connection.fd = connect_to(options.port);
      epoll_event event{EPOLLIN | EPOLLOUT | EPOLLET, {.ptr = &connection}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
    }
  }
  ~Load() {
    for (auto& connection : connections_) end(connection);
    close(epoll_);
  }

  LoadResult run() {
    const auto begin = now_ns();
    const bool counted = options_.requests > 0;
    counts_from_ = begin + (counted ? 0 : static_cast<std::int64_t>(options_.warmup_seconds * 1e9));
    const auto end_ns =
        counted ? INT64_MAX : counts_from_ + static_cast<std::int64_t>(options_.seconds * 1e9);
    for (auto& connection : connections_) start(connection);
    std::array<epoll_event, 256> events;
    while (now_ns() < end_ns && open_ > 0) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 10);
      for (int i = 0; i < count; ++i) {
        auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (connection.fd >= 0 && connection.unsent > 0) send_rest(connection);
        if (connection.fd >= 0) receive(connection);
      }
    }
    return result(static_cast<double>(now_ns() - counts_from_) / 1e9);
  }

 private:
  void start(Connection& connection) {
    if (options_.requests > 0 && started_++ >= options_.requests) {
      end(connection);
      --open_;
      return;
    }
    connection.unsent = request_.size();
    connection.sent_ns = now_ns();
    send_rest(connection);
  }

  void send_rest(Connection& connection) {
    while (connection.unsent > 0) {
      const auto sent = send(connection.fd, request_.data() + request_.size() - connection.unsent,
                             connection.unsent, MSG_NOSIGNAL);
      if (sent < 0) {
        if (errno != EAGAIN) fail(connection);
        return;
      }
      connection.unsent -= static_cast<std::size_t>(sent);
    }
  }

  void receive(Connection& connection) {
    char bytes[16384];
    while (true) {
      const auto got = recv(connection.fd, bytes, sizeof bytes, 0);
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) return fail(connection);
      connection.seen.append(bytes, static_cast<std::size_t>(got));
      if (const auto whole = response_bytes(connection.seen)) {
        count(connection);
        connection.seen.erase(0, whole);
        start(connection);
      }
      // A short read has emptied the socket; the edge tells when there is more.
      if (connection.fd < 0 || got < static_cast<ssize_t>(sizeof bytes)) return;
    }
  }

  void count(const Connection& connection) {
    const auto now = now_ns();
    if (now < counts_from_) return;
    int status = 0;
    std::from_chars(connection.seen.data() + 9, connection.seen.data() + 12, status);
    if (options_.status == 0 ? status / 100 != 2 : status != options_.status) {
      ++errors_;
    } else {
      latencies_ns_.push_back(
          static_cast<std::uint32_t>(std::min<std::int64_t>(now - connection.sent_ns, UINT32_MAX)));
    }
  }

  void fail(Connection& connection) {
    ++errors_;
    end(connection);
    --open_;
  }

  static void end(Connection& connection) {
    if (connection.fd >= 0) close(std::exchange(connection.fd, -1));
  }

  LoadResult result(double seconds) {
    LoadResult r{latencies_ns_.size(), errors_, seconds, static_cast<double>(latencies_ns_.size()) / seconds};
    if (latencies_ns_.empty()) return r;
    std::sort(latencies_ns_.begin(), latencies_ns_.end());
    const auto at = [&](double share) {
      return latencies_ns_[static_cast<std::size_t>(share * static_cast<double>(latencies_ns_.size() - 1))] /
             1e3;
    };
    r.p50_us = at(0.5), r.p90_us = at(0.9), r.p99_us = at(0.99), r.p999_us = at(0.999), r.max_us = at(1);
    return r;
  }

  const LoadOptions& options_;
  const std::string request_;
  std::vector<Connection> connections_;
  std::size_t open_ = connections_.size();
  int epoll_;
  std::int64_t counts_from_ = 0;
  std::uint64_t started_ = 0, errors_ = 0;
  std::vector<std::uint32_t> latencies_ns_;
};

}  // namespace

LoadResult run_load(const LoadOptions& options) { return Load(options).run(); }

std::string to_json(const LoadResult& r) {
  char text[512];
  std::snprintf(text, sizeof text,
                "{\"requests\":%llu,\"errors\":%llu,\"seconds\":%.3f,\"per_second\":%.1f,\"p50_us\":%.1f,"
                "\"p90_us\":%.1f,"
                "\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f}",
                static_cast<unsigned long long>(r.requests), static_cast<unsigned long long>(r.errors),
                r.seconds, r.per_second, r.p50_us, r.p90_us, r.p99_us, r.p999_us, r.max_us);
  return text;
}

}  // namespace xf::bench
