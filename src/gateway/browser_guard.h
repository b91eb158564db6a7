// What a foreign web page must not be able to do to a server on loopback: reach it under another name (DNS
// rebinding), or send it a request (CSRF). Until identity is configured this is all that guards the API, so
// it is strict.
#pragma once

#include <optional>
#include <string>

#include "base/http/message.h"

namespace xf::gateway {

// Nothing when the request may pass, else why not. `port` is the server's own.
std::optional<std::string> refuses(const http::Request&, std::uint16_t port);

}  // namespace xf::gateway
