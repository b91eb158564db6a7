// `xflow serve`; see serve.h.
#include "apps/serve.h"

#include <charconv>
#include <csignal>
#include <filesystem>

#include "apps/engine.h"
#include "base/clock.h"
#include "base/http/server.h"
#include "base/log.h"
#include "base/process_metrics.h"
#include "gateway/routes.h"

namespace xf::apps {
namespace {

constexpr std::chrono::milliseconds kDrain{5'000};

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

// Until identity is configured, only loopback: whoever reaches the port may do everything.
Result<Address> read_listen(const std::string& text) {
  std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return fail(Code::kInvalid, "--listen takes HOST:PORT, not '" + text + "'");
  Address out{.host = text.substr(0, colon)};
  const char* end = text.data() + text.size();
  auto [ptr, ec] = std::from_chars(text.data() + colon + 1, end, out.port);
  if (ec != std::errc() || ptr != end)
    return fail(Code::kInvalid, "--listen: '" + text.substr(colon + 1) + "' is no port");
  if (out.host == "localhost") out.host = "127.0.0.1";
  if (out.host == "[::1]") out.host = "::1";
  if (out.host != "127.0.0.1" && out.host != "::1")
    return fail(Code::kInvalid,
                "--listen: only loopback addresses (127.0.0.1, [::1]) are served, since the API asks nobody "
                "who they are");
  return out;
}

int complain(const Error& error) {
  log::error("cannot serve", {{"reason", error}});
  return error.code == Code::kInvalid ? cli::kUsage : cli::kFailed;
}

// Signals are taken by the main thread alone, one at a time.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

void register_server(metrics::Registry& metrics, const http::Server& server) {
  const auto count = [&](const char* name, const char* help, bool is_counter,
                         std::uint64_t http::Server::Counts::* which) {
    metrics.computed(name, help, {.is_counter = is_counter, .value = [&server, which] {
                                    return static_cast<double>(server.counts().*which);
                                  }});
  };
  using Counts = http::Server::Counts;
  count("xflow_http_connections", "Open connections.", false, &Counts::connections_open);
  count("xflow_http_connections_refused_total", "Connections beyond the most that are served.", true,
        &Counts::connections_refused);
  count("xflow_http_refused_total", "Requests that were no good HTTP, too large or too slow.", true,
        &Counts::errors);
}

}  // namespace

int serve(const cli::ServeOptions& options) {
  const sigset_t signals = block_signals();
  const std::int64_t begin = monotonic_us();
  Result<Address> address = read_listen(options.listen);
  if (!address) return complain(address.error());
  std::error_code made;
  std::filesystem::create_directories(options.data, made);
  if (made)
    return complain(
        {Code::kInvalid, "the data directory " + options.data + " cannot be made: " + made.message()});

  metrics::Registry metrics;
  metrics::register_process(metrics);
  auto runtime = durable(options, metrics);
  if (!runtime) return complain(runtime.error());
  gateway::Api api(**runtime, metrics);
  http::ServerOptions listen;
  listen.address = address->host;
  listen.port = address->port;
  auto server = http::Server::open(listen, [&api](http::Request& request, http::Responder responder) {
    api.handle(request, std::move(responder));
  });
  if (!server) return complain(server.error());
  api.serve_on((*server)->port());
  register_server(metrics, **server);
  log::info("server ready", {{"address", address->host},
                             {"port", (*server)->port()},
                             {"data", options.data},
                             {"ms", (monotonic_us() - begin) / kUsPerMs}});

  int signal = 0;
  sigwait(&signals, &signal);
  log::info("stopping", {{"signal", signal}});
  (*server)->stop(kDrain);
  (*runtime)->stop();
  log::info("stopped");
  return cli::kOk;
}

}  // namespace xf::apps
