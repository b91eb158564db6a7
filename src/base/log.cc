// Renders log records and writes them to standard error.
#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstdio>

#include "base/clock.h"
#include "base/match.h"

namespace xf::log {

namespace {

std::atomic<Level> least_level = Level::kInfo;
std::atomic<Format> line_format = Format::kText;

std::string_view name(Level level) {
  switch (level) {
    case Level::kDebug: return "debug";
    case Level::kInfo: return "info";
    case Level::kWarning: return "warning";
    case Level::kError: return "error";
  }
  return "error";
}

// Cuts at a character's border, not inside a UTF-8 sequence.
std::string_view cut(std::string_view text) {
  if (text.size() <= kTextMax) return text;
  std::size_t end = kTextMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

void append_escaped(std::string& out, std::string_view text) {
  for (char c : cut(text)) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  if (text.size() > kTextMax) out += "…";
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

bool is_plain(std::string_view text) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '\\' || c == '=' || c == 0x7f) return false;
  }
  return !text.empty();
}

void append_value(std::string& out, const Field& field, Format format) {
  match(
      field.value,  //
      [&](bool v) { out += v ? "true" : "false"; }, [&](std::int64_t v) { out += std::to_string(v); },
      [&](std::uint64_t v) { out += std::to_string(v); },
      [&](double v) {
        char text[32];
        std::snprintf(text, sizeof text, "%.6g", v);
        if (std::isfinite(v) || format == Format::kText)
          out += text;
        else
          append_quoted(out, text);
      },
      [&](std::string_view v) {
        if (format == Format::kText && is_plain(v))
          append_escaped(out, v);
        else
          append_quoted(out, v);
      });
}

std::string render_json(Level level, TimeUs at, std::string_view message, Fields fields) {
  std::string out = "{\"time\":\"" + to_iso8601(at) + "\",\"level\":\"";
  out.append(name(level)).append("\",\"message\":");
  append_quoted(out, message);
  for (const auto& field : fields) {
    out += ',';
    append_quoted(out, field.key);
    out += ':';
    append_value(out, field, Format::kJson);
  }
  return out += "}\n";
}

std::string render_text(Level level, TimeUs at, std::string_view message, Fields fields) {
  std::string out = to_iso8601(at) + " ";
  out.append(name(level)).append(" ");
  append_escaped(out, message);
  for (const auto& field : fields) {
    out += ' ';
    append_escaped(out, field.key);
    out += '=';
    append_value(out, field, Format::kText);
  }
  return out += '\n';
}

}  // namespace

void configure(Level least, Format format) {
  least_level = least;
  line_format = format;
}

std::string render(Format format, Level level, TimeUs at, std::string_view message, Fields fields) {
  return format == Format::kJson ? render_json(level, at, message, fields)
                                 : render_text(level, at, message, fields);
}

void write(Level level, std::string_view message, Fields fields) {
  if (level < least_level.load(std::memory_order_relaxed)) return;
  const std::string line =
      render(line_format.load(std::memory_order_relaxed), level, now_us(), message, fields);
  // One write for each line keeps lines of different threads apart; a log that cannot be written has no other
  // place.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace xf::log
