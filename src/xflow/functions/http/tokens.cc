// OAuth 2.0 access tokens; see tokens.h.
#include "xflow/functions/http/tokens.h"

#include "base/base64.h"
#include "base/http/uri.h"
#include "base/json/parse.h"
#include "base/json/print.h"
#include "base/uri_template.h"

namespace xf::functions::http_call {
namespace {

using json::Value;

// A token is renewed this long before it expires, so that none expires under way.
constexpr TimeUs kMargin = 30 * kUsPerSecond;
constexpr TimeUs kLifetimeDefault = 300 * kUsPerSecond;

std::string text(const Value& object, std::string_view key) {
  const Value& value = object.get(key);
  return value.is_string() ? std::string(value.as_string()) : "";
}

std::string joined(const Value& list) {
  std::string out;
  for (const Value& item : list.elements())
    if (item.is_string()) out += (out.empty() ? "" : " ") + std::string(item.as_string());
  return out;
}

void add(http::QueryPairs& form, std::string_view name, const std::string& value) {
  if (!value.empty()) form.emplace_back(name, value);
}

http::QueryPairs form_of(const Value& policy, const std::string& refresh) {
  http::QueryPairs form;
  std::string grant = text(policy, "grant");
  if (grant.empty()) grant = "client_credentials";
  // The language has no place of its own for a refresh token that one begins with: it is the subject's.
  const bool begins_with_refresh = refresh.empty() && grant == "refresh_token";
  if (!refresh.empty()) grant = "refresh_token";
  add(form, "grant_type", grant);
  add(form, "refresh_token", begins_with_refresh ? text(policy.get("subject"), "token") : refresh);
  add(form, "scope", joined(policy.get("scopes")));
  if (grant == "refresh_token") return form;
  add(form, "username", text(policy, "username"));
  add(form, "password", text(policy, "password"));
  for (const Value& audience : policy.get("audiences").elements())
    if (audience.is_string()) add(form, "audience", std::string(audience.as_string()));
  for (std::string_view role : {"subject", "actor"}) {
    add(form, std::string(role) + "_token", text(policy.get(role), "token"));
    add(form, std::string(role) + "_token_type", text(policy.get(role), "type"));
  }
  return form;
}

// Grants that nothing can come of.
Result<void> check_grant(const Value& policy) {
  const std::string grant = text(policy, "grant");
  if (grant == "authorization_code")
    return fail(Code::kInvalid, "the grant authorization_code needs a person at a browser, and here is none");
  if (grant == "refresh_token" && text(policy.get("subject"), "token").empty())
    return fail(Code::kInvalid, "the grant refresh_token needs a token to begin with: give it as subject.token");
  return {};
}

// How the client proves itself (RFC 6749 §2.3). An assertion is the definition's own; this program signs
// none.
Result<void> authenticate(const Value& client, http::QueryPairs& form, http::Call& call) {
  std::string method = text(client, "authentication"), id = text(client, "id"),
              secret = text(client, "secret");
  if (method.empty()) method = "client_secret_post";
  if (method == "client_secret_basic") {
    call.headers.push_back(
        {"Authorization", "Basic " + base64(percent_encode(id) + ":" + percent_encode(secret))});
  } else if (method == "client_secret_post" || method == "none") {
    add(form, "client_id", id);
    if (method != "none") add(form, "client_secret", secret);
  } else if (method == "client_secret_jwt" || method == "private_key_jwt") {
    std::string assertion = text(client, "assertion");
    if (assertion.empty())
      return fail(Code::kInvalid, "client.authentication " + method + " needs client.assertion");
    add(form, "client_id", id);
    add(form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    add(form, "client_assertion", assertion);
  } else {
    return fail(Code::kInvalid, "unknown client.authentication '" + method + "'");
  }
  return {};
}

void set_form(const Value& policy, const http::QueryPairs& form, http::Call& call) {
  if (text(policy.get("request"), "encoding") == "application/json") {
    Value body = Value::object();
    for (const auto& [name, value] : form) body = std::move(body).with(name, Value::string(value));
    call.headers.push_back({"Content-Type", "application/json"});
    call.body = json::print(body);
    return;
  }
  call.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  call.body = http::compose_query(form);
}

// A path is seen from the authority, which may have one itself (https://id.example.com/realms/us).
Result<std::string> token_endpoint(const Value& policy) {
  std::string authority = text(policy, "authority"), path = text(policy.get("endpoints"), "token");
  if (path.empty()) path = "/oauth2/token";
  if (authority.ends_with('/')) authority.pop_back();
  return path.starts_with('/') ? Result<std::string>(authority + path) : http::resolve_uri(authority + "/", path);
}

// The JSON of a 2xx answer. The body of a refusal may name the secret that was wrong: it stays out of the
// message.
Result<Value> json_answer(const http::CallOutcome& outcome, std::string_view what) {
  if (!outcome)
    return fail(Code::kUnavailable, std::string(what) + " cannot be reached: " + outcome.error().message);
  auto body = json::parse(outcome->body);
  if (outcome->status < 200 || outcome->status > 299) {
    std::string reason =
        body && body->get("error").is_string() ? std::string(body->get("error").as_string()) : "";
    return fail(Code::kDenied, std::string(what) + " answered " + std::to_string(outcome->status) +
                                   (reason.empty() ? "" : " " + reason));
  }
  if (!body || !body->is_object())
    return fail(Code::kUnavailable, std::string(what) + " did not answer with a JSON object");
  return body;
}

std::string key_of(const Value& policy, bool oidc) {
  return (oidc ? "oidc " : "oauth2 ") + json::canonical(policy);
}

}  // namespace

void Tokens::get(const Value& policy, bool oidc, Callback callback) {
  std::string key = key_of(policy, oidc);
  std::unique_lock lock(mutex_);
  Entry& entry = entries_[key];
  if (entry.expires > options_.now()) {
    Token token = entry.token;
    lock.unlock();
    return callback(std::move(token));
  }
  entry.waiting.push_back(std::move(callback));
  if (entry.fetching) return;
  entry.fetching = true;
  lock.unlock();
  if (oidc) return discover(std::move(key), policy);
  Result<std::string> endpoint = token_endpoint(policy);
  if (!endpoint) return took(key, std::unexpected(endpoint.error()));
  request(std::move(key), policy, *std::move(endpoint));
}

void Tokens::refused(const Value& policy, bool oidc, const std::string& token) {
  std::lock_guard lock(mutex_);
  auto entry = entries_.find(key_of(policy, oidc));
  if (entry != entries_.end() && entry->second.token.value == token) entry->second.expires = 0;
}

void Tokens::discover(std::string key, Value policy) {
  std::string authority = text(policy, "authority");
  if (authority.ends_with('/')) authority.pop_back();
  http::Call call;
  call.url = authority + "/.well-known/openid-configuration";
  client_.send(std::move(call),
               [this, key = std::move(key), policy = std::move(policy)](http::CallOutcome outcome) mutable {
                 Result<Value> document = json_answer(outcome, "the OpenID provider's discovery document");
                 if (!document) return took(key, std::move(document));
                 std::string endpoint = text(*document, "token_endpoint");
                 if (endpoint.empty())
                   return took(key, fail(Code::kUnavailable, "the OpenID provider names no token endpoint"));
                 request(std::move(key), std::move(policy), std::move(endpoint));
               });
}

void Tokens::request(std::string key, Value policy, std::string endpoint) {
  std::string refresh;
  {
    std::lock_guard lock(mutex_);
    // A refresh token is tried once: when it is refused, the client proves itself anew.
    refresh = std::exchange(entries_[key].refresh, "");
  }
  http::Call call;
  call.method = "POST";
  std::string url = std::move(endpoint);
  call.url = url;
  call.headers.push_back({"Accept", "application/json"});
  http::QueryPairs form = form_of(policy, refresh);
  if (Result<void> grant = check_grant(policy); !grant) return took(key, std::unexpected(grant.error()));
  if (Result<void> client = authenticate(policy.get("client"), form, call); !client)
    return took(key, std::unexpected(client.error()));
  set_form(policy, form, call);
  const bool is_refresh = !refresh.empty();
  client_.send(std::move(call), [this, key = std::move(key), policy = std::move(policy), endpoint = std::move(url),
                                 is_refresh](http::CallOutcome outcome) mutable {
    Result<Value> answer = json_answer(outcome, "the authorization server");
    if (!answer && is_refresh) return request(std::move(key), std::move(policy), std::move(endpoint));
    took(key, std::move(answer));
  });
}

void Tokens::took(const std::string& key, Result<Value> answer) {
  std::vector<Callback> waiting;
  Result<Token> token = fail(Code::kDenied, "the authorization server gave no access token");
  {
    std::lock_guard lock(mutex_);
    Entry& entry = entries_[key];
    entry.fetching = false;
    waiting.swap(entry.waiting);
    if (!answer) {
      token = std::unexpected(answer.error());
    } else if (std::string value = text(*answer, "access_token"); !value.empty()) {
      const Value& seconds = answer->get("expires_in");
      TimeUs lifetime = seconds.is_int64() ? seconds.as_int64() * kUsPerSecond : kLifetimeDefault;
      entry.token = {.value = std::move(value), .type = "Bearer"};
      entry.expires = options_.now() + std::max<TimeUs>(lifetime - std::min(kMargin, lifetime / 2), 0);
      entry.refresh = text(*answer, "refresh_token");
      token = entry.token;
    }
  }
  for (Callback& callback : waiting) callback(token);
}

}  // namespace xf::functions::http_call
