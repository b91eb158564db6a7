// Between the core's calls and HTTP messages: a command's request as an outbound call, an answer as a task's
// raw output or its fault. No I/O.
#pragma once

#include <variant>

#include "base/http/client.h"
#include "base/json/value.h"
#include "xflow/engine/command.h"

namespace xf::functions::http_call {

// Code::kInvalid says what cannot be sent.
Result<http::Call> to_call(const engine::command::HttpRequest&);

// What may be told of a request that holds secrets, made of its masked form: never sent, so anything goes.
http::Call to_told(const engine::command::HttpRequest&);
http::Call untold();  // where not even that can be made

// The texts of secrets, and of credentials as they are sent.
std::vector<std::string> words_of(const json::Value& secrets, const json::Value& authorization);

struct Expected {
  plan::HttpOutput output = plan::HttpOutput::kContent;
  bool redirect = false;  // 3xx is no error
  std::vector<std::string> words = {};  // of secrets: masked where a refusal's body says them
  bool is_hidden = false;  // the request holds secrets: neither the final address nor a refusal's body is told
};
// Within the accepted status codes: the raw output as `output` asks for it; else a communication fault with
// the status.
std::variant<json::Value, engine::Fault> to_output(const http::Call& sent, const http::Answer&,
                                                   const Expected&);
engine::Fault to_fault(const http::CallFailure&, bool is_hidden = false);

// A body by its media type: JSON as its value, text as a string, anything else as base64. Empty: null.
json::Value content_of(const http::Answer&);

}  // namespace xf::functions::http_call
