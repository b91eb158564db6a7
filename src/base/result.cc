#include "base/result.h"

#include "base/check.h"

namespace xf {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::kInvalid: return "invalid";
    case Code::kNotFound: return "not found";
    case Code::kConflict: return "conflict";
    case Code::kDenied: return "denied";
    case Code::kUnavailable: return "unavailable";
    case Code::kTimeout: return "timeout";
    case Code::kCorrupt: return "corrupt";
    case Code::kReused: return "reused";
    case Code::kExhausted: return "exhausted";
  }
  XF_UNREACHABLE("unknown error code");
}

}  // namespace xf
