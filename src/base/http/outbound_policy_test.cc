#include "base/http/outbound_policy.h"

#include <gtest/gtest.h>

namespace xf::http {

namespace {

OutboundRule rule(std::string_view text) { return OutboundRule::parse(text).value(); }

bool allows(const OutboundPolicy& policy, std::string_view address, std::string_view host = "h",
            std::uint16_t port = 80) {
  return !policy.refuses(host, *IpAddress::parse(address), port);
}

}  // namespace

TEST(OutboundPolicy, MetadataAddressesAreNeverAllowed) {
  OutboundPolicy policy;
  policy.allow_private = true;
  policy.allow = {rule("0.0.0.0/0"), rule("[::]/0"), rule("h")};
  for (const char* address : {"169.254.169.254", "169.254.0.1", "::ffff:169.254.169.254", "::169.254.169.254",
                              "64:ff9b::169.254.169.254", "2002:a9fe:a9fe::1", "fe80::1", "fe80::1%eth0",
                              "febf::1", "fd00:ec2::254", "100.100.100.200"}) {
    EXPECT_FALSE(allows(policy, address)) << address;
  }
  EXPECT_TRUE(allows(policy, "169.253.255.255"));
  EXPECT_TRUE(allows(policy, "fd00:ec2::253"));
}

TEST(OutboundPolicy, PrivateAddresses) {
  OutboundPolicy serve, run;
  run.allow_private = true;
  for (const char* address : {"127.0.0.1",   "127.9.9.9",        "0.0.0.0",
                              "10.1.2.3",    "172.16.0.1",       "172.31.255.255",
                              "192.168.1.1", "100.64.0.1",       "198.18.0.1",
                              "224.0.0.1",   "255.255.255.255",  "::",
                              "::1",         "fc00::1",          "fd12::1",
                              "ff02::1",     "::ffff:127.0.0.1", "::ffff:10.0.0.1",
                              "::127.0.0.1", "64:ff9b::7f00:1",  "2002:7f00:1::",
                              "2002:a00:1::"}) {
    EXPECT_FALSE(allows(serve, address)) << address;
    EXPECT_TRUE(allows(run, address)) << address;
  }
  for (const char* address : {"1.1.1.1", "172.32.0.1", "172.15.255.255", "11.0.0.1", "2606:4700::1111",
                              "126.255.255.255", "128.0.0.1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"}) {
    EXPECT_TRUE(allows(serve, address)) << address;
  }
}

TEST(OutboundPolicy, Rules) {
  OutboundPolicy policy;
  policy.allow = {rule("127.0.0.1:8081"), rule("*.internal"), rule("10.0.0.0/8")};
  policy.deny = {rule("10.6.6.0/24"), rule("evil.example"), rule("[2606::]/16")};
  EXPECT_TRUE(allows(policy, "127.0.0.1", "h", 8081));
  EXPECT_TRUE(allows(policy, "::ffff:127.0.0.1", "h", 8081));
  EXPECT_FALSE(allows(policy, "127.0.0.1", "h", 8082));
  EXPECT_TRUE(allows(policy, "192.168.0.1", "db.Internal."));
  EXPECT_FALSE(allows(policy, "192.168.0.1", "internal"));
  EXPECT_FALSE(allows(policy, "192.168.0.1", "notinternal"));
  EXPECT_TRUE(allows(policy, "10.6.5.1"));
  EXPECT_FALSE(allows(policy, "10.6.6.1"));
  EXPECT_FALSE(allows(policy, "8.8.8.8", "EVIL.example"));
  EXPECT_FALSE(allows(policy, "2606:4700::1"));
  EXPECT_TRUE(allows(policy, "8.8.8.8"));
  policy.only_allowed = true;
  EXPECT_FALSE(allows(policy, "8.8.8.8"));
  EXPECT_TRUE(allows(policy, "10.0.0.1"));
}

TEST(OutboundPolicy, ParsesRules) {
  for (const char* text :
       {"1.2.3.4", "1.2.3.4:80", "1.2.3.0/24", "1.2.3.0/24:80", "::1", "[::1]", "[::1]:80", "[fd00::]/8",
        "[fd00::]/8:443", "fd00::/8", "example.com", "*.example.com:443", "localhost"}) {
    EXPECT_TRUE(OutboundRule::parse(text)) << text;
  }
  for (const char* text : {"", "*", "1.2.3.4:", "1.2.3.4:99999", "1.2.3.0/33", "::/129", "1.2.3.0/",
                           "example.com/8", "http://example.com", "a b", "[::1", "*.*"}) {
    EXPECT_FALSE(OutboundRule::parse(text)) << text;
  }
  EXPECT_EQ(rule("[fd00::]/8:443").port, 443);
  EXPECT_EQ(rule("fd00::/8").prefix_bits, 8u);
  EXPECT_EQ(rule("1.2.3.0/24").prefix_bits, 120u);
}

}  // namespace xf::http
