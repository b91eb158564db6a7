// OutboundPolicy: which addresses this process may connect to. Pure: it decides on a host name and the
// address that is about to be connected to, whatever DNS said before.
//
// In this order: link-local and cloud metadata addresses are never allowed; a deny rule refuses; an allow
// rule allows; private, loopback and other special addresses are refused unless `allow_private`; the rest of
// the internet is allowed unless `only_allowed`. IPv4 inside IPv6 (mapped, compatible, 6to4, NAT64) is judged
// as the IPv4 address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sockaddr;

namespace xf::http {

// Sixteen bytes in network order; IPv4 as ::ffff:a.b.c.d.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  static std::optional<IpAddress> parse(std::string_view);  // "10.0.0.1", "::1", "[::1]", "fe80::1%eth0"
  static std::optional<IpAddress> from(const sockaddr*);
  bool is_v4() const;
  bool operator==(const IpAddress&) const = default;
};
std::string to_string(const IpAddress&);

// "10.0.0.0/8", "::1", "127.0.0.1:8081", "[fd00::]/8", "api.example.com", "*.example.com:443"
struct OutboundRule {
  std::string host;  // lower case; "*.x" stands for every name below x; empty: a rule for addresses
  IpAddress network;
  unsigned prefix_bits = 128;         // of the sixteen bytes
  std::optional<std::uint16_t> port;  // none: every port

  static Result<OutboundRule> parse(std::string_view);
  bool covers(std::string_view host, const IpAddress&, std::uint16_t port) const;
};

struct OutboundPolicy {
  std::vector<OutboundRule> allow, deny;
  bool allow_private = false;  // `run`: true; `serve`: false unless configured
  bool only_allowed = false;   // nothing but what `allow` says

  // Nothing when it may be connected to, else why not, for a message.
  std::optional<std::string> refuses(std::string_view host, const IpAddress&, std::uint16_t port) const;
};

}  // namespace xf::http
