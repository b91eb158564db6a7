#include "base/http/uri.h"

#include <gtest/gtest.h>

namespace xf::http {

TEST(Uri, TakesApartAndPutsTogether) {
  const auto uri = parse_uri("HTTPS://u:p%40@Example.COM:8443/a%20b/../c?x=1&y#frag").value();
  EXPECT_EQ(uri.scheme, "https");
  EXPECT_EQ(uri.user, "u");
  EXPECT_EQ(uri.password, "p%40");
  EXPECT_EQ(uri.host, "example.com");
  EXPECT_EQ(uri.port, 8443);
  EXPECT_EQ(uri.path, "/c");
  EXPECT_EQ(uri.query, "x=1&y");
  EXPECT_EQ(uri.fragment, "frag");
  EXPECT_EQ(uri.origin(), "https://example.com:8443");
  EXPECT_EQ(uri.text(), "https://u:p%40@example.com:8443/c?x=1&y#frag");
  EXPECT_EQ(parse_uri("http://[::1]:80").value().text(), "http://[::1]/");
  EXPECT_EQ(parse_uri("http://h").value().port, 80);
}

TEST(Uri, Refuses) {
  for (const char* text :
       {"", "a", "/a/b", "http://", "http://h:99999/", "http://a b/", "http://h/\n", "mailto:a@b", "//h/a"}) {
    EXPECT_FALSE(parse_uri(text)) << text;
  }
  EXPECT_FALSE(parse_uri(std::string_view("http://h/\0x", 11)));
}

TEST(Uri, Resolves) {
  // RFC 3986 §5.4.
  const char* base = "http://a/b/c/d;p?q";
  const std::pair<const char*, const char*> cases[] = {
      {"g", "http://a/b/c/g"},     {"./g", "http://a/b/c/g"},      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},        {"//g", "http://g/"},           {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"}, {"", "http://a/b/c/d;p?q"},     {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},    {"../..", "http://a/"},         {"../../../g", "http://a/g"},
      {"g#s", "http://a/b/c/g#s"}, {"https://x/y", "https://x/y"}, {"#s", "http://a/b/c/d;p?q#s"},
  };
  for (const auto& [reference, expected] : cases)
    EXPECT_EQ(resolve_uri(base, reference).value_or("refused"), expected) << reference;
}

TEST(Uri, Queries) {
  EXPECT_EQ(parse_query("a=1&b=x+y%2F&c&&=d&e==f").value(),
            (QueryPairs{{"a", "1"}, {"b", "x y/"}, {"c", ""}, {"", "d"}, {"e", "=f"}}));
  EXPECT_FALSE(parse_query("a=%zz"));
  EXPECT_EQ(compose_query({{"a b", "1&2"}, {"c", ""}}), "a%20b=1%262&c=");
  EXPECT_EQ(with_query("http://h/p#f", {{"a", "1"}}), "http://h/p?a=1#f");
  EXPECT_EQ(with_query("http://h/p?x=2#f", {{"a", "1"}}), "http://h/p?x=2&a=1#f");
  EXPECT_EQ(with_query("http://h/p", {}), "http://h/p");
}

}  // namespace xf::http
