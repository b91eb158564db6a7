// What the core leaves to the sender: the parts of a call that touch $secrets or $authorization. They are
// evaluated here, when the call is sent, so that no token is ever in a journal. Pure: time is an argument.
#pragma once

#include <expected>

#include "base/json/value.h"
#include "base/time.h"
#include "xflow/definition/plan/plan.h"
#include "xflow/engine/command.h"

namespace xf::functions::http_call {

// The evaluated properties of an authentication policy, or those of the secret that it names.
struct Credentials {
  plan::Authentication::Scheme scheme = plan::Authentication::Scheme::kBasic;
  json::Value properties;
};
std::expected<Credentials, engine::Fault> open_authentication(const plan::Plan&,
                                                              const plan::Authentication&,
                                                              const json::Value& arguments,
                                                              const json::Value& secrets, TimeUs now);

// $authorization: {scheme, parameter}. The parameter is null where a token has yet to be fetched.
json::Value authorization_of(const Credentials&);

// The call as people may see it: what the engine says of it, with secrets masked.
engine::command::StartCall shown_of(const engine::command::StartCall&);

// The request to send: sealed parts evaluated, an OpenAPI operation turned into its HTTP request by its
// document.
std::expected<engine::command::HttpRequest, engine::Fault> open_request(
    const plan::Plan&, const engine::command::StartCall&, const json::Value& document,
    const json::Value& secrets, const json::Value& authorization, TimeUs now);

}  // namespace xf::functions::http_call
