// The embedded engine put together; see engine.h.
#include "apps/engine.h"

#include <filesystem>

#include "base/clock.h"
#include "base/json/parse.h"
#include "base/random.h"
#include "apps/data_key.h"
#include "cli/input.h"
#include "persistence/memory/store.h"
#include "persistence/sqlite/store.h"
#include "xflow/definition/plan/duration.h"
#include "xflow/functions/http/caller.h"
#include "xflow/runtime/embedded/embedded.h"

namespace xf::apps {
namespace {

using runtime::embedded::Embedded;
using EngineOptions = runtime::embedded::Options;

Result<std::unique_ptr<runtime::Runtime>> assemble(std::unique_ptr<persistence::Store> store,
                                                   http::OutboundPolicy policy, EngineOptions options) {
  http::ClientOptions outbound;
  outbound.policy = std::move(policy);
  XF_TRY_ASSIGN(auto client, http::Client::open(std::move(outbound)));
  auto caller = std::make_shared<functions::HttpCaller>(std::move(client));
  options.driver.seed = random_seed();
  return Embedded::open(std::move(store), std::move(caller), std::move(options));
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
  http::OutboundPolicy policy{.allow = {}, .deny = {}, .only_allowed = options.outbound_only};
  for (const std::string& text : options.outbound_allow) {
    XF_TRY_ASSIGN(http::OutboundRule rule, http::OutboundRule::parse(text));
    policy.allow.push_back(std::move(rule));
  }
  for (const std::string& text : options.outbound_deny) {
    XF_TRY_ASSIGN(http::OutboundRule rule, http::OutboundRule::parse(text));
    policy.deny.push_back(std::move(rule));
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

Result<std::unique_ptr<runtime::Runtime>> throw_away(json::Value secrets) {
  http::OutboundPolicy policy;
  policy.allow_private = true;
  EngineOptions options;
  options.secrets = std::move(secrets);
  return assemble(std::make_unique<persistence::memory::Store>(), std::move(policy), std::move(options));
}

Result<std::unique_ptr<runtime::Runtime>> durable(const cli::ServeOptions& served,
                                                  metrics::Registry& metrics) {
  EngineOptions options;
  options.metrics = &metrics;
  XF_TRY_ASSIGN(options.secrets, read_secrets(served));
  XF_TRY_ASSIGN(options.driver.retain_us, read_retain(served.retain));
  XF_TRY_ASSIGN(http::OutboundPolicy policy, read_policy(served));
  options.driver.event_ttl_us = served.event_ttl_ms * kUsPerMs;
  // Absolute, since whoever is told of a backup may stand elsewhere.
  options.backup_directory = std::filesystem::absolute(served.data) / "backups";
  XF_TRY_ASSIGN(auto store, persistence::sqlite::Store::open(served.data));
  XF_TRY_ASSIGN(options.key, data_key(served.data));  // once the directory is locked
  return assemble(std::move(store), std::move(policy), std::move(options));
}

}  // namespace xf::apps
