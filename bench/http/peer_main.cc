// What a ratio is made with, as programs of their own: a bare Beast echo, a service that answers at once, and
// bare libcurl calling it. Usage: peer echo | peer service (print their port, end with standard input) | peer
// calls PORT SECONDS
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/http/peers.h"

int main(int argc, char** argv) {
  using namespace xf::bench;
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "calls" && argc == 4) {
    std::printf("%.1f\n", bare_curl_calls_per_s(static_cast<std::uint16_t>(std::atoi(argv[2])), 64,
                                                std::atof(argv[3])));
    return 0;
  }
  if (what != "echo" && what != "service") {
    std::fprintf(stderr, "usage: peer echo | peer service | peer calls PORT SECONDS\n");
    return 2;
  }
  const auto server = what == "echo" ? open_bare_echo() : open_noop();
  std::printf("%u\n", static_cast<unsigned>(server->port()));
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}
