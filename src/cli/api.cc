// A server's API; see api.h.
#include "cli/api.h"

#include <future>

#include "base/json/parse.h"

namespace xf::cli {
namespace {

// Longer than any `wait` that the server grants.
constexpr std::chrono::seconds kTimeout{90};

}  // namespace

Result<Api> Api::open(std::string server) {
  while (server.ends_with('/')) server.pop_back();
  http::ClientOptions options;
  options.policy.allow_private = true;  // the server is where the user says it is
  XF_TRY_ASSIGN(auto client, http::Client::open(std::move(options)));
  return Api(std::move(server), std::move(client));
}

Result<ApiAnswer> Api::get(std::string_view path) {
  http::Call call;
  call.url = server_ + std::string(path);
  return send(std::move(call));
}

Result<ApiAnswer> Api::post(std::string_view path, std::string body, std::string_view content_type,
                            std::vector<http::Header> headers) {
  http::Call call;
  call.method = "POST";
  call.url = server_ + std::string(path);
  call.headers = std::move(headers);
  if (!body.empty()) call.headers.push_back({"Content-Type", std::string(content_type)});
  call.body = std::move(body);
  return send(std::move(call));
}

Result<ApiAnswer> Api::remove(std::string_view path) {
  http::Call call;
  call.method = "DELETE";
  call.url = server_ + std::string(path);
  return send(std::move(call));
}

Result<ApiAnswer> Api::send(http::Call call) {
  call.timeout = kTimeout;
  call.response_bytes_max = 64u << 20;
  std::promise<http::CallOutcome> promise;
  auto future = promise.get_future();
  client_->send(std::move(call),
                [&promise](http::CallOutcome outcome) { promise.set_value(std::move(outcome)); });
  http::CallOutcome outcome = future.get();
  if (!outcome)
    return fail(Code::kUnavailable,
                "no answer from " + server_ + " (" + outcome.error().message +
                    "); is it running? `./run` or `xflow serve` starts it, --server names another");
  ApiAnswer answer{.status = outcome->status, .body = {}, .raw = std::move(outcome->body)};
  if (auto body = json::parse(answer.raw)) answer.body = *std::move(body);
  return answer;
}

}  // namespace xf::cli
