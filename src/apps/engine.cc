// The embedded engine put together; see engine.h.
#include "apps/engine.h"

#include "base/clock.h"
#include "base/json/parse.h"
#include "base/random.h"
#include "cli/input.h"
#include "persistence/memory/store.h"
#include "persistence/sqlite/store.h"
#include "xflow/definition/plan/duration.h"
#include "xflow/functions/http/caller.h"
#include "xflow/runtime/embedded/embedded.h"

namespace xf::apps {
namespace {

using runtime::embedded::Embedded;
using runtime::embedded::EmbeddedOptions;

// What the runtime stands on. The client goes last: its callbacks reach the caller.
struct Parts {
  std::unique_ptr<persistence::Store> store;
  std::unique_ptr<functions::HttpCaller> caller;
  std::unique_ptr<http::Client> client;

  ~Parts() { client.reset(); }
};

Result<cli::Engine> assemble(std::unique_ptr<persistence::Store> store, http::OutboundPolicy policy,
                             EmbeddedOptions options) {
  auto parts = std::make_shared<Parts>();
  http::ClientOptions outbound;
  outbound.policy = std::move(policy);
  XF_TRY_ASSIGN(parts->client, http::Client::open(std::move(outbound)));
  parts->caller = std::make_unique<functions::HttpCaller>(*parts->client);
  parts->store = std::move(store);
  XF_TRY_ASSIGN(auto runtime, Embedded::open(std::move(options), *parts->store, *parts->caller));
  return cli::Engine{std::move(parts), std::move(runtime)};
}

// A secret's file holds JSON or a text; the line feed that editors add is no part of it.
Result<json::Value> read_secrets(const cli::ServeOptions& options) {
  json::Value secrets = json::Value::object();
  for (const auto& [name, file] : options.secrets) {
    XF_TRY_ASSIGN(std::string text, cli::read_file(file));
    if (text.ends_with('\n')) text.pop_back();
    auto parsed = json::parse(text);
    secrets = std::move(secrets).with(name, parsed ? *std::move(parsed) : json::Value::string(text));
  }
  return secrets;
}

Result<http::OutboundPolicy> read_policy(const cli::ServeOptions& options) {
  http::OutboundPolicy policy;
  for (const std::string& text : options.outbound_allow) {
    XF_TRY_ASSIGN(http::OutboundRule rule, http::OutboundRule::parse(text));
    policy.allow.push_back(std::move(rule));
  }
  return policy;
}

Result<std::int64_t> read_retain(const std::string& text) {
  if (text.empty()) return 0;
  auto duration = plan::parse_duration(json::Value::string(text));
  if (!duration || plan::add(0, *duration) <= 0)
    return fail(Code::kInvalid, "--retain takes an ISO 8601 duration like P30D, not '" + text + "'");
  return plan::add(0, *duration);
}

}  // namespace

Result<cli::Engine> throw_away(json::Value secrets) {
  http::OutboundPolicy policy;
  policy.allow_private = true;
  EmbeddedOptions options;
  options.secrets = std::move(secrets);
  options.tell = true;
  return assemble(std::make_unique<persistence::memory::Store>(), std::move(policy), std::move(options));
}

Result<cli::Engine> durable(const cli::ServeOptions& served) {
  EmbeddedOptions options;
  XF_TRY_ASSIGN(options.secrets, read_secrets(served));
  XF_TRY_ASSIGN(options.retain_us, read_retain(served.retain));
  XF_TRY_ASSIGN(http::OutboundPolicy policy, read_policy(served));
  options.event_ttl_us = served.event_ttl_ms * kUsPerMs;
  options.data = served.data;
  options.tell = true;
  XF_TRY_ASSIGN(auto store, persistence::sqlite::Store::open(served.data));
  return assemble(std::move(store), std::move(policy), std::move(options));
}

}  // namespace xf::apps
