// Bare libcurl multi at its best: the least code that keeps N POSTs in flight on one thread, with handles and
// connections kept and epoll for its sockets (curl_multi_poll looks at all of them each time: half as fast at
// 64).
#include <curl/curl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/clock.h"
#include "bench/http/peers.h"

namespace xf::bench {

namespace {

std::size_t append(char* bytes, std::size_t, std::size_t size, void* body) {
  static_cast<std::string*>(body)->append(bytes, size);
  return size;
}

class Calls {
 public:
  Calls(std::uint16_t port, unsigned in_flight)
      : url_("http://127.0.0.1:" + std::to_string(port) + "/"), bodies_(in_flight), left_(in_flight) {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    for (auto& body : bodies_) add(body);
  }
  ~Calls() {
    for (CURL* easy : handles_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
    curl_slist_free_all(headers_);
    close(epoll_);
  }

  double run(double seconds) {
    const auto begin = monotonic_us();
    const auto end = begin + static_cast<std::int64_t>(seconds * 1e6);
    std::array<epoll_event, 256> events;
    while (left_ > 0) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms());
      int running = 0;
      for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        const int what = ((event.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                         ((event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0);
        curl_multi_socket_action(multi_, event.data.fd, what, &running);
      }
      if (wait_ms() == 0) {
        due_us_ = -1;
        curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
      }
      collect(end);
    }
    return static_cast<double>(done_) * 1e6 / static_cast<double>(monotonic_us() - begin);
  }

 private:
  void add(std::string& body) {
    CURL* easy = handles_.emplace_back(curl_easy_init());
    curl_easy_setopt(easy, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, kBody);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &body);
    curl_multi_add_handle(multi_, easy);
  }

  void collect(std::int64_t end) {
    int queued = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &queued)) {
      CURL* easy = message->easy_handle;
      std::string* body = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &body);
      body->clear();
      ++done_;
      curl_multi_remove_handle(multi_, easy);
      if (monotonic_us() < end)
        curl_multi_add_handle(multi_, easy);
      else
        --left_;
    }
  }

  int wait_ms() const {
    return due_us_ < 0 ? 1000
                       : static_cast<int>(std::max<std::int64_t>(0, (due_us_ - monotonic_us() + 999) / 1000));
  }

  static int set_timer(CURLM*, long ms, void* self) {
    static_cast<Calls*>(self)->due_us_ = ms < 0 ? -1 : monotonic_us() + ms * 1000;
    return 0;
  }

  // `known` is set once libcurl's socket is in the epoll set.
  static int watch(CURL*, curl_socket_t socket, int what, void* user, void* known) {
    auto* self = static_cast<Calls*>(user);
    epoll_event event{};
    event.data.fd = socket;
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    epoll_ctl(self->epoll_,
              what == CURL_POLL_REMOVE ? EPOLL_CTL_DEL
              : known                  ? EPOLL_CTL_MOD
                                       : EPOLL_CTL_ADD,
              socket, &event);
    curl_multi_assign(self->multi_, socket, what == CURL_POLL_REMOVE ? nullptr : self);
    return 0;
  }

  const std::string url_;
  std::vector<std::string> bodies_;
  std::vector<CURL*> handles_;
  unsigned left_;
  std::uint64_t done_ = 0;
  std::int64_t due_us_ = -1;
  CURLM* multi_ = curl_multi_init();
  curl_slist* headers_ = curl_slist_append(nullptr, "Content-Type: application/json");
  int epoll_ = epoll_create1(0);
};

}  // namespace

double bare_curl_calls_per_s(std::uint16_t port, unsigned in_flight, double seconds) {
  return Calls(port, in_flight).run(seconds);
}

}  // namespace xf::bench
