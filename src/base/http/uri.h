// URIs: taking apart, putting together, resolving, and query strings. libcurl's parser does the work, so that
// what is checked here is what is called later.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace xf::http {

struct Uri {
  std::string scheme;          // lower case
  std::string user, password;  // percent-encoded
  std::string host;            // lower case; IPv6 in brackets
  std::uint16_t port = 0;      // the scheme's own when the text has none
  std::string path;            // percent-encoded, at least "/"
  std::string query;           // percent-encoded, without '?'
  std::string fragment;

  std::string origin() const;  // "https://host" or "https://host:8443"
  std::string text() const;
  bool operator==(const Uri&) const = default;
};

// Absolute URIs with an authority: http, https, ws, wss and the like. Dot segments are removed.
Result<Uri> parse_uri(std::string_view);
// RFC 3986 §5: `reference` as seen from `base`, which is absolute.
Result<std::string> resolve_uri(std::string_view base, std::string_view reference);

// For one path segment or one name or value of a query; see also base/uri_template.h.
using QueryPairs = std::vector<std::pair<std::string, std::string>>;
// application/x-www-form-urlencoded: "a=1&b=x+y%2F" -> {a,1},{b,"x y/"}. Invalid: broken percent-encoding.
Result<QueryPairs> parse_query(std::string_view);
std::string compose_query(const QueryPairs&);  // spaces become %20, which every reader takes
// Adds pairs to the query that `uri` may already have, before its fragment.
std::string with_query(std::string_view uri, const QueryPairs&);

}  // namespace xf::http
