// The server on real sockets: framing, order, limits, slow clients, answers from other threads, stopping.
#include "base/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <thread>

#include "base/http/testing/raw_client.h"

namespace xf::http {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawClient;
using ::testing::StartsWith;
using namespace std::chrono_literals;

std::unique_ptr<Server> serve(Handler handler, ServerOptions options = {}) {
  auto server = Server::open(std::move(options), std::move(handler));
  XF_CHECK(server.has_value(), "a test's server must listen");
  return std::move(*server);
}

Response text(std::string body) { return {200, "text/plain", {}, std::move(body)}; }

void echo(Request& request, Responder responder) {
  responder.send(
      text(std::string(request.method_text()) + " " + std::string(request.target()) + " " + request.body));
}

std::string post(std::string_view path, std::string_view body, std::string_view more = "") {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(more) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// Responders that a handler puts aside, for a test to answer.
struct Aside {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Responder> responders;

  Handler handler() {
    return [this](Request&, Responder responder) {
      const std::lock_guard lock(mutex);
      responders.push_back(std::move(responder));
      changed.notify_all();
    };
  }
  std::vector<Responder> wait_for(std::size_t count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return responders.size() >= count; });
    return std::move(responders);
  }
};

}  // namespace

TEST(Server, Answers) {
  const auto server = serve([](Request& request, Responder responder) {
    Response response = text(std::string(request.path()) + "|" + std::string(request.query()) + "|" +
                             std::string(request.header("x-TWO").value_or("none")) + "|" + request.body);
    response.headers.push_back({"X-Peer", std::string(request.peer().substr(0, 10))});
    responder.send(std::move(response));
  });
  RawClient client(server->port());
  client.send(post("/a%20b?c=d&e", "{\"n\":1}", "X-Two: 2 \r\n"));
  const auto head = client.until("\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(head,
              HasSubstr("Content-Type: text/plain\r\nX-Peer: 127.0.0.1:\r\nContent-Length: 22\r\n\r\n"));
  EXPECT_EQ(client.exactly(22), "/a%20b|c=d&e|2|{\"n\":1}");
}

TEST(Server, PipelinedRequestsKeepTheirOrder) {
  Aside aside;
  const auto server = serve([&](Request& request, Responder responder) {
    if (request.path() == "/later") return aside.handler()(request, std::move(responder));
    echo(request, std::move(responder));
  });
  RawClient client(server->port());
  client.send(post("/later", "") + post("/b", "2") + post("/c", "3") + post("/later", "") + post("/d", "4"));
  aside.wait_for(1)[0].send(text("first"));
  EXPECT_EQ(client.response(), "200 first");
  EXPECT_EQ(client.response(), "200 POST /b 2");
  EXPECT_EQ(client.response(), "200 POST /c 3");
  aside.wait_for(1)[0].send(text("fourth"));
  EXPECT_EQ(client.response(), "200 fourth");
  EXPECT_EQ(client.response(), "200 POST /d 4");
}

TEST(Server, AFloodOfPipelinedRequestsIsAnsweredInOrder) {
  const auto server = serve(echo);
  RawClient client(server->port());
  std::thread sender([&] {
    for (int i = 0; i < 5000; ++i) client.send(post("/" + std::to_string(i), "x"));
  });
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(client.response(), "200 POST /" + std::to_string(i) + " x");
  sender.join();
}

TEST(Server, BytesMayComeOneByOne) {
  const auto server = serve(echo);
  RawClient client(server->port());
  for (char c : post("/a", "hello") +
                    "PUT /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                    "chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nHost: "
                    "evil\r\n\r\n" +
                    post("/c", "")) {
    client.send(std::string_view(&c, 1));
  }
  EXPECT_EQ(client.response(), "200 POST /a hello");
  EXPECT_EQ(client.response(), "200 PUT /b abcde");
  EXPECT_EQ(client.response(), "200 POST /c ");
}

TEST(Server, HeadHasALengthAndNoBody) {
  const auto server = serve([](Request&, Responder responder) { responder.send(text("hello")); });
  RawClient client(server->port());
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.until("\r\n\r\n"), HasSubstr("Content-Length: 5"));
  EXPECT_EQ(client.response(), "200 hello");
}

TEST(Server, ConnectionClose) {
  const auto server = serve(echo);
  RawClient client(server->port());
  client.send(post("/", "x", "Connection: close\r\n"));
  EXPECT_THAT(client.until("\r\n\r\n"), HasSubstr("Connection: close\r\n"));
  EXPECT_EQ(client.rest(), "POST / x");
  EXPECT_TRUE(client.ended());
}

