// Any bytes: parsing never crashes; what was parsed prints to text that parses to an equal value and prints
// the same.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/json/parse.h"
#include "base/json/print.h"

using namespace xf::json;

namespace {

void check_round_trip(const Value& v, const PrintOptions& options) {
  const std::string text = print(v, options);
  const auto again = parse_at(text);
  XF_CHECK(again.has_value(), "what was printed is JSON");
  // A number whose exponent has more than nine digits is infinite, which prints as the largest double, as in jq.
  if (text.find("1.7976931348623157e+308") != std::string::npos) return;
  XF_CHECK(*again == v && compare(*again, v) == 0, "printing loses nothing");
  XF_CHECK(print(*again, options) == text, "printing is stable");
}

void check_canonical(const Value& v) {
  const std::string text = canonical(v);
  const auto again = parse_at(text);
  XF_CHECK(again.has_value() && canonical(*again) == text, "the canonical form is its own canonical form");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto before = meter().live_bytes;
  if (const auto v = parse_at(text)) {
    check_round_trip(*v, {});
    check_round_trip(*v, {.indent = 2, .sort_keys = true, .ascii = true});
    check_canonical(*v);
  }
  (void)parse_at(text, {.bytes_max = 1000, .depth_max = 3, .jq_extensions = true});
  XF_CHECK(meter().live_bytes == before, "every block is freed and counted");
  return 0;
}
