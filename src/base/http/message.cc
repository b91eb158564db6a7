// Requests, responses and header fields, whoever sends them.
#include "base/http/message.h"

#include <algorithm>
#include <cstdio>

namespace xf::http {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

void append_json_text(std::string& out, std::string_view text) {
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* find_header(const std::vector<Header>& headers, std::string_view name) {
  for (const auto& header : headers) {
    if (same_name(header.name, name)) return &header.value;
  }
  return nullptr;
}

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "";
  }
}

std::string_view Request::path() const {
  const auto whole = target();
  return whole.substr(0, whole.find('?'));
}

std::string_view Request::query() const {
  const auto whole = target();
  const auto mark = whole.find('?');
  return mark == std::string_view::npos ? std::string_view() : whole.substr(mark + 1);
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& field : fields_) {
    if (same_name(view(field.name), name)) return view(field.value);
  }
  return std::nullopt;
}

void Request::clear() {
  method_ = Method::kOther;
  text_.clear();
  method_text_ = target_ = {};
  fields_.clear();
  body.clear();
}

void Request::set_line(Method method, std::string_view method_text, std::string_view target) {
  method_ = method;
  method_text_ = append(method_text);
  target_ = append(target);
}

void Request::add_header(std::string_view name, std::string_view value) {
  const auto name_span = append(name);
  fields_.push_back({name_span, append(value)});
}

Request::Span Request::append(std::string_view text) {
  const Span span{static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text.size())};
  text_.append(text);
  return span;
}

Response problem(int status, std::string_view detail) {
  Response response{status, "application/problem+json", {}, "{\"type\":\"about:blank\",\"title\":\""};
  append_json_text(response.body, reason_phrase(status));
  response.body += "\",\"status\":" + std::to_string(status) + ",\"detail\":\"";
  append_json_text(response.body, detail);
  response.body += "\"}";
  return response;
}

}  // namespace xf::http
