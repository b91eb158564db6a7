// Response to bytes: the head, framing included. Knows no socket.
#pragma once

#include <string>
#include <string_view>

#include "base/http/message.h"

namespace xf::http {

enum class Framing : std::uint8_t {
  kLength,      // Content-Length and the body
  kHeadOnly,    // Content-Length of a body that is not sent (HEAD)
  kChunked,     // Transfer-Encoding: chunked; the body follows in chunks
  kUntilClose,  // the end of the connection ends the body (HTTP/1.0)
};
enum class After : std::uint8_t { kKeep, kKeepExplicitly, kClose };  // explicitly: for HTTP/1.0

// A line break inside a field becomes a space: data from a caller cannot add a field or a second response.
void encode(std::string& out, const Response&, Framing, After, std::string_view date);

void append_chunk(std::string& out,
                  std::string_view piece);  // nothing for an empty piece, which would end the body
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7)
std::string http_date(std::int64_t seconds_since_1970);

}  // namespace xf::http
