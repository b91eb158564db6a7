// The client's thread: takes calls from its queue, lets libcurl work on what epoll reports, hands outcomes
// back.
#include "base/http/client.h"

#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

#include "base/check.h"
#include "base/clock.h"
#include "base/http/transfer.h"
#include "base/http/wake_queue.h"

namespace xf::http {

namespace {

constexpr std::size_t kIdleHandlesMax = 1'024;

thread_local const void* current_client = nullptr;

// curl_global_init is not to be called twice at once, in older builds not even when it says it is
// thread-safe.
bool curl_is_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

}  // namespace

struct Client::Impl {
  ClientOptions options;
  CURLM* multi = nullptr;
  int epoll = -1, wakeup = -1;
  std::int64_t timer_us = -1;  // when curl wants to be called; -1: not at all
  std::unordered_map<CallId, Transfer*> active;
  // Ours, not libcurl's: its time-outs do not reach calls that wait for a connection.
  std::set<std::pair<std::int64_t, Transfer*>> deadlines;
  std::vector<CURL*> idle_handles;
  WakeQueue<ClientMessage> queue;
  std::atomic<CallId> last_id = 0;
  std::atomic<bool> stopping = false;
  std::thread thread;

  ~Impl();
  Result<void> open();
  void post(ClientMessage*);
  void run();
  void wait();
  void take(ClientMessage*);
  void begin(Transfer*);
  void reap();
  void end(Transfer*, CallOutcome);
  void leave(Transfer*);
  void expire();
  void cancel(CallId);
  void cancel_all();
  CURL* handle();
  void release(CURL*, bool is_clean);

  static int on_socket(CURL*, curl_socket_t, int what, void* self, void* known);
  static int on_timer(CURLM*, long timeout_ms, void* self);
};

Result<void> Client::Impl::open() {
  if (!curl_is_ready()) return fail(Code::kUnavailable, "libcurl does not start");
  multi = curl_multi_init();
  epoll = epoll_create1(EPOLL_CLOEXEC);
  wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (multi == nullptr || epoll < 0 || wakeup < 0)
    return fail(Code::kExhausted, "no memory or file descriptors for calls");
  epoll_event event{EPOLLIN, {.fd = wakeup}};
  XF_CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, wakeup, &event) == 0, "an event can be waited for");
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &Impl::on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &Impl::on_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(options.connections_max));
  curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                    static_cast<long>(options.connections_per_host_max));
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(options.connections_max));
  return {};
}

Client::Impl::~Impl() {
  for (CURL* easy : idle_handles) curl_easy_cleanup(easy);
  if (multi != nullptr) curl_multi_cleanup(multi);
  if (epoll >= 0) close(epoll);
  if (wakeup >= 0) close(wakeup);
}

// ---- libcurl's wishes

int Client::Impl::on_socket(CURL*, curl_socket_t fd, int what, void* self, void* known) {
  auto& impl = *static_cast<Impl*>(self);
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(impl.epoll, EPOLL_CTL_DEL, fd, nullptr);
    return 0;
  }
  epoll_event event{0, {.fd = fd}};
  if (what & CURL_POLL_IN) event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
  epoll_ctl(impl.epoll, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
  if (known == nullptr) curl_multi_assign(impl.multi, fd, &impl);  // any pointer says that epoll has it
  return 0;
}

int Client::Impl::on_timer(CURLM*, long timeout_ms, void* self) {
  auto& impl = *static_cast<Impl*>(self);
  impl.timer_us = timeout_ms < 0 ? -1 : monotonic_us() + timeout_ms * kUsPerMs;
  return 0;
}

// ---- the loop

// On the client's own thread the loop looks at the queue before it waits again.
void Client::Impl::post(ClientMessage* message) {
  switch (queue.push(message)) {
    case WakeQueue<ClientMessage>::Pushed::kMore: return;
    case WakeQueue<ClientMessage>::Pushed::kClosed: return take(message);
    case WakeQueue<ClientMessage>::Pushed::kFirst:
      if (current_client != this) eventfd_write(wakeup, 1);
  }
}

void Client::Impl::run() {
  current_client = this;
  while (!stopping.load(std::memory_order_acquire)) {
    queue.drain([this](ClientMessage* message) { take(message); });
    wait();
    reap();
    expire();
  }
  cancel_all();
  queue.close([this](ClientMessage* message) { take(message); });
}

