// RequestParser: bytes of HTTP/1.x in, one Request out. Knows no socket. The bytes may come in any pieces.
// It is strict where leniency lets two readers of one stream disagree (request smuggling): one Host, one
// length, no transfer coding but "chunked".
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/http/message.h"

namespace xf::http {

class RequestParser {
 public:
  enum class State : std::uint8_t { kHeader, kBody, kDone, kFailed };

  RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max);
  ~RequestParser();

  // Begins a new message, into `request`, which must live until the next start().
  void start(Request& request);
  // Takes what it can and returns how many bytes that was; what is left belongs before the next bytes.
  // Nothing is taken once the message is done or has failed.
  std::size_t put(std::string_view bytes);

  State state() const;
  // From kBody on.
  bool keep_alive() const;
  bool is_http_1_0() const;
  bool expects_continue() const;
  // In kFailed: what to answer.
  int error_status() const;
  std::string_view error_detail() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xf::http
