// Judges addresses.
#include "base/http/outbound_policy.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace xf::http {

namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

IpAddress from_v4(const std::uint8_t* four) {
  IpAddress address;
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
  std::copy(four, four + 4, address.bytes.begin() + 12);
  return address;
}

bool in_network(const IpAddress& address, const IpAddress& network, unsigned prefix_bits) {
  for (unsigned bit = 0; bit < prefix_bits; bit += 8) {
    const unsigned left = prefix_bits - bit;
    const auto mask = static_cast<std::uint8_t>(left >= 8 ? 0xff : 0xff << (8 - left));
    if ((address.bytes[bit / 8] ^ network.bytes[bit / 8]) & mask) return false;
  }
  return true;
}

bool in_any(const IpAddress& address, const std::vector<OutboundRule>& rules) {
  return std::any_of(rules.begin(), rules.end(), [&](const OutboundRule& rule) {
    return in_network(address, rule.network, rule.prefix_bits);
  });
}

std::vector<OutboundRule> parse_all(std::initializer_list<const char*> texts) {
  std::vector<OutboundRule> rules;
  for (const char* text : texts) rules.push_back(*OutboundRule::parse(text));
  return rules;
}

// Where cloud providers hand out credentials to whoever asks from inside.
bool is_metadata(const IpAddress& address) {
  static const auto networks = parse_all({"169.254.0.0/16", "[fe80::]/10", "fd00:ec2::254", "fd20:ce::254",
                                          "100.100.100.200", "192.0.0.192", "168.63.129.16"});
  return in_any(address, networks);
}

// Not the public internet: IANA's special-purpose registries, multicast, and what stands for "this host".
bool is_private(const IpAddress& address) {
  static const auto networks = parse_all({"0.0.0.0/8",
                                          "10.0.0.0/8",
                                          "100.64.0.0/10",
                                          "127.0.0.0/8",
                                          "172.16.0.0/12",
                                          "192.0.0.0/24",
                                          "192.0.2.0/24",
                                          "192.168.0.0/16",
                                          "198.18.0.0/15",
                                          "198.51.100.0/24",
                                          "203.0.113.0/24",
                                          "224.0.0.0/4",
                                          "240.0.0.0/4",
                                          "::",
                                          "::1",
                                          "[fc00::]/7",
                                          "[fec0::]/10",
                                          "[ff00::]/8",
                                          "[100::]/64",
                                          "[2001:db8::]/32",
                                          "[2001::]/32",
                                          "[64:ff9b:1::]/48"});
  return in_any(address, networks);
}

// The IPv4 address that an IPv6 address carries or is translated to, as the mapped one.
IpAddress unwrapped(const IpAddress& address) {
  static const auto nat64 = *OutboundRule::parse("[64:ff9b::]/96");
  static const auto six_to_four = *OutboundRule::parse("[2002::]/16");
  static const auto compatible = *OutboundRule::parse("[::]/96");
  static const auto special = parse_all({"::", "::1"});
  const auto* bytes = address.bytes.data();
  if (in_network(address, nat64.network, 96)) return from_v4(bytes + 12);
  if (in_network(address, six_to_four.network, 16)) return from_v4(bytes + 2);
  if (in_network(address, compatible.network, 96) && !in_any(address, special)) return from_v4(bytes + 12);
  return address;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  if (out.ends_with('.')) out.pop_back();  // "host." is "host"
  return out;
}

template <typename T>
bool parse_number(std::string_view text, unsigned most, T& out) {
  unsigned value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size() || value > most) return false;
  out = static_cast<T>(value);
  return true;
}

bool is_host_name(std::string_view text) {
  if (text.starts_with("*.")) text.remove_prefix(2);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  const std::string plain(text.substr(0, text.find('%')));
  std::uint8_t four[4];
  if (inet_pton(AF_INET, plain.c_str(), four) == 1) return from_v4(four);
  IpAddress address;
  if (inet_pton(AF_INET6, plain.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::optional<IpAddress> IpAddress::from(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    std::uint8_t four[4];
    std::memcpy(four, &v4.sin_addr, 4);
    return from_v4(four);
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6;
  std::memcpy(&v6, address, sizeof v6);
  IpAddress result;
  std::memcpy(result.bytes.data(), &v6.sin6_addr, 16);
  return result;
}

bool IpAddress::is_v4() const {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin());
}

std::string to_string(const IpAddress& address) {
  char text[INET6_ADDRSTRLEN];
  if (address.is_v4())
    inet_ntop(AF_INET, address.bytes.data() + 12, text, sizeof text);
  else
    inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text);
  return text;
}

Result<OutboundRule> OutboundRule::parse(std::string_view text) {
  const auto refuse = [&] {
    return fail(Code::kInvalid,
                "'" + std::string(text) +
                    "' is no outbound rule; write an address, a network (10.0.0.0/8, [fd00::]/8) or a "
                    "host (api.example.com, *.example.com), each with :port if need be");
  };
  OutboundRule rule;
  std::string_view rest = text;
  // One colon, or one after a bracket, sets off a port; more are an IPv6 address.
  const auto colon = rest.rfind(':');
  const auto bracket = rest.rfind(']');
  const bool is_bare_v6 = bracket == std::string_view::npos && colon != rest.find(':');
  if (colon != std::string_view::npos && !is_bare_v6 &&
      (bracket == std::string_view::npos || colon > bracket)) {
    std::uint16_t port = 0;
    if (!parse_number(rest.substr(colon + 1), 65535, port)) return refuse();
    rule.port = port;
    rest = rest.substr(0, colon);
  }
  const auto slash = rest.find('/');
  if (const auto address = IpAddress::parse(rest.substr(0, slash))) {
    rule.network = *address;
    const unsigned most = address->is_v4() ? 32 : 128;
    if (slash != std::string_view::npos && !parse_number(rest.substr(slash + 1), most, rule.prefix_bits))
      return refuse();
    if (slash == std::string_view::npos)
      rule.prefix_bits = 128;
    else if (address->is_v4())
      rule.prefix_bits += 96;
    return rule;
  }
  rule.host = lower(rest);
  if (slash != std::string_view::npos || !is_host_name(rule.host)) return refuse();
  return rule;
}

bool OutboundRule::covers(std::string_view name, const IpAddress& address, std::uint16_t to_port) const {
  if (port && *port != to_port) return false;
  if (host.empty())
    return in_network(unwrapped(address), network, prefix_bits) || in_network(address, network, prefix_bits);
  const std::string asked = lower(name);
  return host.starts_with("*.") ? asked.ends_with(std::string_view(host).substr(1)) : asked == host;
}

std::optional<std::string> OutboundPolicy::refuses(std::string_view host, const IpAddress& address,
                                                   std::uint16_t port) const {
  const auto covered_by = [&](const std::vector<OutboundRule>& rules) {
    return std::any_of(rules.begin(), rules.end(),
                       [&](const auto& rule) { return rule.covers(host, address, port); });
  };
  const auto carried = unwrapped(address);
  const std::string where =
      std::string(host) + " (" + to_string(address) + ", port " + std::to_string(port) + ")";
  if (is_metadata(address) || is_metadata(carried)) return where + " is a link-local or metadata address";
  if (covered_by(deny)) return where + " is denied by the outbound policy";
  if (covered_by(allow)) return std::nullopt;
  if (!allow_private && (is_private(address) || is_private(carried))) {
    return where + " is a private or loopback address; allow it in the outbound policy if it is meant";
  }
  if (only_allowed) return where + " is not among the addresses that the outbound policy allows";
  return std::nullopt;
}

}  // namespace xf::http
