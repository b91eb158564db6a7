// What server and client speak in: methods, header fields, requests and responses. No third-party types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xf::http {

enum class Method : std::uint8_t { kOther, kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };

struct Header {
  std::string name, value;
};

// Field names compare without regard to case (RFC 9110 §5.1).
bool same_name(std::string_view, std::string_view);
const std::string* find_header(const std::vector<Header>&, std::string_view name);
bool is_token(std::string_view);             // what a method or field name must be (RFC 9110 §5.6.2)
bool is_field_value(std::string_view);       // no line break, no NUL
std::string_view reason_phrase(int status);  // "Not Found"; empty when unknown

// A request as the server received it. All text lies in one block, so that a request costs no allocation for
// each field; views live as long as the Request is neither moved nor cleared.
class Request {
 public:
  Method method() const { return method_; }
  std::string_view method_text() const { return view(method_text_); }
  std::string_view target() const { return view(target_); }  // as sent, percent-encoded
  std::string_view path() const;                             // before the '?'
  std::string_view query() const;                            // after it; empty when there is none
  std::string_view peer() const { return peer_; }            // "127.0.0.1:41234", "[::1]:41234"

  struct Field {
    std::string_view name, value;
  };
  std::optional<std::string_view> header(std::string_view name) const;  // the first one
  std::size_t headers_count() const { return fields_.size(); }
  Field header_at(std::size_t i) const { return {view(fields_[i].name), view(fields_[i].value)}; }

  std::string body;

  // For whoever fills one in: the parser, and tests of handlers.
  void clear();  // keeps the memory
  void set_line(Method, std::string_view method_text, std::string_view target);
  void add_header(std::string_view name, std::string_view value);
  void set_peer(std::string_view peer) { peer_ = peer; }

 private:
  struct Span {
    std::uint32_t at = 0, size = 0;
  };
  struct FieldSpan {
    Span name, value;
  };
  std::string_view view(Span span) const { return std::string_view(text_).substr(span.at, span.size); }
  Span append(std::string_view);

  Method method_ = Method::kOther;
  std::string text_;
  Span method_text_, target_;
  std::vector<FieldSpan> fields_;
  std::string peer_;
};

struct Response {
  int status = 200;
  std::string content_type;  // no field when empty
  std::vector<Header>
      headers;  // never Content-Length, Transfer-Encoding, Connection or Date: the server writes those
  std::string body;
};

// application/problem+json (RFC 9457) with type about:blank.
Response problem(int status, std::string_view detail);

}  // namespace xf::http
