// Encodes responses.
#include "base/http/response_encoder.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "base/check.h"

namespace xf::http {

namespace {

void append_number(std::string& out, std::size_t value, int base = 10) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, base).ptr;
  out.append(digits, end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  const auto start = out.size();
  out.append(value);
  if (!is_field_value(value)) {
    std::replace_if(
        out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
        [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  }
  out.append("\r\n");
}

// These have no body, and 204 no length either (RFC 9110 §8.6).
bool is_bodiless(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

void encode(std::string& out, const Response& response, Framing framing, After after, std::string_view date) {
  XF_CHECK(response.status >= 200 && response.status <= 999, "a response needs a final status");
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(response.status));
  out.append(" ").append(reason_phrase(response.status)).append("\r\nDate: ").append(date).append("\r\n");
  if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
  for (const auto& header : response.headers) {
    XF_CHECK(is_token(header.name), "a response's field needs a name that is a token");
    append_field(out, header.name, header.value);
  }
  if (framing == Framing::kChunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  } else if (framing != Framing::kUntilClose && !is_bodiless(response.status)) {
    out.append("Content-Length: ");
    append_number(out, response.body.size());
    out.append("\r\n");
  }
  if (after == After::kClose) out.append("Connection: close\r\n");
  if (after == After::kKeepExplicitly) out.append("Connection: keep-alive\r\n");
  out.append("\r\n");
  if (framing == Framing::kLength && !is_bodiless(response.status)) out.append(response.body);
}

void append_chunk(std::string& out, std::string_view piece) {
  if (piece.empty()) return;
  append_number(out, piece.size(), 16);
  out.append("\r\n").append(piece).append("\r\n");
}

std::string http_date(std::int64_t seconds) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds at{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const auto second = static_cast<int>((at - day).count());
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                second / 3600, second / 60 % 60, second % 60);
  return text;
}

}  // namespace xf::http
