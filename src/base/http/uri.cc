// URIs over libcurl's URL parser.
#include "base/http/uri.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "base/uri_template.h"

namespace xf::http {

namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

constexpr unsigned kFlags = CURLU_NON_SUPPORT_SCHEME;

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return "";
  std::string out(text);
  curl_free(text);
  return out;
}

// libcurl stops at a NUL and lets white space and control characters pass in places.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
}

std::unexpected<Error> refuse(std::string_view text, const char* why) {
  return fail(Code::kInvalid, "'" + std::string(text.substr(0, 200)) + "' is not an absolute URI: " + why);
}

Result<Url> read(std::string_view text) {
  if (!is_plain(text))
    return refuse(text, "it has white space or a control character; write it as %20 or the like");
  Url url(curl_url());
  const auto code = curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), kFlags);
  if (code != CURLUE_OK) return refuse(text, curl_url_strerror(code));
  return url;
}

}  // namespace

std::string Uri::origin() const {
  const bool usual = port == 0 || (scheme == "http" && port == 80) || (scheme == "https" && port == 443);
  return scheme + "://" + host + (usual ? "" : ":" + std::to_string(port));
}

std::string Uri::text() const {
  std::string out = origin();
  if (!user.empty() || !password.empty()) {
    out.insert(scheme.size() + 3, user + (password.empty() ? "" : ":" + password) + "@");
  }
  out += path;
  if (!query.empty()) out += "?" + query;
  if (!fragment.empty()) out += "#" + fragment;
  return out;
}

Result<Uri> parse_uri(std::string_view text) {
  XF_TRY_ASSIGN(const Url url, read(text));
  Uri uri;
  uri.scheme = part(url.get(), CURLUPART_SCHEME);
  uri.user = part(url.get(), CURLUPART_USER);
  uri.password = part(url.get(), CURLUPART_PASSWORD);
  uri.host = part(url.get(), CURLUPART_HOST);
  uri.path = part(url.get(), CURLUPART_PATH);
  uri.query = part(url.get(), CURLUPART_QUERY);
  uri.fragment = part(url.get(), CURLUPART_FRAGMENT);
  for (auto* lowered : {&uri.scheme, &uri.host}) {
    for (char& c : *lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  const std::string port = part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  uri.port = static_cast<std::uint16_t>(port.empty() ? 0 : std::stoul(port));
  if (uri.host.empty()) return refuse(text, "it names no host");
  return uri;
}

Result<std::string> resolve_uri(std::string_view base, std::string_view reference) {
  XF_TRY_ASSIGN(const Url url, read(base));
  if (!is_plain(reference)) return refuse(reference, "it has white space or a control character");
  // libcurl takes an empty reference for an error, and one of only a fragment for a path.
  if (reference.empty() || reference.front() == '#') {
    const std::string fragment(reference.substr(reference.empty() ? 0 : 1));
    curl_url_set(url.get(), CURLUPART_FRAGMENT, fragment.empty() ? nullptr : fragment.c_str(), 0);
  } else if (const auto code = curl_url_set(url.get(), CURLUPART_URL, std::string(reference).c_str(), kFlags);
             code != CURLUE_OK) {
    return refuse(reference, curl_url_strerror(code));
  }
  return part(url.get(), CURLUPART_URL);
}

Result<QueryPairs> parse_query(std::string_view query) {
  QueryPairs pairs;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    std::string item(query.substr(0, end));
    query.remove_prefix(std::min(end + 1, query.size()));
    if (item.empty()) continue;
    std::replace(item.begin(), item.end(), '+', ' ');
    const auto equals = std::min(item.find('='), item.size());
    XF_TRY_ASSIGN(auto name, percent_decode(std::string_view(item).substr(0, equals)));
    XF_TRY_ASSIGN(auto value,
                  percent_decode(std::string_view(item).substr(std::min(equals + 1, item.size()))));
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

std::string compose_query(const QueryPairs& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out += percent_encode(name) + "=" + percent_encode(value);
  }
  return out;
}

std::string with_query(std::string_view uri, const QueryPairs& pairs) {
  const auto mark = std::min(uri.find('#'), uri.size());
  std::string out(uri.substr(0, mark));
  if (!pairs.empty()) {
    const bool has_query = out.find('?') != std::string::npos;
    if (!has_query)
      out += '?';
    else if (!out.ends_with('?') && !out.ends_with('&'))
      out += '&';
    out += compose_query(pairs);
  }
  return out.append(uri.substr(mark));
}

}  // namespace xf::http
