// RawClient: a plain blocking socket to 127.0.0.1, for tests that must send exactly these bytes.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace xf::http::testing {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0)
      : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Nothing in a test takes this long: a server that forgets to answer fails the test instead of hanging
    // it.
    const timeval limit{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (receive_buffer_bytes > 0)
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    XF_CHECK(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
             "the server must be listening");
  }
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), seen_(std::move(other.seen_)), ended_(other.ended_) {}
  ~RawClient() { close(); }

  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void end_sending() { shutdown(fd_, SHUT_WR); }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server has closed: what it said can still be read
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // Everything up to and including `mark`, or up to the end when it does not come.
  std::string until(std::string_view mark) {
    std::size_t at;
    while ((at = seen_.find(mark)) == std::string::npos && receive()) {
    }
    return take(at == std::string::npos ? seen_.size() : at + mark.size());
  }
  std::string exactly(std::size_t bytes) {
    while (seen_.size() < bytes && receive()) {
    }
    return take(std::min(bytes, seen_.size()));
  }
  // Up to the end of the connection; then ended() tells whether it came.
  std::string rest() {
    while (receive()) {
    }
    return take(seen_.size());
  }
  bool ended() const { return ended_; }

  // One response with Content-Length, as "status body".
  std::string response() {
    const auto head = until("\r\n\r\n");
    if (head.size() < 12) return "ended";
    const auto length = head.find("Content-Length: ");
    const std::size_t size = length == std::string::npos ? 0 : std::stoul(head.substr(length + 16));
    return head.substr(9, 3) + " " + exactly(size);
  }

 private:
  bool receive() {
    char bytes[16384];
    const auto got = recv(fd_, bytes, sizeof bytes, 0);
    if (got > 0)
      seen_.append(bytes, static_cast<std::size_t>(got));
    else
      ended_ = got == 0 || errno == ECONNRESET;
    return got > 0;
  }
  std::string take(std::size_t bytes) {
    auto taken = seen_.substr(0, bytes);
    seen_.erase(0, bytes);
    return taken;
  }

  int fd_;
  std::string seen_;
  bool ended_ = false;
};

}  // namespace xf::http::testing
