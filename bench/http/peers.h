// What the HTTP layer is measured with: the servers and clients at both ends of a ratio.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace xf::bench {

inline constexpr const char* kBody = "{\"name\":\"xflow\",\"number\":1234}";  // 30 bytes
inline constexpr const char* kAnswer = "{\"ok\":true,\"n\":1234}";            // 20 bytes

// A server on 127.0.0.1 that ends with the object.
class BenchServer {
 public:
  virtual ~BenchServer() = default;
  virtual std::uint16_t port() const = 0;
};

// Boost.Beast as its manual has it, one thread: reads a string body, answers it. The limit.
std::unique_ptr<BenchServer> open_bare_echo();
// Our server, one io thread: reads the body, answers kAnswer in the handler.
std::unique_ptr<BenchServer> open_noop();
// The same, answered from another thread in groups, as the engine's committer does.
std::unique_ptr<BenchServer> open_noop_from_thread();

// POSTs of kBody to the port, that many at once: by bare libcurl multi on one thread, and by our client.
// Calls/s.
double bare_curl_calls_per_s(std::uint16_t port, unsigned in_flight, double seconds);
double client_calls_per_s(std::uint16_t port, unsigned in_flight, double seconds);

}  // namespace xf::bench
