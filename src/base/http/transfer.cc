// Sets libcurl up for one call, takes what comes back and names what went wrong.
#include "base/http/transfer.h"

#include <sys/socket.h>

#include <algorithm>
#include <memory>

#include "base/clock.h"

namespace xf::http {

namespace {

using Kind = CallFailure::Kind;

constexpr std::size_t kHeaderBytesMax = 256u << 10;

// What curl itself must decide, lest two readers of the request disagree about where it ends.
constexpr std::string_view kOwnHeaders[] = {"Content-Length", "Transfer-Encoding", "Connection", "Upgrade",
                                            "TE"};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

void append(curl_slist*& list, const std::string& line) { list = curl_slist_append(list, line.c_str()); }

// What curl says, by kind; a time-out is told apart by the caller.
Kind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return Kind::kInvalid;
    case CURLE_COULDNT_RESOLVE_HOST: return Kind::kResolve;
    case CURLE_COULDNT_CONNECT: return Kind::kConnect;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return Kind::kTls;
    case CURLE_OPERATION_TIMEDOUT: return Kind::kTimeout;
    case CURLE_FILESIZE_EXCEEDED: return Kind::kTooLarge;
    default: return Kind::kBroken;
  }
}

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kInvalid: return "invalid";
    case Kind::kRefused: return "refused";
    case Kind::kResolve: return "resolve";
    case Kind::kConnect: return "connect";
    case Kind::kTls: return "tls";
    case Kind::kTimeout: return "timeout";
    case Kind::kBroken: return "broken";
    case Kind::kTooLarge: return "too large";
    case Kind::kCancelled: return "cancelled";
  }
  return "broken";
}

Transfer::Transfer(CallId call_id, Call call, Client::Callback callback, const OutboundPolicy& policy)
    : call_(std::move(call)),
      callback_(std::move(callback)),
      policy_(policy),
      deadline_us_(monotonic_us() + call_.timeout.count() * kUsPerMs) {
  id = call_id;
}

Transfer::~Transfer() { curl_slist_free_all(headers_); }

CallFailure Transfer::timed_out() const {
  return failure(Kind::kTimeout,
                 sent_ ? "no response within the deadline" : "the deadline passed before it was sent");
}

CallFailure Transfer::failure(Kind kind, std::string message) const {
  return {kind, sent_, call_.method + " " + uri_.origin() + uri_.path + ": " + std::move(message)};
}

// ---- the request

std::optional<CallFailure> Transfer::check() const {
  if (!is_token(call_.method)) return failure(Kind::kInvalid, "the method is not a token");
  for (const auto& [name, value] : call_.headers) {
    if (!is_token(name) || !is_field_value(value)) {
      return failure(Kind::kInvalid,
                     "the field '" + name.substr(0, 64) + "' has a character that fields may not have");
    }
    for (auto own : kOwnHeaders) {
      if (same_name(name, own))
        return failure(Kind::kInvalid, "the field '" + name + "' is set by the client itself");
    }
  }
  return std::nullopt;
}

void Transfer::prepare() {
  invalid_ = check();
  if (!invalid_) invalid_ = prepare_url(call_.url);
  if (!invalid_) prepare_headers();
}

std::optional<CallFailure> Transfer::prepare_url(const std::string& url) {
  auto uri = parse_uri(url);
  if (!uri) return failure(Kind::kInvalid, uri.error().message);
  if (uri->scheme != "http" && uri->scheme != "https") {
    return failure(Kind::kInvalid, "only http and https can be called, not " + uri->scheme);
  }
  if (!uri->user.empty() || !uri->password.empty()) {
    return failure(Kind::kInvalid, "the URI carries credentials; use an authentication instead");
  }
  uri_ = std::move(*uri);
  uri_.fragment.clear();
  call_.url = uri_.text();
  return std::nullopt;
}

bool Transfer::has_body() const {
  return !call_.body.empty() || call_.method == "POST" || call_.method == "PUT" || call_.method == "PATCH";
}

