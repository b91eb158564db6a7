// XF_CHECK(condition, "what must hold"): a bug ends the process here, in every build, before it can do harm.
#pragma once

namespace xf {

[[noreturn]] void check_failed(const char* condition, const char* message, const char* file, int line);

}  // namespace xf

#define XF_CHECK(condition, message) \
  ((condition) ? void(0) : ::xf::check_failed(#condition, message, __FILE__, __LINE__))

// XF_UNREACHABLE("why"): a place that no execution may reach.
#define XF_UNREACHABLE(message) ::xf::check_failed("unreachable", message, __FILE__, __LINE__)
