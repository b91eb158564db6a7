// HttpCaller; see caller.h.
#include "xflow/functions/http/caller.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/yaml/parse.h"
#include "xflow/engine/datum.h"
#include "xflow/engine/fault.h"
#include "xflow/functions/http/message.h"
#include "xflow/functions/http/sealed.h"
#include "xflow/functions/openapi/operation.h"

namespace xf::functions {
namespace {

using engine::Standard;
using Scheme = plan::Authentication::Scheme;

constexpr unsigned kRedirectsMax = 10;
constexpr std::size_t kDocumentBytesMax = 16u << 20;

std::string key_of(const WorkId& id) { return id.instance + "#" + std::to_string(id.command); }

engine::Fault fault(Standard kind, std::string detail) {
  return engine::faults::make(kind, std::move(detail));
}

std::string text(const json::Value& object, std::string_view key) {
  const json::Value& value = object.get(key);
  return value.is_string() ? std::string(value.as_string()) : "";
}

// An absolute deadline as what is left of it; never so little that nothing could be sent.
std::chrono::milliseconds time_left(TimeUs deadline) {
  std::chrono::milliseconds all = http::Call().timeout;
  if (deadline == 0) return std::chrono::minutes(5);
  std::chrono::milliseconds left((deadline - now_us()) / kUsPerMs);
  return std::max(left, std::min(all, std::chrono::milliseconds(1)));
}

}  // namespace

// One call or fetch under way. Its fields are set before the first send, and read by one callback at a time.
struct HttpCaller::Work {
  WorkId id;
  plan::PlanPtr plan;
  http::Call call;
  http::Call told;  // what responses and faults tell of it; its secrets are masked
  std::optional<http_call::Credentials> credentials;
  std::string token;  // the bearer token in use, if it came from an authorization server
  bool token_renewed = false;
  http::CallId sent = 0;
  std::move_only_function<void(http::CallOutcome, const http::Call& told)> done;
  std::move_only_function<void(engine::Fault)> failed;
};

HttpCaller::HttpCaller(std::unique_ptr<http::Client> client)
    : tokens_(std::make_unique<http_call::Tokens>(*client, http_call::Tokens::Options{.now = now_us})),
      client_(std::move(client)) {}
HttpCaller::~HttpCaller() = default;

void HttpCaller::call(WorkId id, plan::PlanPtr plan, engine::command::StartCall command, json::Value secrets,
                      json::Value document, std::move_only_function<void(Outcome)> callback) {
  auto work = std::make_shared<Work>();
  auto shared = std::make_shared<std::move_only_function<void(Outcome)>>(std::move(callback));
  work->failed = [shared](engine::Fault why) { (*shared)({.value = std::move(why)}); };
  json::Value authorization;
  if (command.authentication) {
    auto opened =
        http_call::open_authentication(*plan, *command.authentication, command.arguments, secrets, now_us());
    if (!opened) return work->failed(std::move(opened).error());
    authorization = http_call::authorization_of(*opened);
    work->credentials = *std::move(opened);
  }
  auto request = http_call::open_request(*plan, command, document, secrets, authorization, now_us());
  if (!request) return work->failed(std::move(request).error());
  Result<http::Call> built = http_call::to_call(*request);
  const bool is_hidden = command.sealed || command.shown;
  if (!built)
    return work->failed(fault(Standard::kConfiguration, is_hidden ? "the request cannot be sent; why is not told, "
                                                                    "because it holds a secret"
                                                                  : built.error().message));
  work->call = *std::move(built);
  if (!command.idempotency_key.empty() && !http::find_header(work->call.headers, "Idempotency-Key"))
    work->call.headers.push_back({"Idempotency-Key", command.idempotency_key});
  work->told = work->call;
  if (is_hidden) {
    const auto shown = http_call::open_request(*plan, http_call::shown_of(command), document,
                                               engine::masked(secrets), engine::masked(authorization), now_us());
    work->told = shown ? http_call::to_told(*shown) : http_call::untold();
  }
  http_call::Expected expected{.output = command.output, .redirect = command.redirect, .is_hidden = is_hidden};
  if (work->credentials) expected.words = http_call::words_of(secrets, authorization);
  work->done = [shared, expected](http::CallOutcome outcome, const http::Call& told) {
    if (!outcome) {
      bool unknown = outcome.error().outcome_unknown();
      return (*shared)(
          {.value = http_call::to_fault(outcome.error(), expected.is_hidden), .outcome_unknown = unknown});
    }
    (*shared)({.value = http_call::to_output(told, *outcome, expected)});
  };
  work->call.timeout = time_left(command.deadline);
  work->call.redirects_max = command.redirect ? kRedirectsMax : 0;
  work->id = std::move(id);
  work->plan = std::move(plan);
  remember(work, 0);
  authorize(std::move(work));
}

void HttpCaller::fetch(WorkId id, plan::PlanPtr plan, engine::command::Fetch command, json::Value secrets,
                       std::move_only_function<void(std::variant<Content, engine::Fault>)> callback) {
  auto work = std::make_shared<Work>();
  auto shared = std::make_shared<std::move_only_function<void(std::variant<Content, engine::Fault>)>>(
      std::move(callback));
  work->failed = [shared](engine::Fault why) { (*shared)(std::move(why)); };
  work->done = [shared, secrets](http::CallOutcome outcome, const http::Call& told) {
    if (!outcome) return (*shared)(http_call::to_fault(outcome.error()));
    if (outcome->status < 200 || outcome->status > 299)
      return (*shared)(std::get<engine::Fault>(
          http_call::to_output(told, *outcome, {.words = http_call::words_of(secrets, {})})));
    auto document = yaml::parse(outcome->body, {.bytes_max = kDocumentBytesMax, .depth_max = 512});
    if (!document) return (*shared)(fault(Standard::kConfiguration, told.url + " is neither JSON nor YAML"));
    (*shared)(Content{.digest = sha256_digest(outcome->body), .value = document->value});
  };
  if (command.authentication) {
    auto opened =
        http_call::open_authentication(*plan, *command.authentication, command.arguments, secrets, now_us());
    if (!opened) return work->failed(std::move(opened).error());
    work->credentials = *std::move(opened);
  }
  work->call.url = std::move(command.uri);
  work->call.headers.push_back({"Accept", "application/json, application/yaml, */*;q=0.5"});
  work->told = work->call;
  work->call.redirects_max = kRedirectsMax;
  work->call.response_bytes_max = kDocumentBytesMax;
  work->id = std::move(id);
  work->plan = std::move(plan);
  remember(work, 0);
  authorize(std::move(work));
}

void HttpCaller::cancel(const WorkId& id) {
  std::shared_ptr<Work> work;
  {
    std::lock_guard lock(mutex_);
    auto found = under_way_.find(key_of(id));
    if (found == under_way_.end()) return;
    work = std::move(found->second);
    under_way_.erase(found);
  }
  if (work->sent != 0) client_->cancel(work->sent);
}

// Adds what the policy asks for; a token may have to be fetched first.
void HttpCaller::authorize(std::shared_ptr<Work> work) {
  if (!work->credentials) return send(std::move(work));
  const json::Value& properties = work->credentials->properties;
  Scheme scheme = work->credentials->scheme;
  if (scheme == Scheme::kBasic || scheme == Scheme::kDigest) {
    work->call.credentials = {.scheme = scheme == Scheme::kBasic ? http::Credentials::Scheme::kBasic
                                                                 : http::Credentials::Scheme::kDigest,
                              .user = text(properties, "username"),
                              .password = text(properties, "password")};
    return send(std::move(work));
  }
  if (scheme == Scheme::kBearer) {
    work->call.headers.push_back({"Authorization", "Bearer " + text(properties, "token")});
    return send(std::move(work));
  }
  tokens_->get(properties, scheme == Scheme::kOidc, [this, work](Result<http_call::Tokens::Token> token) {
    if (!token) {
      if (forget(*work)) work->failed(fault(Standard::kAuthentication, token.error().message));
      return;
    }
    std::erase_if(work->call.headers,
                  [](const http::Header& header) { return http::same_name(header.name, "Authorization"); });
    work->token = token->value;
    work->call.headers.push_back({"Authorization", token->type + " " + token->value});
    send(work);
  });
}

void HttpCaller::send(std::shared_ptr<Work> work) {
  http::Call call = work->call;
  remember(work, client_->send(std::move(call), [this, work](http::CallOutcome outcome) {
    answered(work, std::move(outcome));
  }));
}

void HttpCaller::answered(std::shared_ptr<Work> work, http::CallOutcome outcome) {
  bool refused = outcome && outcome->status == 401 && !work->token.empty() && !work->token_renewed;
  if (refused) {
    // The token was revoked before its time: one more try with a new one.
    work->token_renewed = true;
    tokens_->refused(work->credentials->properties, work->credentials->scheme == Scheme::kOidc, work->token);
    return authorize(std::move(work));
  }
  if (forget(*work)) work->done(std::move(outcome), work->told);
}

void HttpCaller::remember(const std::shared_ptr<Work>& work, http::CallId sent) {
  std::lock_guard lock(mutex_);
  if (sent == 0) {
    under_way_.emplace(key_of(work->id), work);
  } else if (under_way_.contains(key_of(work->id))) {
    work->sent = sent;
  }
}

// False: cancelled meanwhile, and nobody wants to hear of it.
bool HttpCaller::forget(const Work& work) {
  std::lock_guard lock(mutex_);
  auto found = under_way_.find(key_of(work.id));
  if (found == under_way_.end() || found->second.get() != &work) return false;
  under_way_.erase(found);
  return true;
}

}  // namespace xf::functions