TEST(Server, Http10ClosesUnlessAskedToStay) {
  const auto server = serve(echo);
  RawClient client(server->port());
  client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.response(), "200 GET /a ");
  client.send("GET /b HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.rest(), HasSubstr("GET /b "));
  EXPECT_TRUE(client.ended());
}

TEST(Server, AClientThatSendsNoMoreStillGetsItsAnswers) {
  Aside aside;
  const auto server = serve(aside.handler());
  RawClient client(server->port());
  client.send(post("/1", "") + post("/2", ""));
  client.end_sending();
  aside.wait_for(1)[0].send(text("one"));
  EXPECT_EQ(client.response(), "200 one");
  aside.wait_for(1)[0].send(text("two"));
  EXPECT_EQ(client.response(), "200 two");
  EXPECT_EQ(client.rest(), "");
  EXPECT_TRUE(client.ended());
}

TEST(Server, Expect100Continue) {
  const auto server = serve(echo);
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hi");
  EXPECT_EQ(client.response(), "200 POST / hi");
}

TEST(Server, RefusesWhatItCannotRead) {
  struct Case {
    const char* name;
    std::string bytes;
    const char* status;
  };
  ServerOptions options;
  options.header_bytes_max = 2048;
  options.body_bytes_max = 100;
  const auto server = serve(echo, options);
  const std::string line = "POST / HTTP/1.1\r\n";
  const Case cases[] = {
      {"no HTTP", "hello\r\n\r\n", "400"},
      {"no host", line + "\r\n", "400"},
      {"two hosts", line + "Host: a\r\nHost: b\r\n\r\n", "400"},
      {"space before colon", line + "Host : a\r\n\r\n", "400"},
      {"two lengths", line + "Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"},
      {"length and chunks", line + "Host: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       "400"},
      {"gzip coding", line + "Host: x\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
      {"gzip, chunked", line + "Host: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501"},
      {"chunks in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {"bad chunk", line + "Host: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
      {"endless chunk line",
       line + "Host: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(9000, 'x'), "400"},
      {"expectation", line + "Host: x\r\nExpect: wonders\r\n\r\n", "417"},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
      {"large header", line + "Host: x\r\nX: " + std::string(3000, 'x') + "\r\n\r\n", "431"},
      {"endless header", line + "Host: x\r\nX: " + std::string(9000, 'x'), "431"},
      {"many headers",
       line + "Host: x\r\n" +
           [] {
             std::string s;
             for (int i = 0; i < 999; ++i) s += "a: b\r\n";
             return s;
           }(),
       "431"},
      {"large body", line + "Host: x\r\nContent-Length: 101\r\n\r\n", "413"},
      {"large body expected", line + "Host: x\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n", "413"},
      {"large chunks", line + "Host: x\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'x'),
       "413"},
      {"absurd length", line + "Host: x\r\nContent-Length: 99999999999999999999\r\n\r\n", "400"},
  };
  for (const auto& c : cases) {
    RawClient client(server->port());
    client.send(c.bytes);
    const auto response = client.until("}");
    EXPECT_THAT(response, StartsWith(std::string("HTTP/1.1 ") + c.status)) << c.name;
    EXPECT_THAT(response, HasSubstr("application/problem+json")) << c.name;
    EXPECT_THAT(response, HasSubstr("Connection: close")) << c.name;
    client.end_sending();
    client.rest();
    EXPECT_TRUE(client.ended()) << c.name;
  }
  EXPECT_EQ(server->counts().errors, std::size(cases));
  EXPECT_EQ(server->counts().requests, 0u);
}

TEST(Server, AnswerSurvivesABodyThatIsTooLarge) {
  ServerOptions options;
  options.body_bytes_max = 1000;
  const auto server = serve(echo, options);
  RawClient client(server->port());
  client.send(post("/", std::string(300'000, 'x')));
  EXPECT_THAT(client.response(), StartsWith("413 "));
}

TEST(Server, SlowHeaderGets408) {
  ServerOptions options;
  options.header_timeout = 40ms;
  const auto server = serve(echo, options);
  RawClient client(server->port()), silent(server->port());
  client.send("POST / HTTP/1.1\r\nHos");
  EXPECT_THAT(client.response(), StartsWith("408 "));
  EXPECT_EQ(silent.rest(), "");
  EXPECT_TRUE(silent.ended());
}

TEST(Server, SlowBodyGets408) {
  ServerOptions options;
  options.body_timeout = 40ms;
  const auto server = serve(echo, options);
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_THAT(client.response(), StartsWith("408 "));
}

TEST(Server, IdleConnectionsAreClosed) {
  ServerOptions options;
  options.idle_timeout = 40ms;
  const auto server = serve(echo, options);
  RawClient client(server->port());
  client.send(post("/", ""));
  EXPECT_EQ(client.response(), "200 POST / ");
  EXPECT_EQ(client.rest(), "");
  EXPECT_TRUE(client.ended());
}

TEST(Server, AClientThatDoesNotReadIsClosed) {
  ServerOptions options;
  options.write_timeout = 40ms;
  const auto server = serve(
      [](Request&, Responder responder) { responder.send(text(std::string(32u << 20, 'x'))); }, options);
  RawClient client(server->port(), 4096);
  client.send(post("/", ""));
  while (server->counts().requests == 0) std::this_thread::yield();
  while (server->counts().connections_open > 0) std::this_thread::yield();
  EXPECT_LT(client.rest().size(), 32u << 20);
}

TEST(Server, LargeBodiesBothWays) {
  const auto server = serve(echo);
  RawClient client(server->port());
  const std::string body(5u << 20, 'y');
  std::thread sender([&] { client.send(post("/", body)); });
  EXPECT_EQ(client.response(), "200 POST / " + body);
  sender.join();
}

TEST(Server, ManyAnswersFromAnotherThread) {
  Aside aside;
  ServerOptions options;
  options.io_threads = 2;
  const auto server = serve(aside.handler(), options);
  std::vector<RawClient> clients;
  for (int i = 0; i < 100; ++i) clients.emplace_back(server->port());
  for (int round = 0; round < 20; ++round) {
    for (auto& client : clients) client.send(post("/", ""));
    for (std::size_t answered = 0; answered < clients.size();) {
      for (auto& responder : aside.wait_for(1)) {
        responder.send(text(std::to_string(round)));
        ++answered;
      }
    }
    for (auto& client : clients) ASSERT_EQ(client.response(), "200 " + std::to_string(round));
  }
}

TEST(Server, ADroppedResponderAnswers500) {
  Aside aside;
  const auto server = serve([&](Request& request, Responder responder) {
    if (request.path() == "/later") aside.handler()(request, std::move(responder));
  });
  RawClient client(server->port());
  client.send(post("/now", "") + post("/later", ""));
  EXPECT_THAT(client.response(), StartsWith("500 "));
  aside.wait_for(1).clear();
  EXPECT_THAT(client.response(), StartsWith("500 "));
}

TEST(Server, AFieldCannotForgeAResponse) {
  const auto server = serve([](Request&, Responder responder) {
    responder.send({200, "text/plain", {{"Location", "/a\r\nSet-Cookie: b"}}, ""});
  });
  RawClient client(server->port());
  client.send(post("/", ""));
  EXPECT_THAT(client.until("\r\n\r\n"), HasSubstr("Location: /a  Set-Cookie: b\r\n"));
}

TEST(Server, TooManyConnectionsGet503) {
  ServerOptions options;
  options.connections_max = 1;
  const auto server = serve(echo, options);
  RawClient first(server->port());
  first.send(post("/", ""));
  EXPECT_EQ(first.response(), "200 POST / ");
  RawClient second(server->port());
  EXPECT_THAT(second.response(), StartsWith("503 "));
  EXPECT_EQ(server->counts().connections_refused, 1u);
}

TEST(Server, StopLetsRequestsInFlightFinish) {
  Aside aside;
  const auto server = serve(aside.handler());
  RawClient busy(server->port()), idle(server->port());
  busy.send(post("/", ""));
  auto responders = aside.wait_for(1);
  auto stopped = std::async(std::launch::async, [&] { server->stop(10s); });
  EXPECT_EQ(idle.rest(), "");
  responders[0].send(text("done"));
  EXPECT_THAT(busy.until("\r\n\r\n"), HasSubstr("Connection: close"));
  EXPECT_EQ(busy.exactly(4), "done");
  busy.close();
  stopped.get();
  EXPECT_EQ(server->counts().connections_open, 0u);
}

TEST(Server, StopEndsWhatPassesTheDeadlineAndRespondersMayOutliveTheServer) {
  Aside aside;
  auto server = serve(aside.handler());
  RawClient client(server->port());
  client.send(post("/", ""));
  auto responders = aside.wait_for(1);
  server->stop(1ms);
  EXPECT_EQ(client.rest(), "");
  server.reset();
  responders[0].send(text("too late"));
}

TEST(Server, RefusesAnAddressThatIsNone) {
  ServerOptions options;
  options.address = "localhost:80";
  const auto server = Server::open(options, echo);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, Code::kInvalid);
}

TEST(Server, SaysWhenItsPortIsTaken) {
  const auto server = serve(echo);
  ServerOptions options;
  options.port = server->port();
  const auto second = Server::open(options, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kUnavailable);
}

}  // namespace xf::http
