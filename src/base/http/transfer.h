// Transfer: one call on its way through libcurl, redirects included. On the client's thread, except
// prepare().
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/http/client.h"
#include "base/http/uri.h"

namespace xf::http {

// What other threads put into the client's queue.
struct ClientMessage {
  ClientMessage* next_wake = nullptr;
  CallId id = 0;
  bool is_cancel = false;  // else it is a Transfer
};

class Transfer : public ClientMessage {
 public:
  Transfer(CallId, Call, Client::Callback, const OutboundPolicy&);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // Checks the call and lays out its header; on the sender's thread, to spare the client's. start() tells of
  // what is wrong with it.
  void prepare();
  // Sets the handle up for the next request. Fails when the call is invalid.
  std::optional<CallFailure> start(CURL*);
  // What came of a request; nothing when a redirect is to be followed: start() again.
  std::optional<CallOutcome> finish(CURLcode);

  CallFailure failure(CallFailure::Kind, std::string message) const;
  CallFailure timed_out() const;
  std::int64_t deadline_us() const { return deadline_us_; }
  void complete(CallOutcome outcome) { callback_(std::move(outcome)); }
  CURL* easy() const { return easy_; }
  // A handle that has known credentials is not used for another call.
  bool leaves_handle_clean() const { return !had_credentials_; }

  // Options that are the same for every call.
  static void set_common_options(CURL*, const ClientOptions&);

 private:
  static std::size_t on_body(char*, std::size_t, std::size_t, void*);
  static std::size_t on_header(char*, std::size_t, std::size_t, void*);
  static curl_socket_t on_open_socket(void*, curlsocktype, curl_sockaddr*);
  static int on_request(void*, char*, char*, int, int);

  std::optional<CallFailure> check() const;
  std::optional<CallFailure> prepare_url(const std::string& url);
  void prepare_headers();
  void set_method(CURL*) const;
  void set_credentials(CURL*);
  std::optional<CallOutcome> redirect(const std::string& location);
  void drop_headers(std::initializer_list<std::string_view> names);
  CallFailure classify(CURLcode) const;
  bool has_body() const;
  bool may_resend() const;
  bool permits(const IpAddress&, std::uint16_t port);

  Call call_;
  Client::Callback callback_;
  const OutboundPolicy& policy_;
  std::int64_t deadline_us_;
  Uri uri_;
  CURL* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  Answer answer_;
  std::size_t header_bytes_ = 0;
  unsigned redirects_ = 0;
  bool sent_ = false;
  bool awaits_response_ = false;  // a request is out and not a byte came back
  bool too_large_ = false;
  bool resend_refused_ = false;
  bool had_credentials_ = false;
  std::string refusal_;  // the policy's words
  std::optional<CallFailure> invalid_;
};

}  // namespace xf::http
