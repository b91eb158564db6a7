// http_bench [ROUNDS [SECONDS]]: the HTTP layer's own ratios, the median of alternating rounds, as one JSON
// object.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bench/http/peers.h"
#include "bench/load/load.h"

namespace {

using namespace xf::bench;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double served_per_s(const BenchServer& server, double seconds) {
  LoadOptions options;
  options.port = server.port();
  options.body = kBody;
  options.seconds = seconds;
  const auto result = run_load(options);
  if (result.errors > 0) std::fprintf(stderr, "http_bench: %s\n", to_json(result).c_str());
  return result.per_second;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 1;
  const auto echo = open_bare_echo(), noop = open_noop(), threaded = open_noop_from_thread();
  std::vector<double> echo_s, noop_s, threaded_s, curl_s, client_s, noop_ratio, threaded_ratio, client_ratio;
  for (int i = 0; i < rounds; ++i) {
    echo_s.push_back(served_per_s(*echo, seconds));
    noop_s.push_back(served_per_s(*noop, seconds));
    threaded_s.push_back(served_per_s(*threaded, seconds));
    curl_s.push_back(bare_curl_calls_per_s(noop->port(), 64, seconds));
    client_s.push_back(client_calls_per_s(noop->port(), 64, seconds));
    noop_ratio.push_back(noop_s.back() / echo_s.back());
    threaded_ratio.push_back(threaded_s.back() / echo_s.back());
    client_ratio.push_back(client_s.back() / curl_s.back());
  }
  std::printf(
      "{\"echo_per_s\":%.0f,\"noop_per_s\":%.0f,\"noop_over_echo\":%.2f,\"noop_from_thread_per_s\":%.0f,"
      "\"noop_from_thread_over_echo\":%.2f,\"curl_calls_per_s\":%.0f,\"client_calls_per_s\":%.0f,\"client_"
      "over_curl\":%.2f}\n",
      median(echo_s), median(noop_s), median(noop_ratio), median(threaded_s), median(threaded_ratio),
      median(curl_s), median(client_s), median(client_ratio));
}