void Transfer::prepare_headers() {
  curl_slist_free_all(std::exchange(headers_, nullptr));
  for (const auto& [name, value] : call_.headers)
    append(headers_, value.empty() ? name + ";" : name + ": " + value);
  append(headers_, "Expect:");  // waiting for 100 Continue costs a second where servers do not know it
  if (has_body() && find_header(call_.headers, "Content-Type") == nullptr) append(headers_, "Content-Type:");
}

void Transfer::set_common_options(CURL* easy, const ClientOptions& options) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // also not the environment's
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open_socket);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &Transfer::on_request);
}

std::optional<CallFailure> Transfer::start(CURL* easy) {
  easy_ = easy;
  if (invalid_) return std::move(invalid_);
  curl_easy_setopt(easy, CURLOPT_URL, call_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::max<std::int64_t>(1, call_.connect_timeout.count())));
  curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(call_.response_bytes_max));
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  set_method(easy);
  set_credentials(easy);
  return std::nullopt;
}

void Transfer::set_method(CURL* easy) const {
  curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);  // takes back what an earlier call set
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, nullptr);
  const char* usual = "GET";
  if (call_.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    usual = "HEAD";
  } else if (has_body()) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call_.body.data());
    usual = "POST";
  }
  if (call_.method != usual) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call_.method.c_str());
}

void Transfer::set_credentials(CURL* easy) {
  const auto& credentials = call_.credentials;
  if (credentials.scheme == Credentials::Scheme::kNone) {
    // After a redirect elsewhere, this handle may still hold them.
    if (had_credentials_) curl_easy_setopt(easy, CURLOPT_USERNAME, nullptr);
    if (had_credentials_) curl_easy_setopt(easy, CURLOPT_PASSWORD, nullptr);
    return;
  }
  had_credentials_ = true;
  const auto scheme = credentials.scheme == Credentials::Scheme::kBasic ? CURLAUTH_BASIC : CURLAUTH_DIGEST;
  curl_easy_setopt(easy, CURLOPT_HTTPAUTH, static_cast<long>(scheme));
  curl_easy_setopt(easy, CURLOPT_USERNAME, credentials.user.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, credentials.password.c_str());
}

// ---- curl's questions

bool Transfer::permits(const IpAddress& address, std::uint16_t port) {
  if (auto refusal = policy_.refuses(uri_.host, address, port)) {
    refusal_ = std::move(*refusal);
    return false;
  }
  return true;
}

