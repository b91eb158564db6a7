// Guards a loopback server from web pages; see browser_guard.h.
#include "gateway/browser_guard.h"

#include <array>

namespace xf::gateway {
namespace {

bool is_loopback_host(std::string_view host, std::uint16_t port) {
  std::string suffix = ":" + std::to_string(port);
  if (host.ends_with(suffix)) host.remove_suffix(suffix.size());
  return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

bool is_own_origin(std::string_view origin, std::uint16_t port) {
  constexpr std::string_view kScheme = "http://";
  if (!origin.starts_with(kScheme)) return false;
  std::string_view host = origin.substr(kScheme.size());
  return host.ends_with(":" + std::to_string(port)) && is_loopback_host(host, port);
}

}  // namespace

std::optional<std::string> refuses(const http::Request& request, std::uint16_t port) {
  auto host = request.header("Host");
  if (!host || !is_loopback_host(*host, port))
    return "the Host header must name this server on loopback (127.0.0.1, localhost or [::1])";
  if (auto origin = request.header("Origin"); origin && !is_own_origin(*origin, port))
    return "requests from other origins are refused";
  if (auto site = request.header("Sec-Fetch-Site"); site && *site != "same-origin" && *site != "none")
    return "cross-site requests are refused";
  return std::nullopt;
}

}  // namespace xf::gateway
