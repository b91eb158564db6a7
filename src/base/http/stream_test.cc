// Streams (server-sent events) on real sockets: framing, slow and leaving clients, the server's end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <thread>

#include "base/http/server.h"
#include "base/http/testing/raw_client.h"

namespace xf::http {

namespace {

using ::testing::HasSubstr;
using testing::RawClient;
using ::testing::StartsWith;
using namespace std::chrono_literals;

// A server whose only request becomes a stream that the test holds.
struct StreamServer {
  std::promise<Stream> opened;
  std::promise<void> closed;
  std::atomic<int> closings = 0;
  std::promise<void> writable;
  std::unique_ptr<Server> server;
  std::size_t buffer_bytes_max = 1u << 20;

  StreamServer() {
    server = std::move(*Server::open({}, [this](Request& r, Responder p) { handle(r, std::move(p)); }));
  }

  void handle(Request& request, Responder responder) {
    if (request.path() != "/stream") return responder.send({200, "", {}, "plain"});
    StreamOptions options;
    options.buffer_bytes_max = buffer_bytes_max;
    options.on_close = [this] {
      if (closings.fetch_add(1) == 0) closed.set_value();
    };
    options.on_writable = [this] { writable.set_value(); };
    opened.set_value(responder.stream({200, "text/event-stream", {}, ": hello\n\n"}, std::move(options)));
  }
};

const std::string kGet = "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n";

}  // namespace

TEST(Stream, WritesChunksAndKeepsTheConnection) {
  StreamServer s;
  RawClient client(s.server->port());
  client.send(kGet + "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  auto stream = s.opened.get_future().get();
  const auto head = client.until("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_EQ(client.until(": hello\n\n\r\n"), "9\r\n: hello\n\n\r\n");
  EXPECT_EQ(stream.write("data: 1\n\n"), Written::kOk);
  EXPECT_EQ(client.until("1\n\n\r\n"), "9\r\ndata: 1\n\n\r\n");
  stream.end();
  EXPECT_EQ(client.exactly(5), "0\r\n\r\n");
  EXPECT_EQ(client.response(), "200 plain");
  s.closed.get_future().get();
  client.close();
  s.server->stop(10s);
  EXPECT_EQ(s.closings, 1);
}

TEST(Stream, ToHttp10TheCloseIsTheEnd) {
  StreamServer s;
  RawClient client(s.server->port());
  client.send("GET /stream HTTP/1.0\r\n\r\n");
  {
    auto stream = s.opened.get_future().get();
    stream.write("data: 1\n\n");
  }
  EXPECT_THAT(client.until("\r\n\r\n"), HasSubstr("Connection: close"));
  EXPECT_EQ(client.rest(), ": hello\n\ndata: 1\n\n");
  EXPECT_TRUE(client.ended());
}

TEST(Stream, TellsWhenTheClientLeaves) {
  StreamServer s;
  RawClient client(s.server->port());
  client.send(kGet);
  auto stream = s.opened.get_future().get();
  client.until("hello");
  client.close();
  s.closed.get_future().get();
  EXPECT_EQ(stream.write("x"), Written::kClosed);
}

TEST(Stream, ASlowClientFillsTheBufferAndNoMore) {
  StreamServer s;
  s.buffer_bytes_max = 64u << 10;
  RawClient client(s.server->port(), 4096);
  client.send(kGet);
  auto stream = s.opened.get_future().get();
  client.until("hello\n\n\r\n");
  const std::string piece(1000, 'x');
  std::size_t taken = 0;
  auto writable = s.writable.get_future();
  // The sockets' own buffers take some; then the stream is full, and stays so until the client reads.
  while (stream.write(piece) == Written::kOk) taken += piece.size();
  EXPECT_LT(taken, 16u << 20);
  std::size_t read = 0;
  auto reader = std::async(std::launch::async, [&] {
    const auto all = client.rest();
    read = static_cast<std::size_t>(std::count(all.begin(), all.end(), 'x'));
  });
  writable.get();
  EXPECT_EQ(stream.write(piece), Written::kOk);
  stream.end();
  s.server->stop(10s);
  reader.get();
  EXPECT_EQ(read, taken + piece.size());
}

TEST(Stream, StopEndsIt) {
  StreamServer s;
  RawClient client(s.server->port());
  client.send(kGet);
  auto stream = s.opened.get_future().get();
  client.until("hello\n\n\r\n");
  auto stopped = std::async(std::launch::async, [&] { s.server->stop(10s); });
  EXPECT_EQ(client.rest(), "0\r\n\r\n");
  client.close();
  stopped.get();
  EXPECT_EQ(stream.write("x"), Written::kClosed);
  EXPECT_EQ(s.closings, 1);
}

TEST(Stream, OpenedAfterTheServerStoppedIsClosedAtOnce) {
  std::promise<Responder> held;
  auto server = std::move(
      *Server::open({}, [&](Request&, Responder responder) { held.set_value(std::move(responder)); }));
  RawClient client(server->port());
  client.send(kGet);
  auto responder = held.get_future().get();
  server.reset();
  bool closed = false;
  StreamOptions options;
  options.on_close = [&] { closed = true; };
  auto stream = responder.stream({}, std::move(options));
  EXPECT_TRUE(closed);
  EXPECT_EQ(stream.write("x"), Written::kClosed);
}

TEST(Stream, WrittenFromManyThreads) {
  StreamServer s;
  RawClient client(s.server->port());
  client.send(kGet);
  auto stream = s.opened.get_future().get();
  std::mutex mutex;
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const std::lock_guard lock(mutex);
        ASSERT_EQ(stream.write("y"), Written::kOk);
      }
    });
  }
  for (auto& writer : writers) writer.join();
  stream.end();
  const auto all = client.until("\r\n0\r\n\r\n");
  EXPECT_EQ(std::count(all.begin() + static_cast<std::ptrdiff_t>(all.find("hello\n")), all.end(), 'y'), 2000);
}

}  // namespace xf::http
