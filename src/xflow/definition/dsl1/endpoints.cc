#include "xflow/definition/dsl1/endpoints.h"

#include <algorithm>

#include "xflow/definition/dsl1/common.h"
#include "xflow/definition/dsl1/expressions.h"
#include "xflow/definition/dsl1/fields.h"
#include "xflow/definition/dsl1/suggest.h"

namespace xf::dsl1 {
namespace {

using Scheme = plan::Authentication::Scheme;

void endpoint_uri(Context& cx, const Place& place, plan::Endpoint& out) {
  if (place.value().is_string() && place.value().as_string().find("${") != std::string_view::npos) {
    out.uri = value(cx, place);
    out.is_uri_template = false;
  } else if (check_uri(cx, place)) {
    out.uri = plan::Template::literal(place.value());
  }
}

// Each of these members is text, or an expression that gives it.
void check_texts(Context& cx, const Fields& f, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const auto member = f.get(name)) text(cx, *member);
  }
}

void check_credentials(Context& cx, const Place& place, std::string_view what,
                       std::initializer_list<std::string_view> names) {
  const Fields f(cx, place, what, names);
  for (const std::string_view name : names) {
    if (const auto member = f.require(name)) text(cx, *member);
  }
}

void check_token(Context& cx, const Place& place) {
  check_credentials(cx, place, "a token", {"token", "type"});
}

void check_client(Context& cx, const Place& place) {
  const Fields f(cx, place, "a client", {"id", "secret", "assertion", "authentication"});
  if (!f) return;
  check_texts(cx, f, {"id", "secret", "assertion"});
  if (const auto how = f.get("authentication")) {
    choice(cx, *how,
           {"client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"});
  }
}

void check_endpoints(Context& cx, const Place& place) {
  constexpr std::string_view kNames[] = {"token", "revocation", "introspection"};
  const Fields f(cx, place, "the endpoints", kNames);
  for (const std::string_view name : kNames) {
    if (const auto member = f.get(name); member && !is_expression(member->value())) {
      check_uri(cx, *member, Relative::kAlways);
    }
  }
}

void check_oauth2(Context& cx, const Place& place, bool is_oidc) {
  std::vector<std::string_view> names = {"authority", "grant",    "client",   "request", "issuers", "scopes",
                                         "audiences", "username", "password", "subject", "actor"};
  if (!is_oidc) names.push_back("endpoints");
  const Fields f(cx, place, is_oidc ? "an oidc policy" : "an oauth2 policy", names);
  if (!f) return;
  const auto authority =
      cx.lacks(Version::kMain) || !cx.is_strict ? f.get("authority") : f.require("authority");
  if (authority && !is_expression(authority->value())) check_uri(cx, *authority);
  const auto grant = cx.lacks(Version::kMain) || !cx.is_strict ? f.get("grant") : f.require("grant");
  if (grant) {
    choice(cx, *grant,
           {"authorization_code", "client_credentials", "password", "refresh_token",
            "urn:ietf:params:oauth:grant-type:token-exchange"});
  }
  if (const auto endpoints = f.get("endpoints")) check_endpoints(cx, *endpoints);
  if (const auto client = f.get("client")) check_client(cx, *client);
  if (const auto request = f.get("request")) {
    const Fields r(cx, *request, "a token request", {"encoding"});
    if (const auto encoding = r.get("encoding")) {
      choice(cx, *encoding, {"application/x-www-form-urlencoded", "application/json"});
    }
  }
  for (const std::string_view name : {"issuers", "scopes", "audiences"}) {
    if (const auto list = f.get(name)) texts(cx, *list, "a list of texts");
  }
  check_texts(cx, f, {"username", "password"});
  for (const std::string_view name : {"subject", "actor"}) {
    if (const auto token = f.get(name)) check_token(cx, *token);
  }
}

void check_properties(Context& cx, const Place& place, Scheme scheme) {
  switch (scheme) {
    case Scheme::kBasic: return check_credentials(cx, place, "a basic policy", {"username", "password"});
    case Scheme::kBearer: return check_credentials(cx, place, "a bearer policy", {"token"});
    case Scheme::kDigest: return check_credentials(cx, place, "a digest policy", {"username", "password"});
    case Scheme::kOAuth2: return check_oauth2(cx, place, false);
    case Scheme::kOidc: return check_oauth2(cx, place, true);
  }
}

constexpr std::string_view kSchemes[] = {"basic", "bearer", "digest", "oauth2", "oidc"};

// {use: secret}: all properties come from that secret.
void secret_policy(Context& cx, const Place& place, plan::Authentication& out) {
  const Fields f(cx, place, "a policy that stands in a secret", {"use"});
  const auto use = f.require("use");
  const auto name = use ? name_text(cx, *use) : std::nullopt;
  if (!name) return;
  out.secret = *name;
  const std::vector<std::string_view> known(cx.plan.secrets.begin(), cx.plan.secrets.end());
  if (std::ranges::find(known, *name) != known.end()) return;
  const std::string near = suggestion(*name, known);
  cx.report.value(*use, "the secret '" + *name + "' is not declared",
                  near.empty() ? "add it to use.secrets" : near);
}

plan::Authentication scheme_policy(Context& cx, const Place& place) {
  plan::Authentication out;
  out.scheme = static_cast<Scheme>(std::ranges::find(kSchemes, place.name()) - std::begin(kSchemes));
  if (place.value().get("use").is_null()) {
    check_properties(cx, place, out.scheme);
    const Scoped in_call(cx.in_call, true);
    out.properties = value(cx, place);
  } else {
    secret_policy(cx, place, out);
  }
  return out;
}

}  // namespace

std::optional<plan::Authentication> authentication_policy(Context& cx, const Place& place) {
  const Fields f(cx, place, "an authentication policy", kSchemes);
  const auto scheme = f.exactly_one(kSchemes);
  if (!scheme) return std::nullopt;
  return scheme_policy(cx, *scheme);
}

std::optional<plan::Authentication> authentication(Context& cx, const Place& place) {
  std::optional<Place> use;
  if (place.value().is_string()) {
    if (cx.is_strict)
      cx.report.value(place, "expected an authentication policy (a mapping)", "write {use: name}");
    use = place;
  } else if (const yaml::Entry* entry = place.node().find("use")) {
    const Fields f(cx, place, "a reference to an authentication policy", {"use"});
    use = Place(place, *entry);
  }
  if (!use) return authentication_policy(cx, place);
  NamedPart* part = named_part(cx, *use, cx.authentications, "authentication");
  return part == nullptr ? std::nullopt : authentication_policy(cx, part->place);
}

plan::Endpoint endpoint(Context& cx, const Place& place) {
  plan::Endpoint out;
  const Scoped in_call(cx.in_call, true);
  if (!place.value().is_object()) {
    endpoint_uri(cx, place, out);
    return out;
  }
  const Fields f(cx, place, "an endpoint", {"uri", "authentication"});
  if (const auto uri = f.require("uri")) endpoint_uri(cx, *uri, out);
  if (const auto policy = f.get("authentication")) out.authentication = authentication(cx, *policy);
  return out;
}

plan::ExternalResource external_resource(Context& cx, const Place& place) {
  plan::ExternalResource out;
  const Fields f(cx, place, "an external resource", {"name", "endpoint"});
  if (!f) return out;
  if (const auto name = f.get("name")) out.name = text(cx, *name).value_or("");
  if (const auto where = f.require("endpoint")) out.endpoint = endpoint(cx, *where);
  return out;
}

}  // namespace xf::dsl1
