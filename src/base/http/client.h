// Client: HTTP/1.1 and HTTP/2 calls, thousands at once, on one thread of its own.
//
// Threads: send() and cancel() from any; callbacks run on the client's thread, must not block, and may call
// send() and cancel(). Every send() gets exactly one callback, also when the client is destroyed. TLS is
// always verified; proxies named in the environment are ignored; connections are kept and shared.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/http/message.h"
#include "base/http/outbound_policy.h"
#include "base/result.h"

namespace xf::http {

struct Credentials {
  enum class Scheme : std::uint8_t { kNone, kBasic, kDigest };
  Scheme scheme = Scheme::kNone;
  std::string user, password;
};

struct Call {
  std::string method = "GET";
  std::string url;  // http or https; no credentials in it
  std::vector<Header> headers;
  std::string body;
  Credentials credentials;
  std::chrono::milliseconds timeout{30'000};          // for all of it: queueing, redirects, body
  std::chrono::milliseconds connect_timeout{10'000};  // name, connection, TLS
  std::size_t response_bytes_max = 8u << 20;
  unsigned redirects_max =
      0;  // 0: a redirect is the response. Credentials and cookies stay with the first origin.
  // Whether the client may send again by itself when a kept connection turns out dead with no byte of a
  // response. False: that is a kBroken. Idempotent methods and calls with an Idempotency-Key are sent again
  // in any case.
  bool resend = false;
};

struct Answer {
  int status = 0;
  std::vector<Header> headers;  // of the last response
  std::string body;
  std::string url;  // the last one, after redirects
};

struct CallFailure {
  enum class Kind : std::uint8_t {
    kInvalid,    // the call itself is wrong (URL, method, field)
    kRefused,    // by the policy
    kResolve,    // the name has no address
    kConnect,    // no connection
    kTls,        // no trusted channel
    kTimeout,    // the deadline passed
    kBroken,     // the connection ended before the response did
    kTooLarge,   // the response is over its limit: it was done, and answered
    kCancelled,  // by cancel() or by the client's end
  };
  Kind kind = Kind::kInvalid;
  bool sent = false;  // bytes of the request may have reached the peer
  std::string message;

  // Perhaps it happened: a retry must carry the same idempotency key.
  bool outcome_unknown() const { return sent && kind != Kind::kTooLarge && kind != Kind::kRefused; }
};
std::string_view to_string(CallFailure::Kind);

using CallOutcome = std::expected<Answer, CallFailure>;
using CallId = std::uint64_t;

struct ClientOptions {
  OutboundPolicy policy;
  std::size_t connections_max = 4'096;  // open at once; more calls wait, their deadline running
  std::size_t connections_per_host_max = 1'024;
  std::string ca_file;  // PEM; empty: the system's
  std::string user_agent = "xflow";
};

class Client {
 public:
  static Result<std::unique_ptr<Client>> open(ClientOptions);
  ~Client();  // cancels what is under way and joins the thread; not from a callback

  using Callback = std::move_only_function<void(CallOutcome)>;
  CallId send(Call, Callback);
  void cancel(CallId);  // harmless when it is done already

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl>);
  std::unique_ptr<Impl> impl_;
};

}  // namespace xf::http
