// Result<T>: an expected outcome that may be a failure the caller can act on. Three kinds of failure are never mixed:
// an expected outcome is a Result; a bug aborts through XF_CHECK; a workflow's own failure is data.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace xf {

// What the caller may do about it.
enum class Code : std::uint8_t {
  kInvalid,      // The request is wrong: change it; sending it again as it is will fail again.
  kNotFound,     // There is no such thing (any more).
  kConflict,     // Someone else got there first: reload and decide again.
  kDenied,       // Not allowed for this caller.
  kUnavailable,  // It did not happen: try again later.
  kTimeout,      // Perhaps it happened: ask before doing it again.
  kCorrupt,      // What was stored is not what was written: stop and call a person.
  kReused,       // A name for one request was used for another one: choose a new name.
  kExhausted,    // A limit (memory, disk, budget) is reached: free something first.
};

std::string_view to_string(Code);

struct Error {
  Code code = Code::kInvalid;
  std::string message;  // What happened, where, what to do; one sentence or two, no secrets.
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Code code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}

}  // namespace xf

#define XF_CONCAT_(a, b) a##b
#define XF_CONCAT(a, b) XF_CONCAT_(a, b)

// XF_TRY(expr);              returns from this function with expr's error, if it has one.
// XF_TRY_ASSIGN(lhs, expr);  else moves the value into lhs (a declaration or a variable).
#define XF_TRY(expr)                                                                  \
  do {                                                                                \
    if (auto xf_try_ = (expr); !xf_try_) return std::unexpected(std::move(xf_try_).error()); \
  } while (false)
#define XF_TRY_ASSIGN(lhs, expr) XF_TRY_ASSIGN_(XF_CONCAT(xf_try_, __LINE__), lhs, expr)
#define XF_TRY_ASSIGN_(tmp, lhs, expr)                        \
  auto tmp = (expr);                                          \
  if (!tmp) return std::unexpected(std::move(tmp).error());   \
  lhs = *std::move(tmp)
