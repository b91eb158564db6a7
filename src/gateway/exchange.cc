// What every handler needs of a request; see exchange.h.
#include "gateway/exchange.h"

#include "base/json/parse.h"

namespace xf::gateway {
namespace {

// FNV-1a: tells apart two bodies under one key; it is no protection, and need not be one.
std::uint64_t digest(std::string_view text, std::uint64_t state = 14695981039346656037u) {
  for (char c : text) state = (state ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return state;
}

}  // namespace

Result<json::Value> Exchange::body() const {
  if (request.body.empty()) return json::Value();
  Result<json::Value> value = json::parse(request.body);
  if (!value) return fail(Code::kInvalid, "the body is not JSON: " + value.error().message);
  return value;
}

runtime::Idempotency Exchange::idempotency() const {
  auto key = request.header("Idempotency-Key");
  if (!key) return {};
  return {.key = std::string(*key), .body = digest(request.body, digest(request.target()))};
}

}  // namespace xf::gateway
