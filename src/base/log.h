// Structured logging: one line for each record, to standard error, in one write. Thread-safe.
// A record is a fixed message and a few short fields. There is no way to log a body or a JSON value: fields
// are numbers, booleans and texts, and a text is cut at kTextMax bytes. Never pass credentials or user data.
//   log::info("server started", {{"address", address}, {"port", port}});
//   2026-03-01T12:00:00.123Z info server started address=127.0.0.1 port=8080
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "base/time.h"

namespace xf::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };
enum class Format : std::uint8_t { kText, kJson };

inline constexpr std::size_t kTextMax = 256;  // bytes of one field

struct Field {
  std::string_view key;  // a plain word: letters, digits, '_'
  std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view> value;

  Field(std::string_view k, bool v) : key(k), value(v) {}
  Field(std::string_view k, std::signed_integral auto v) : key(k), value(static_cast<std::int64_t>(v)) {}
  Field(std::string_view k, std::unsigned_integral auto v) : key(k), value(static_cast<std::uint64_t>(v)) {}
  Field(std::string_view k, double v) : key(k), value(v) {}
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  Field(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  Field(std::string_view k, const Error& error) : key(k), value(std::string_view(error.message)) {}
};
using Fields = std::initializer_list<Field>;

// For the whole process; at start. Default: kInfo, kText.
void configure(Level least, Format);

void write(Level, std::string_view message, Fields);
inline void debug(std::string_view message, Fields fields = {}) { write(Level::kDebug, message, fields); }
inline void info(std::string_view message, Fields fields = {}) { write(Level::kInfo, message, fields); }
inline void warning(std::string_view message, Fields fields = {}) { write(Level::kWarning, message, fields); }
inline void error(std::string_view message, Fields fields = {}) { write(Level::kError, message, fields); }

// The line itself, with its line feed. Control characters are escaped, so that a text cannot forge a second
// line.
std::string render(Format, Level, TimeUs at, std::string_view message, Fields);

}  // namespace xf::log
