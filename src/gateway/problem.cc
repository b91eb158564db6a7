// Errors as the API gives them; see problem.h.
#include "gateway/problem.h"

#include "base/check.h"
#include "base/json/print.h"
#include "gateway/encode.h"

namespace xf::gateway {
namespace {

json::Value members(int status, std::string_view detail) {
  return json::Value::object({{"type", json::Value::string("about:blank")},
                              {"title", json::Value::string(http::reason_phrase(status))},
                              {"status", json::Value::integer(status)},
                              {"detail", json::Value::string(detail)}});
}

http::Response response(int status, const json::Value& body) {
  http::Response out{
      .status = status, .content_type = "application/problem+json", .headers = {}, .body = json::print(body)};
  if (status == 503) out.headers.push_back({"Retry-After", "1"});
  return out;
}

}  // namespace

int status_for(Code code) {
  switch (code) {
    case Code::kInvalid: return 400;
    case Code::kNotFound: return 404;
    case Code::kConflict: return 409;
    case Code::kDenied: return 403;
    case Code::kUnavailable: return 503;
    case Code::kTimeout: return 504;
    case Code::kCorrupt: return 500;
    case Code::kReused: return 422;
    case Code::kExhausted: return 413;
  }
  XF_UNREACHABLE("unknown error code");
}

http::Response problem(const Error& error) { return problem(status_for(error.code), error.message); }

http::Response problem(int status, std::string_view detail) {
  return response(status, members(status, detail));
}

http::Response problem(const std::vector<definition::Problem>& problems) {
  std::string detail = "The definition is refused: " + std::to_string(problems.size()) +
                       (problems.size() == 1 ? " problem." : " problems.") + " Nothing was deployed.";
  return response(400, members(400, detail).with("problems", encode_items(problems)));
}

http::Response json_response(int status, const json::Value& body) {
  return json_response(status, json::print(body));
}

http::Response json_response(int status, std::string text) {
  return {.status = status, .content_type = "application/json", .headers = {}, .body = std::move(text)};
}

}  // namespace xf::gateway
