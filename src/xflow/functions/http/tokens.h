// Tokens: OAuth 2.0 access tokens for calls: fetched once for each client, scope and audience, shared by the
// calls that wait, kept until shortly before they expire, fetched anew when a service refuses one. Never
// stored, never logged.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/http/client.h"
#include "base/json/value.h"
#include "base/time.h"

namespace xf::functions::http_call {

// Thread-safe. Callbacks run on the client's thread, or at once when the token is there.
class Tokens {
 public:
  struct Options {
    std::function<TimeUs()> now;
  };
  Tokens(http::Client& client, Options options) : client_(client), options_(std::move(options)) {}

  struct Token {
    std::string value;
    std::string type;  // "Bearer"
  };
  using Callback = std::move_only_function<void(Result<Token>)>;

  // `policy` is the evaluated `oauth2` or `oidc` object of the definition. `oidc`: the token endpoint comes
  // from the authority's discovery document.
  void get(const json::Value& policy, bool oidc, Callback);
  // The service refused this token: the next get() fetches another one.
  void refused(const json::Value& policy, bool oidc, const std::string& token);

 private:
  struct Entry {
    Token token;
    TimeUs expires = 0;  // 0: none is held
    std::string refresh;
    bool fetching = false;
    std::vector<Callback> waiting;
  };
  void discover(std::string key, json::Value policy);
  void request(std::string key, json::Value policy, std::string endpoint);
  void took(const std::string& key, Result<json::Value> answer);

  http::Client& client_;
  Options options_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // by the policy's canonical JSON
};

}  // namespace xf::functions::http_call
