// A server's API, one request at a time, as the command line needs it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/http/client.h"
#include "base/json/value.h"
#include "base/result.h"

namespace xf::cli {

struct ApiAnswer {
  int status = 0;
  json::Value body;  // null when there is none
  std::string raw;
};

class Api {
 public:
  // `server` like http://127.0.0.1:8080.
  static Result<Api> open(std::string server);

  // Code::kUnavailable: no server answers. An answer of any status is a success here.
  Result<ApiAnswer> get(std::string_view path);
  Result<ApiAnswer> post(std::string_view path, std::string body,
                         std::string_view content_type = "application/json",
                         std::vector<http::Header> headers = {});
  Result<ApiAnswer> remove(std::string_view path);

 private:
  Api(std::string server, std::unique_ptr<http::Client> client)
      : server_(std::move(server)), client_(std::move(client)) {}
  Result<ApiAnswer> send(http::Call);

  std::string server_;
  std::unique_ptr<http::Client> client_;
};

}  // namespace xf::cli
