#include "base/http/request_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace xf::http {
namespace {

using State = RequestParser::State;

// Every request that the bytes hold, as "METHOD target body", one a line; bytes arrive in pieces of one size.
std::string requests_in(std::string_view bytes, std::size_t piece) {
  RequestParser parser(8192, 8192);
  Request request;
  parser.start(request);
  std::string pending, out;
  while (!bytes.empty() || !pending.empty()) {
    pending += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    pending.erase(0, parser.put(pending));
    if (parser.state() == State::kFailed) return out + "refused " + std::to_string(parser.error_status());
    if (parser.state() == State::kDone) {
      out.append(request.method_text())
          .append(" ")
          .append(request.target())
          .append(" ")
          .append(request.body) += '\n';
      parser.start(request);
    } else if (bytes.empty()) {
      break;
    }
  }
  return out;
}

struct Case {
  const char* what;
  const char* bytes;
  const char* requests;
};

constexpr Case kCases[] = {
    {"no body", "GET /a HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a \n"},
    {"a length", "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", "PUT /a abc\n"},
    {"no chunk", "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "POST /a \n"},
    {"chunks",
     "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: "
     "t\r\n\r\n",
     "POST /a abc\n"},
    {"a pipeline",
     "GET /a HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nxGET /c "
     "HTTP/1.0\r\n\r\n",
     "GET /a \nPOST /b x\nGET /c \n"},
    {"two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
     "refused 400"},
    {"a length and chunks",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "refused 400"},
    {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "refused 400"},
};

TEST(RequestParser, RequestsDoNotDependOnHowTheirBytesArrive) {
  for (const Case& c : kCases)
    for (const std::size_t piece : {1u, 2u, 3u, 5u, 7u, 16u, 4096u})
      EXPECT_EQ(requests_in(c.bytes, piece), c.requests) << c.what << " in pieces of " << piece;
}

}  // namespace
}  // namespace xf::http