void Client::Impl::wait() {
  std::array<epoll_event, 256> events;
  int timeout_ms = -1;
  auto next_us = timer_us;
  if (!deadlines.empty()) {
    const auto first = deadlines.begin()->first;
    next_us = next_us < 0 ? first : std::min(next_us, first);
  }
  if (next_us >= 0) {
    const auto left_us = std::max<std::int64_t>(0, next_us - monotonic_us());
    timeout_ms = static_cast<int>(std::min<std::int64_t>((left_us + kUsPerMs - 1) / kUsPerMs, 60'000));
  }
  const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), timeout_ms);
  XF_CHECK(count >= 0 || errno == EINTR, "epoll must wait");
  int running = 0;
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == wakeup) {
      eventfd_t value;
      eventfd_read(wakeup, &value);
      continue;
    }
    const int what = (event.events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                     (event.events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                     (event.events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    curl_multi_socket_action(multi, event.data.fd, what, &running);
  }
  if (timer_us >= 0 && timer_us <= monotonic_us()) {
    timer_us = -1;
    curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
  }
}

void Client::Impl::take(ClientMessage* message) {
  if (!message->is_cancel) return begin(static_cast<Transfer*>(message));
  const auto id = message->id;
  delete message;
  cancel(id);
}

void Client::Impl::begin(Transfer* transfer) {
  if (stopping) {
    return end(transfer,
               std::unexpected(transfer->failure(CallFailure::Kind::kCancelled, "the client has ended")));
  }
  CURL* easy = transfer->easy() != nullptr ? transfer->easy() : handle();
  if (auto failed = transfer->start(easy)) return end(transfer, std::unexpected(std::move(*failed)));
  if (transfer->deadline_us() <= monotonic_us()) return end(transfer, std::unexpected(transfer->timed_out()));
  active.emplace(transfer->id, transfer);
  deadlines.emplace_hint(deadlines.end(), transfer->deadline_us(), transfer);
  XF_CHECK(curl_multi_add_handle(multi, easy) == CURLM_OK, "libcurl takes a call");
}

void Client::Impl::reap() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode code = message->data.result;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    leave(transfer);
    if (auto outcome = transfer->finish(code))
      end(transfer, std::move(*outcome));
    else
      begin(transfer);
  }
}

void Client::Impl::end(Transfer* transfer, CallOutcome outcome) {
  const std::unique_ptr<Transfer> owned(transfer);
  if (transfer->easy() != nullptr) release(transfer->easy(), transfer->leaves_handle_clean());
  transfer->complete(std::move(outcome));
}

void Client::Impl::leave(Transfer* transfer) {
  curl_multi_remove_handle(multi, transfer->easy());
  active.erase(transfer->id);
  deadlines.erase({transfer->deadline_us(), transfer});
}

void Client::Impl::expire() {
  const auto now = monotonic_us();
  while (!deadlines.empty() && deadlines.begin()->first <= now) {
    Transfer* transfer = deadlines.begin()->second;
    leave(transfer);
    end(transfer, std::unexpected(transfer->timed_out()));
  }
}

void Client::Impl::cancel(CallId id) {
  const auto found = active.find(id);
  if (found == active.end()) return;
  Transfer* transfer = found->second;
  leave(transfer);
  end(transfer, std::unexpected(transfer->failure(CallFailure::Kind::kCancelled, "cancelled")));
}

void Client::Impl::cancel_all() {
  while (!active.empty()) cancel(active.begin()->first);
}

CURL* Client::Impl::handle() {
  if (idle_handles.empty()) {
    CURL* easy = curl_easy_init();
    XF_CHECK(easy != nullptr, "there is memory for a call");
    Transfer::set_common_options(easy, options);
    return easy;
  }
  CURL* easy = idle_handles.back();
  idle_handles.pop_back();
  return easy;
}

void Client::Impl::release(CURL* easy, bool is_clean) {
  if (is_clean && idle_handles.size() < kIdleHandlesMax)
    idle_handles.push_back(easy);
  else
    curl_easy_cleanup(easy);
}

// ---- the outside

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Client>> Client::open(ClientOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  XF_TRY(impl->open());
  impl->thread = std::thread([self = impl.get()] { self->run(); });
  return std::unique_ptr<Client>(new Client(std::move(impl)));
}

Client::~Client() {
  impl_->stopping.store(true, std::memory_order_release);
  eventfd_write(impl_->wakeup, 1);
  impl_->thread.join();
}

CallId Client::send(Call call, Callback callback) {
  const CallId id = impl_->last_id.fetch_add(1, std::memory_order_relaxed) + 1;
  auto transfer = std::make_unique<Transfer>(id, std::move(call), std::move(callback), impl_->options.policy);
  transfer->prepare();
  impl_->post(transfer.release());
  return id;
}

void Client::cancel(CallId id) {
  auto message = std::make_unique<ClientMessage>();
  message->id = id;
  message->is_cancel = true;
  impl_->post(message.release());
}

}  // namespace xf::http
