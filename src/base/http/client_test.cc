// The client against our own server on 127.0.0.1.
#include "base/http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include "base/check.h"
#include "base/http/server.h"
#include "base/http/testing/raw_client.h"

namespace xf::http {

namespace {

using ::testing::HasSubstr;
using Kind = CallFailure::Kind;
using namespace std::chrono_literals;

// Answers by path; keeps what comes to /silent unanswered until it ends.
struct Peer {
  std::mutex mutex;
  std::vector<Responder> silent;
  std::promise<void> silent_came;
  std::atomic<int> requests = 0;
  std::unique_ptr<Server> server;

  Peer() {
    server = std::move(*Server::open({}, [this](Request& r, Responder p) { handle(r, std::move(p)); }));
  }

  void handle(Request& request, Responder responder) {
    ++requests;
    const auto path = request.path();
    const auto to = [&](int status, std::string location) {
      responder.send({status, "", {{"Location", std::move(location)}}, ""});
    };
    if (path == "/silent") {
      const std::lock_guard lock(mutex);
      silent.push_back(std::move(responder));
      if (silent.size() == 1) silent_came.set_value();
    } else if (path == "/large") {
      responder.send({200, "", {}, std::string(100'000, 'x')});
    } else if (path == "/large-stream") {
      auto stream = responder.stream({200, "", {}, std::string(100'000, 'x')}, {});
    } else if (path == "/large-header") {
      responder.send({200, "", {{"X", std::string(300'000, 'x')}}, ""});
    } else if (path == "/redirect") {
      to(std::stoi(std::string(request.query())), "/echo?q");
    } else if (path == "/loop") {
      to(302, "/loop");
    } else if (path == "/to-metadata") {
      to(307, "http://169.254.169.254/latest/meta-data/");
    } else if (path == "/to-file") {
      to(302, "file:///etc/passwd");
    } else if (path == "/to-other-origin") {
      to(307, "http://localhost:" + std::to_string(server->port()) + "/echo");
    } else if (path == "/to-closed-port") {
      to(307, "http://127.0.0.1:1/");
    } else if (path == "/digest") {
      digest(request, std::move(responder));
    } else {
      echo(request, std::move(responder));
    }
  }

  static void digest(Request& request, Responder responder) {
    const auto given = request.header("Authorization").value_or("");
    if (given.starts_with("Digest ")) return responder.send({200, "", {}, std::string(given)});
    responder.send(
        {401, "", {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\""}}, "who?"});
  }

  static void echo(Request& request, Responder responder) {
    std::string seen = std::string(request.method_text()) + " " + std::string(request.target()) + "\n";
    for (std::size_t i = 0; i < request.headers_count(); ++i) {
      const auto [name, value] = request.header_at(i);
      seen += std::string(name) + ": " + std::string(value) + "\n";
    }
    responder.send({200, "text/plain", {{"X-A", "1"}, {"x-a", "2"}}, seen + "\n" + request.body});
  }

  std::string url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(server->port()) + std::string(path);
  }
  Call call(std::string_view path, std::string method = "GET", std::string body = "") const {
    Call call;
    call.method = std::move(method);
    call.url = url(path);
    call.body = std::move(body);
    return call;
  }
};

// Answers 200 to the first request of its first connection, closes it at the second; answers 201 on the next
// one.
class FickleServer {
 public:
  FickleServer() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    XF_CHECK(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(listener_, 8) == 0,
             "listens");
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~FickleServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::uint16_t port() const { return port_; }

 private:
  static bool read_request(int fd) {
    char bytes[4096];
    return recv(fd, bytes, sizeof bytes, 0) > 0;
  }
  static void answer(int fd, std::string_view status) {
    const auto text = "HTTP/1.1 " + std::string(status) + " OK\r\nContent-Length: 0\r\n\r\n";
    send(fd, text.data(), text.size(), MSG_NOSIGNAL);
  }
  void run() {
    const int first = accept(listener_, nullptr, nullptr);
    read_request(first);
    answer(first, "200");
    read_request(first);
    close(first);
    const int second = accept(listener_, nullptr, nullptr);
    if (second < 0) return;
    if (read_request(second)) answer(second, "201");
    close(second);
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

std::unique_ptr<Client> open_client(bool allow_private = true, std::size_t connections_max = 1000) {
  ClientOptions options;
  options.policy.allow_private = allow_private;
  options.connections_max = connections_max;
  return std::move(*Client::open(std::move(options)));
}

std::future<CallOutcome> begin(Client& client, Call call) {
  std::promise<CallOutcome> promise;
  auto future = promise.get_future();
  client.send(std::move(call),
              [p = std::move(promise)](CallOutcome outcome) mutable { p.set_value(std::move(outcome)); });
  return future;
}

CallOutcome call(Client& client, Call call) { return begin(client, std::move(call)).get(); }

// "kind sent|unsent", or the status.
std::string summary(const CallOutcome& outcome) {
  if (outcome) return std::to_string(outcome->status);
  return std::string(to_string(outcome.error().kind)) + (outcome.error().sent ? " sent" : " unsent");
}

}  // namespace

TEST(Client, CallsAndReuses) {
  Peer peer;
  const auto client = open_client();
  auto post = peer.call("/echo?a=%20b", "POST", "{\"n\":1}");
  post.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
  const auto answer = call(*client, post);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, HasSubstr("POST /echo?a=%20b\n"));
  EXPECT_THAT(answer->body, HasSubstr("Content-Type: application/json\n"));
  EXPECT_THAT(answer->body, HasSubstr("X-Empty: \n"));
  EXPECT_THAT(answer->body, HasSubstr("Content-Length: 7\n"));
  EXPECT_THAT(answer->body, HasSubstr("\n\n{\"n\":1}"));
  EXPECT_EQ(*find_header(answer->headers, "x-a"), "1");
  EXPECT_EQ(answer->url, post.url);
  for (const char* method : {"GET", "DELETE", "PUT", "PATCH", "OPTIONS", "PURGE"}) {
    const auto next = call(*client, peer.call("/echo", method));
    ASSERT_TRUE(next) << method;
    EXPECT_THAT(next->body, ::testing::StartsWith(std::string(method) + " /echo\n"));
    EXPECT_THAT(next->body, ::testing::Not(HasSubstr("Content-Type"))) << method;
  }
  EXPECT_EQ(call(*client, peer.call("/echo", "HEAD")).value().body, "");
  EXPECT_EQ(peer.server->counts().connections_open, 1u);
}

TEST(Client, RefusesWhatIsNoCall) {
  Peer peer;
  const auto client = open_client();
  const auto with = [&](auto change) {
    auto c = peer.call("/echo");
    change(c);
    return summary(call(*client, c));
  };
  EXPECT_EQ(with([](Call& c) { c.url = "ftp://h/"; }), "invalid unsent");
  EXPECT_EQ(with([](Call& c) { c.url = "http://u:p@h/"; }), "invalid unsent");
  EXPECT_EQ(with([](Call& c) { c.url = "/relative"; }), "invalid unsent");
  EXPECT_EQ(with([](Call& c) { c.method = "GET / HTTP/1.1\r\nX:"; }), "invalid unsent");
  EXPECT_EQ(with([](Call& c) { c.headers = {{"X", "a\r\nB: c"}}; }), "invalid unsent");
  EXPECT_EQ(with([](Call& c) { c.headers = {{"X Y", "a"}}; }), "invalid unsent");
  EXPECT_EQ(with([](Call& c) { c.headers = {{"content-length", "5"}}; }), "invalid unsent");
  EXPECT_EQ(peer.requests, 0);
}

TEST(Client, Deadline) {
  Peer peer;
  const auto client = open_client();
  auto slow = peer.call("/silent", "POST");
  slow.timeout = 50ms;
  const auto outcome = call(*client, slow);
  EXPECT_EQ(summary(outcome), "timeout sent");
  EXPECT_TRUE(outcome.error().outcome_unknown());
}

TEST(Client, DeadlineRunsWhileACallWaitsForAConnection) {
  Peer peer;
  const auto client = open_client(true, 1);
  auto first = begin(*client, peer.call("/silent"));
  peer.silent_came.get_future().get();
  auto second = peer.call("/echo");
  second.timeout = 50ms;
  const auto outcome = call(*client, second);
  EXPECT_FALSE(outcome);
  EXPECT_FALSE(outcome.error().sent);
  peer.silent[0].send({});
  EXPECT_EQ(summary(first.get()), "200");
}

TEST(Client, NoConnection) {
  const auto client = open_client();
  Call closed;
  closed.url = "http://127.0.0.1:1/";
  EXPECT_EQ(summary(call(*client, closed)), "connect unsent");
  closed.url = "http://name.invalid/";
  EXPECT_EQ(summary(call(*client, closed)), "resolve unsent");
}

TEST(Client, TlsToWhomDoesNotSpeakIt) {
  Peer peer;
  const auto client = open_client();
  auto c = peer.call("/echo");
  c.url.insert(4, "s");
  EXPECT_EQ(summary(call(*client, c)), "tls unsent");
}

TEST(Client, BrokenAfterSending) {
  auto peer = std::make_unique<Peer>();
  const auto client = open_client();
  auto pending = begin(*client, peer->call("/silent", "POST", "x"));
  peer->silent_came.get_future().get();
  peer->server->stop(0ms);
  const auto outcome = pending.get();
  EXPECT_EQ(summary(outcome), "broken sent");
  EXPECT_TRUE(outcome.error().outcome_unknown());
}

TEST(Client, SendsAgainOnlyWhatMayBeSentTwice) {
  const auto run = [](Call c) {
    FickleServer server;
    const auto client = open_client();
    c.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
    EXPECT_EQ(summary(call(*client, c)), "200");
    return summary(call(*client, c));
  };
  Call post, keyed, get, again;
  post.method = keyed.method = again.method = "POST";
  keyed.headers = {{"Idempotency-Key", "k"}};
  again.resend = true;
  EXPECT_EQ(run(post), "broken sent");
  EXPECT_EQ(run(keyed), "201");
  EXPECT_EQ(run(get), "201");
  EXPECT_EQ(run(again), "201");
}

TEST(Client, TooLarge) {
  Peer peer;
  const auto client = open_client();
  for (const char* path : {"/large", "/large-stream", "/large-header"}) {
    auto c = peer.call(path);
    c.response_bytes_max = 99'999;
    const auto outcome = call(*client, c);
    EXPECT_EQ(summary(outcome), "too large sent") << path;
    EXPECT_FALSE(outcome.error().outcome_unknown());
  }
  auto c = peer.call("/large");
  c.response_bytes_max = 100'000;
  EXPECT_EQ(summary(call(*client, c)), "200");
}

TEST(Client, Cancel) {
  Peer peer;
  const auto client = open_client();
  std::promise<CallOutcome> done;
  const auto id =
      client->send(peer.call("/silent"), [&](CallOutcome outcome) { done.set_value(std::move(outcome)); });
  peer.silent_came.get_future().get();
  client->cancel(id);
  client->cancel(id);
  client->cancel(12345);
  EXPECT_EQ(summary(done.get_future().get()), "cancelled sent");
}

TEST(Client, TheEndCancelsWhatIsUnderWay) {
  Peer peer;
  auto client = open_client();
  auto pending = begin(*client, peer.call("/silent"));
  peer.silent_came.get_future().get();
  auto late = begin(*client, peer.call("/silent"));
  client.reset();
  EXPECT_EQ(summary(pending.get()), "cancelled sent");
  EXPECT_THAT(summary(late.get()), HasSubstr("cancelled"));
}

TEST(Client, Policy) {
  Peer peer;
  const auto strict = open_client(false);
  EXPECT_EQ(summary(call(*strict, peer.call("/echo"))), "refused unsent");
  auto by_name = peer.call("/echo");
  by_name.url = "http://localhost:" + std::to_string(peer.server->port()) + "/";
  EXPECT_EQ(summary(call(*strict, by_name)), "refused unsent");
  for (const char* url : {"http://169.254.169.254/", "http://[::ffff:169.254.169.254]/", "http://[fe80::1]/",
                          "http://2852039166/", "http://0xa9.254.0251.254/", "http://[::ffff:a9fe:a9fe]/"}) {
    Call metadata;
    metadata.url = url;
    EXPECT_EQ(summary(call(*open_client(), metadata)), "refused unsent") << url;
  }
  EXPECT_EQ(peer.requests, 0);
}

TEST(Client, ProxiesOfTheEnvironmentAreIgnored) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  Peer peer;
  const auto client = open_client();
  EXPECT_EQ(summary(call(*client, peer.call("/echo"))), "200");
  unsetenv("http_proxy");
}

TEST(Client, Redirects) {
  Peer peer;
  const auto client = open_client();
  const auto follow = [&](std::string_view path, std::string method) {
    auto c = peer.call(path, std::move(method), "body");
    c.redirects_max = 3;
    c.headers = {{"Content-Type", "a/b"}};
    return call(*client, c);
  };
  EXPECT_EQ(summary(call(*client, peer.call("/redirect?302"))), "302");
  for (const char* status : {"301", "302", "303"}) {
    const auto seen = follow(std::string("/redirect?") + status, "POST").value();
    EXPECT_THAT(seen.body, ::testing::StartsWith("GET /echo?q\n"));
    EXPECT_THAT(seen.body, ::testing::Not(HasSubstr("a/b")));
    EXPECT_EQ(seen.url, peer.url("/echo?q"));
  }
  for (const char* status : {"307", "308"}) {
    const auto seen = follow(std::string("/redirect?") + status, "POST").value();
    EXPECT_THAT(seen.body, ::testing::StartsWith("POST /echo?q\n"));
    EXPECT_THAT(seen.body, HasSubstr("\n\nbody"));
  }
  EXPECT_EQ(summary(follow("/loop", "GET")), "refused sent");
  EXPECT_EQ(summary(follow("/to-metadata", "POST")), "refused unsent");
  EXPECT_EQ(summary(follow("/to-file", "GET")), "invalid sent");
  EXPECT_EQ(summary(follow("/to-closed-port", "POST")), "connect unsent");
}

TEST(Client, CredentialsStayWithTheirOrigin) {
  Peer peer;
  const auto client = open_client();
  auto c = peer.call("/to-other-origin", "POST", "body");
  c.redirects_max = 1;
  c.headers = {{"Authorization", "Bearer t"}, {"Cookie", "c=d"}, {"X-Kept", "1"}};
  const auto elsewhere = call(*client, c).value().body;
  EXPECT_THAT(elsewhere, HasSubstr("X-Kept"));
  EXPECT_THAT(elsewhere, ::testing::Not(::testing::AnyOf(HasSubstr("Bearer"), HasSubstr("c=d"))));
  c.headers.clear();
  c.credentials = {Credentials::Scheme::kBasic, "u", "p"};
  EXPECT_THAT(call(*client, c).value().body, ::testing::Not(HasSubstr("Authorization")));
  c.url = peer.url("/redirect?307");
  EXPECT_THAT(call(*client, c).value().body, HasSubstr("Authorization: Basic dTpw"));
  c.url = peer.url("/echo");
  c.credentials = {};
  EXPECT_THAT(call(*client, c).value().body, ::testing::Not(HasSubstr("Authorization")));
}

TEST(Client, Digest) {
  Peer peer;
  const auto client = open_client();
  auto c = peer.call("/digest", "POST", "body");
  c.credentials = {Credentials::Scheme::kDigest, "u", "p"};
  const auto answer = call(*client, c);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_THAT(answer->body, HasSubstr("username=\"u\""));
  c.credentials.scheme = Credentials::Scheme::kBasic;
  EXPECT_EQ(summary(call(*client, c)), "401");
}

TEST(Client, AThousandAtOnceAndMoreFromCallbacks) {
  Peer peer;
  const auto client = open_client();
  constexpr int kCalls = 1000;
  std::atomic<int> good = 0, done = 0;
  std::promise<void> all;
  const auto count = [&](const CallOutcome& outcome) {
    if (outcome && outcome->status == 200) ++good;
    if (++done == 2 * kCalls) all.set_value();
  };
  for (int i = 0; i < kCalls; ++i) {
    client->send(peer.call("/echo", "POST", std::to_string(i)), [&](CallOutcome outcome) {
      count(outcome);
      client->send(peer.call("/echo"), count);
    });
  }
  all.get_future().get();
  EXPECT_EQ(good, 2 * kCalls);
}

}  // namespace xf::http
