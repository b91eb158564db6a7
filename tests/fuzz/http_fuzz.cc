// Any bytes as a connection's: however they are cut into pieces, the same requests come out of them, each
// within the limits, and what is refused is refused with a status of its own. The first byte chooses the
// pieces.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/http/request_parser.h"

using namespace xf;
using http::RequestParser;
using State = RequestParser::State;

namespace {

constexpr std::size_t kHeaderBytesMax = 2048, kBodyBytesMax = 1024;

std::string describe(const http::Request& request) {
  std::string out(request.method_text());
  out += ' ';
  out += request.target();
  XF_CHECK(request.path().size() <= request.target().size(), "a path is part of the target");
  XF_CHECK(request.body.size() <= kBodyBytesMax, "a body is within its limit");
  std::size_t header_bytes = 0;
  for (std::size_t i = 0; i < request.headers_count(); ++i) {
    const auto [name, value] = request.header_at(i);
    XF_CHECK(http::is_token(name) && http::is_field_value(value), "a field is well-formed");
    XF_CHECK(request.header(name).has_value(), "a field is found by its name");
    header_bytes += name.size() + value.size();
    out += '\n';
    out += name;
    out += ": ";
    out += value;
  }
  XF_CHECK(header_bytes <= kHeaderBytesMax, "a header is within its limit");
  return out + "\n\n" + request.body + "\n";
}

// The requests and the refusal that the bytes hold, as text.
std::string read(std::string_view bytes, std::size_t piece) {
  RequestParser parser(kHeaderBytesMax, kBodyBytesMax);
  http::Request request;
  parser.start(request);
  std::string pending, out;
  for (;;) {
    const std::size_t taken = parser.put(pending);
    XF_CHECK(taken <= pending.size(), "no more is taken than was given");
    pending.erase(0, taken);
    if (parser.state() == State::kFailed) {
      XF_CHECK(parser.error_status() >= 400 && parser.error_status() < 600 && !parser.error_detail().empty(),
               "a refusal says what to answer");
      return out + "refused";
    }
    if (parser.state() == State::kDone) {
      out += describe(request) + (parser.keep_alive() ? "kept\n" : "closed\n");
      parser.start(request);
    } else if (taken == 0 || pending.empty()) {
      if (bytes.empty()) return out + (parser.state() == State::kBody ? "in a body" : "in a header");
      pending += bytes.substr(0, piece);
      bytes.remove_prefix(std::min(piece, bytes.size()));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The empty line ends a header that is still open: what is wrong with it may be said before, but then at
  // the latest.
  const std::string bytes = std::string(reinterpret_cast<const char*>(data) + 1, size - 1) + "\r\n\r\n";
  XF_CHECK(read(bytes, 1 + data[0] % 64) == read(bytes, bytes.size()),
           "requests do not depend on how their bytes arrive");
  return 0;
}
