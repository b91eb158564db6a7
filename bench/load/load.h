// Load: keep-alive connections that each send the same request again as soon as its response is there. One
// thread, epoll, no HTTP library: it must cost less than what it measures.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace xf::bench {

struct LoadOptions {
  std::uint16_t port = 0;  // on 127.0.0.1
  std::string method = "POST";
  std::string path = "/";
  std::string body;
  std::vector<std::string> headers;  // "Name: value"; Host, Content-Type and Content-Length are there already
  unsigned connections = 64;
  double seconds = 2;
  double warmup_seconds = 0.3;  // before anything counts
  std::uint64_t requests = 0;   // > 0: exactly so many instead, without a warm-up
  int status = 200;             // what counts as good; 0: any 2xx
};

struct LoadResult {
  std::uint64_t requests = 0;  // answered as they should be
  std::uint64_t errors = 0;    // other statuses, broken connections
  double seconds = 0;
  double per_second = 0;
  double p50_us = 0, p90_us = 0, p99_us = 0, p999_us = 0, max_us = 0;
};

// Ends the process when it cannot connect. A connection that breaks is counted and not replaced.
LoadResult run_load(const LoadOptions&);
std::string to_json(const LoadResult&);

}  // namespace xf::bench