curl_socket_t Transfer::on_open_socket(void* self, curlsocktype, curl_sockaddr* to) {
  auto& transfer = *static_cast<Transfer*>(self);
  const auto address = IpAddress::from(&to->addr);
  if (!address || !transfer.permits(*address, transfer.uri_.port)) return CURL_SOCKET_BAD;
  return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

// Called when a connection stands, new or kept, and the request is about to go out.
int Transfer::on_request(void* self, char* peer, char*, int port, int) {
  auto& transfer = *static_cast<Transfer*>(self);
  const auto address = IpAddress::parse(peer);
  if (!address || !transfer.permits(*address, static_cast<std::uint16_t>(port))) return CURL_PREREQFUNC_ABORT;
  // A second time without a response in between: the kept connection died under the first one.
  if (transfer.awaits_response_ && !transfer.may_resend()) {
    transfer.resend_refused_ = true;
    return CURL_PREREQFUNC_ABORT;
  }
  transfer.sent_ = transfer.awaits_response_ = true;
  return CURL_PREREQFUNC_OK;
}

bool Transfer::may_resend() const {
  return call_.resend || is_idempotent(call_.method) ||
         find_header(call_.headers, "Idempotency-Key") != nullptr;
}

// ---- the response

std::size_t Transfer::on_header(char* bytes, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.awaits_response_ = false;
  std::string_view line(bytes, size);
  transfer.header_bytes_ += size;
  if (transfer.header_bytes_ > kHeaderBytesMax) {
    transfer.too_large_ = true;
    return 0;
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {  // an interim response, or one that curl answers itself (401), came before
    transfer.answer_.headers.clear();
    transfer.answer_.body.clear();
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    auto value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    transfer.answer_.headers.push_back({std::string(line.substr(0, colon)), std::string(value)});
  }
  return size;
}

std::size_t Transfer::on_body(char* bytes, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.awaits_response_ = false;
  auto& body = transfer.answer_.body;
  if (size > transfer.call_.response_bytes_max - std::min(body.size(), transfer.call_.response_bytes_max)) {
    transfer.too_large_ = true;
    return 0;
  }
  body.append(bytes, size);
  return size;
}

std::optional<CallOutcome> Transfer::finish(CURLcode code) {
  if (code != CURLE_OK) return std::unexpected(classify(code));
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  answer_.status = static_cast<int>(status);
  if (call_.redirects_max > 0 && is_redirect(answer_.status)) {
    if (const auto* location = find_header(answer_.headers, "Location")) return redirect(*location);
  }
  answer_.url = call_.url;
  return std::move(answer_);
}

CallFailure Transfer::classify(CURLcode code) const {
  if (!refusal_.empty() && (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK)) {
    return failure(Kind::kRefused, refusal_);
  }
  // libcurl says that it has no memory when one field passes its own limit.
  const bool field_too_large = code == CURLE_OUT_OF_MEMORY && sent_ && !awaits_response_;
  if (too_large_ || field_too_large || code == CURLE_FILESIZE_EXCEEDED) {
    return failure(Kind::kTooLarge,
                   "the response is larger than " + std::to_string(call_.response_bytes_max) + " bytes");
  }
  if (resend_refused_) return failure(Kind::kBroken, "the connection was closed before a response came");
  auto kind = kind_of(code);
  // curl's only clock here is that for connecting.
  if (kind == Kind::kTimeout || (kind == Kind::kBroken && !sent_)) kind = Kind::kConnect;
  // A kept connection died under the request, and then there was no new one.
  if (kind == Kind::kConnect && awaits_response_) kind = Kind::kBroken;
  return failure(kind, curl_easy_strerror(code));
}

// ---- redirects

void Transfer::drop_headers(std::initializer_list<std::string_view> names) {
  std::erase_if(call_.headers, [&](const Header& header) {
    return std::any_of(names.begin(), names.end(), [&](auto name) { return same_name(header.name, name); });
  });
}

std::optional<CallOutcome> Transfer::redirect(const std::string& location) {
  if (++redirects_ > call_.redirects_max) {
    return std::unexpected(
        failure(Kind::kRefused, "more than " + std::to_string(call_.redirects_max) + " redirects"));
  }
  const Uri from = uri_;
  const int status = answer_.status;
  const auto target = resolve_uri(call_.url, location);
  if (!target) return std::unexpected(failure(Kind::kInvalid, "redirected to " + target.error().message));
  if (auto failed = prepare_url(*target)) return std::unexpected(std::move(*failed));
  if (from.scheme == "https" && uri_.scheme == "http") {
    return std::unexpected(failure(Kind::kRefused, "a redirect from https to http is not followed"));
  }
  if (from.origin() != uri_.origin()) {
    drop_headers({"Authorization", "Cookie", "Host"});
    call_.credentials = {};
  }
  const bool becomes_get =
      (status == 303 && call_.method != "HEAD") || (status < 303 && call_.method == "POST");
  if (becomes_get) {
    call_.method = "GET";
    call_.body.clear();
    drop_headers({"Content-Type", "Content-Encoding", "Content-Language"});
  }
  // 307 and 308 say that the request is still to be done; the others that what there was to do has been done.
  if (status >= 307) sent_ = false;
  awaits_response_ = false;
  header_bytes_ = 0;
  answer_ = {};
  prepare_headers();
  return std::nullopt;
}

}  // namespace xf::http
