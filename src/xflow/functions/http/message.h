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

struct Expected {
  plan::HttpOutput output = plan::HttpOutput::kContent;
  bool redirect = false;  // 3xx is no error
};
// Within the accepted status codes: the raw output as `output` asks for it; else a communication fault with
// the status.
std::variant<json::Value, engine::Fault> to_output(const http::Call& sent, const http::Answer&,
                                                   const Expected&);
engine::Fault to_fault(const http::CallFailure&);

// A body by its media type: JSON as its value, text as a string, anything else as base64. Empty: null.
json::Value content_of(const http::Answer&);

}  // namespace xf::functions::http_call
