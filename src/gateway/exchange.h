// Exchange: one request and the right to answer it, with what a handler may use. Handlers decode, do one
// thing, and encode; they run on an io thread and never block.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/http/server.h"
#include "base/metrics.h"
#include "gateway/decode.h"
#include "gateway/encode.h"
#include "gateway/problem.h"
#include "xflow/runtime/runtime.h"

namespace xf::gateway {

class Live;

struct Services {
  runtime::Runtime& runtime;
  metrics::Registry& metrics;
  Live& live;
};

struct Exchange {
  Services& services;
  http::Request& request;
  http::Responder responder;
  std::vector<std::string> path;  // the values of the route's {…}, decoded, in order
  Parameters query;
  std::string tenant = "default";

  void send(http::Response response) { responder.send(std::move(response)); }
  void send(const Error& error) { responder.send(problem(error)); }
  // The body as JSON; null when there is none and the route allows that.
  Result<json::Value> body() const;
  runtime::Idempotency idempotency() const;
};

// A callback that answers with `encoded(value)` or with the error's problem.
template <typename T, typename F>
runtime::Callback<T> answer(Exchange& exchange, F encoded) {
  return [responder = std::move(exchange.responder), encoded = std::move(encoded)](Result<T> result) mutable {
    responder.send(result ? encoded(*std::move(result)) : problem(result.error()));
  };
}

using Handler = void (*)(Exchange&);

}  // namespace xf::gateway
