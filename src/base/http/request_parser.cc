// The only file that sees Boost.Beast: its parser calls back for each part, which goes straight into a
// Request.
#include "base/http/request_parser.h"

#include <algorithm>
#include <boost/assert.hpp>
#include <optional>
#include <string>

// Beast 1.81 asserts that five bytes of a last chunk are there at once; when they come one by one that is wrong, and
// its code goes on rightly. Mended in Boost 1.86.
#define BOOST_DISABLE_ASSERTS
#include <boost/beast/http/basic_parser.hpp>
#undef BOOST_DISABLE_ASSERTS
#include <boost/assert.hpp>

namespace xf::http {

namespace {

namespace beast = boost::beast;
using beast::error_code;
using beast::string_view;

// Room for a declared body is made up to this; beyond it grows as bytes really come.
constexpr std::uint64_t kReserveMax = 1u << 20;
constexpr std::size_t kTargetBytesMax = 8u << 10;

std::string_view plain(string_view text) { return {text.data(), text.size()}; }

Method method_of(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get: return Method::kGet;
    case beast::http::verb::head: return Method::kHead;
    case beast::http::verb::post: return Method::kPost;
    case beast::http::verb::put: return Method::kPut;
    case beast::http::verb::patch: return Method::kPatch;
    case beast::http::verb::delete_: return Method::kDelete;
    case beast::http::verb::options: return Method::kOptions;
    default: return Method::kOther;
  }
}

// "http://host/path" is "/path" to a server (RFC 9112 §3.2.2); Host says which server was meant.
std::string_view origin_form(std::string_view target) {
  if (!target.starts_with("http://") && !target.starts_with("https://")) return target;
  const auto path = target.find('/', target.find("//") + 2);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

struct Failure {
  int status = 0;
  std::string_view detail;
};

class Parser final : public beast::http::basic_parser<true> {
 public:
  explicit Parser(Request& request) : request_(request) { request_.clear(); }

  bool expects_continue() const { return expects_continue_; }
  bool is_http_1_0() const { return version_ == 10; }
  const Failure& failure() const { return failure_; }

 private:
  void refuse(int status, std::string_view detail, error_code& ec) {
    failure_ = {status, detail};
    ec = beast::http::error::bad_value;
  }

  void on_request_impl(beast::http::verb verb, string_view method, string_view target, int version,
                       error_code& ec) override {
    if (version != 10 && version != 11) return refuse(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.", ec);
    if (target.size() > kTargetBytesMax) return refuse(414, "The address of the request is too long.", ec);
    version_ = version;
    request_.set_line(method_of(verb), plain(method), origin_form(plain(target)));
  }

  void on_response_impl(int, string_view, int, error_code&) override {}

  void on_field_impl(beast::http::field name, string_view name_text, string_view value,
                     error_code& ec) override {
    if (is_header_done())
      return;  // trailers are dropped: nothing may depend on a field that comes after the body
    switch (name) {
      case beast::http::field::host:
        if (++hosts_ > 1) return refuse(400, "The request has more than one Host field.", ec);
        break;
      case beast::http::field::transfer_encoding:
        if (!same_name(plain(value), "chunked"))
          return refuse(501, "Only the transfer coding 'chunked' is known.", ec);
        break;
      case beast::http::field::expect:
        if (!same_name(plain(value), "100-continue"))
          return refuse(417, "Only 100-continue can be expected.", ec);
        expects_continue_ = true;
        break;
      default: break;
    }
    request_.add_header(plain(name_text), plain(value));
  }

  void on_header_impl(error_code& ec) override {
    if (version_ == 11 && hosts_ == 0) return refuse(400, "The request has no Host field.", ec);
    if (version_ == 10 && chunked()) return refuse(400, "HTTP/1.0 has no transfer codings.", ec);
    if (version_ == 10) expects_continue_ = false;  // RFC 9110 §10.1.1
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) request_.body.reserve(static_cast<std::size_t>(std::min(*length, kReserveMax)));
  }

  std::size_t on_body_impl(string_view bytes, error_code&) override {
    request_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override {
    request_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_finish_impl(error_code&) override {}

  Request& request_;
  Failure failure_;
  int hosts_ = 0;
  bool expects_continue_ = false;
  int version_ = 11;
};

}  // namespace

struct RequestParser::Impl {
  std::uint32_t header_bytes_max;
  std::uint64_t body_bytes_max;
  std::optional<Parser> parser;
  Failure failure;

  void fail(const error_code& ec) {
    if (parser->failure().status != 0)
      failure = parser->failure();
    else if (ec == beast::http::error::header_limit)
      failure = {431, "The header is larger than this server accepts."};
    else if (ec == beast::http::error::body_limit)
      failure = {413, "The body is larger than this server accepts."};
    else if (ec == beast::http::error::bad_version)
      failure = {505, "Only HTTP/1.0 and HTTP/1.1 are spoken here."};
    else
      failure = {400, "The request is not well-formed HTTP/1.1."};
  }
};

RequestParser::RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : impl_(new Impl{static_cast<std::uint32_t>(std::min<std::size_t>(header_bytes_max, UINT32_MAX)),
                     body_bytes_max,
                     {},
                     {}}) {}

RequestParser::~RequestParser() = default;

void RequestParser::start(Request& request) {
  impl_->failure = {};
  impl_->parser.emplace(request);
  impl_->parser->eager(true);
  impl_->parser->header_limit(impl_->header_bytes_max);
  impl_->parser->body_limit(impl_->body_bytes_max);
}

std::size_t RequestParser::put(std::string_view bytes) {
  const auto before = state();
  if (bytes.empty() || before == State::kDone || before == State::kFailed) return 0;
  error_code ec;
  const auto taken = impl_->parser->put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  if (ec && ec != beast::http::error::need_more) impl_->fail(ec);
  return taken;
}

RequestParser::State RequestParser::state() const {
  if (impl_->failure.status != 0) return State::kFailed;
  if (impl_->parser->is_done()) return State::kDone;
  return impl_->parser->is_header_done() ? State::kBody : State::kHeader;
}

bool RequestParser::keep_alive() const { return impl_->parser->keep_alive(); }
bool RequestParser::is_http_1_0() const { return impl_->parser->is_http_1_0(); }
bool RequestParser::expects_continue() const { return impl_->parser->expects_continue(); }
int RequestParser::error_status() const { return impl_->failure.status; }
std::string_view RequestParser::error_detail() const { return impl_->failure.detail; }

}  // namespace xf::http
