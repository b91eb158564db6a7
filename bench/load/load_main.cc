// load --port N [--path /] [--method POST] [--body TEXT] [--connections 64] [--seconds 2] [--status 200]
// [--requests N]: one JSON line.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/load/load.h"

int main(int argc, char** argv) {
  xf::bench::LoadOptions options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--port")
      options.port = static_cast<std::uint16_t>(std::atoi(value));
    else if (name == "--path")
      options.path = value;
    else if (name == "--method")
      options.method = value;
    else if (name == "--body")
      options.body = value;
    else if (name == "--header")
      options.headers.emplace_back(value);
    else if (name == "--connections")
      options.connections = static_cast<unsigned>(std::atoi(value));
    else if (name == "--seconds")
      options.seconds = std::atof(value);
    else if (name == "--requests")
      options.requests = static_cast<std::uint64_t>(std::atoll(value));
    else if (name == "--status")
      options.status = std::atoi(value);
    else
      options.port = 0, i = argc;
  }
  if (options.port == 0) {
    std::fprintf(stderr,
                 "load --port N [--path P] [--method M] [--body TEXT] [--header 'N: v'] [--connections N] "
                 "[--seconds N] [--requests N] [--status N]\n");
    return 2;
  }
  std::puts(to_json(xf::bench::run_load(options)).c_str());
}
