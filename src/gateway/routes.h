// Api: the table of operations and what stands before each of them: the browser guard, the path, the body's
// type. The table is the whole API; api/openapi.yaml has a row for each of its rows, and a test holds them
// against each other.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/http/server.h"
#include "gateway/exchange.h"
#include "gateway/live.h"

namespace xf::gateway {

// Which bodies an operation takes.
enum class Body : std::uint8_t {
  kNone,          // none
  kJson,          // application/json, exactly
  kOptionalJson,  // the same, or none at all
  kDefinition,    // application/yaml or application/json
  kEvents,        // what cloud_events.h reads
};

struct Route {
  http::Method method;
  std::string_view path;  // "/api/v1/instances/{id}:cancel"
  Body body;
  Handler handler;
  std::string_view query = "";  // the parameters that it takes, between spaces
};
std::span<const Route> routes();

class Api {
 public:
  // `runtime` and `metrics` outlive this. Becomes the runtime's listener.
  Api(runtime::Runtime& runtime, metrics::Registry& metrics);

  // The server's own port, once it is known: what Host must name.
  void serve_on(std::uint16_t port) { port_ = port; }
  void handle(http::Request&, http::Responder);

 private:
  std::shared_ptr<Live> live_;
  Services services_;
  metrics::Counter& requests_;
  std::uint16_t port_ = 0;
};

}  // namespace xf::gateway
